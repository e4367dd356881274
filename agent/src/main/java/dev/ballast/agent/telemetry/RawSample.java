package dev.ballast.agent.telemetry;

import java.util.List;
import java.util.OptionalLong;

/**
 * What the kernel's counters showed at one time.
 *
 * @param monotonicNanos when, for intervals
 * @param epochMillis when, for people
 * @param capacityUsageNanos CPU time used within the capacity cgroup; absent without one
 * @param memoryAvailableBytes what the host could still hand out; no counter
 */
public record RawSample(
    long monotonicNanos,
    long epochMillis,
    CpuTimes cpus,
    OptionalLong capacityUsageNanos,
    long memoryAvailableBytes,
    List<VmCounters> vms) {
  public RawSample {
    vms = List.copyOf(vms);
  }
}
