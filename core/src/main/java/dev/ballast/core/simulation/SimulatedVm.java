package dev.ballast.core.simulation;

/**
 * A VM of the simulation, with its recorded demand.
 *
 * @param vcpus at least 1
 * @param mips what it can use at most, all vCPUs together
 * @param usage share of {@code mips} that it wants, by tick
 */
@SuppressWarnings("ArrayRecordComponent") // a month of samples of a VM
public record SimulatedVm(
    String name, int vcpus, double mips, double memoryMegabytes, float[] usage) {
  public SimulatedVm {
    if (!(vcpus > 0 && mips > 0 && memoryMegabytes > 0)) {
      throw new IllegalArgumentException(name + ": vCPUs, mips and memory are above 0");
    }
  }

  double wanted(int tick) {
    return usage[tick] * mips;
  }
}
