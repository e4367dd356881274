package dev.ballast.core.balance.fleet;

/**
 * What does not change of a fleet, by index of host or VM. CPU is in any one unit (MIPS,
 * thousandths of a CPU), the same for hosts and VMs; so is memory.
 *
 * @param cpu of each host
 * @param cpuPerThread of each host: what one vCPU can get there
 * @param memory of each host
 * @param idleWatts of each host in use with nothing to do
 * @param fullWatts of each host with all its CPU in use
 * @param vmCpu the most a VM can want
 * @param vmMemory of each VM
 * @param moveSeconds how long the live migration of each VM takes
 * @param windowSeconds moves of one decision must end within; one host takes part in one at a time
 */
@SuppressWarnings("ArrayRecordComponent") // rows of primitives are what makes planning fast
public record FleetShape(
    double[] cpu,
    double[] cpuPerThread,
    double[] memory,
    double[] idleWatts,
    double[] fullWatts,
    double[] vmCpu,
    double[] vmMemory,
    double[] moveSeconds,
    double windowSeconds) {
  public FleetShape {
    int hosts = cpu.length;
    if (cpuPerThread.length != hosts
        || memory.length != hosts
        || idleWatts.length != hosts
        || fullWatts.length != hosts) {
      throw new IllegalArgumentException("the rows of hosts differ in length");
    }
    if (vmMemory.length != vmCpu.length || moveSeconds.length != vmCpu.length) {
      throw new IllegalArgumentException("the rows of VMs differ in length");
    }
  }

  public int hosts() {
    return cpu.length;
  }

  public int vms() {
    return vmCpu.length;
  }
}
