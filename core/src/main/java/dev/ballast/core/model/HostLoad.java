package dev.ballast.core.model;

import java.util.List;
import java.util.Optional;

/**
 * One telemetry sample of a host.
 *
 * @param epochMillis when it was taken, by the host's clock
 * @param usageMillis thousandths of a CPU in use within the host's capacity
 * @param memoryAvailableBytes what the host could still hand out
 * @param ksm absent where there is none, and from agents that do not tell
 */
public record HostLoad(
    long epochMillis,
    long usageMillis,
    long memoryAvailableBytes,
    List<CpuLoad> cpus,
    List<VmLoad> vms,
    Optional<KsmLoad> ksm) {
  public static final HostLoad NONE = new HostLoad(0, 0, 0, List.of(), List.of());

  public HostLoad {
    cpus = List.copyOf(cpus);
    vms = List.copyOf(vms);
  }

  /** A sample that tells nothing of same-page merging. */
  public HostLoad(
      long epochMillis,
      long usageMillis,
      long memoryAvailableBytes,
      List<CpuLoad> cpus,
      List<VmLoad> vms) {
    this(epochMillis, usageMillis, memoryAvailableBytes, cpus, vms, Optional.empty());
  }
}
