package dev.ballast.agent.telemetry;

import dev.ballast.core.model.KsmLoad;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What the kernel's counters showed at one time.
 *
 * @param monotonicNanos when, for intervals
 * @param epochMillis when, for people
 * @param capacityUsageNanos CPU time used within the capacity cgroup; absent without one
 * @param memoryAvailableBytes what the host could still hand out; no counter
 * @param ksm same-page merging, which is looked at less often
 */
public record RawSample(
    long monotonicNanos,
    long epochMillis,
    CpuTimes cpus,
    OptionalLong capacityUsageNanos,
    long memoryAvailableBytes,
    List<VmCounters> vms,
    Optional<KsmLoad> ksm) {
  public RawSample {
    vms = List.copyOf(vms);
  }

  /** A sample of a host without same-page merging. */
  public RawSample(
      long monotonicNanos,
      long epochMillis,
      CpuTimes cpus,
      OptionalLong capacityUsageNanos,
      long memoryAvailableBytes,
      List<VmCounters> vms) {
    this(
        monotonicNanos,
        epochMillis,
        cpus,
        capacityUsageNanos,
        memoryAvailableBytes,
        vms,
        Optional.empty());
  }
}
