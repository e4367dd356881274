package dev.ballast.core.model;

import java.util.List;

/**
 * One telemetry sample of a host.
 *
 * @param epochMillis when it was taken, by the host's clock
 * @param usageMillis thousandths of a CPU in use within the host's capacity
 * @param memoryAvailableBytes what the host could still hand out
 */
public record HostLoad(
    long epochMillis,
    long usageMillis,
    long memoryAvailableBytes,
    List<CpuLoad> cpus,
    List<VmLoad> vms) {
  public static final HostLoad NONE = new HostLoad(0, 0, 0, List.of(), List.of());

  public HostLoad {
    cpus = List.copyOf(cpus);
    vms = List.copyOf(vms);
  }
}
