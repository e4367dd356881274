package dev.ballast.agent.telemetry;

import dev.ballast.core.model.VmName;
import java.util.List;

/**
 * The counters of one running VM, all growing since its start.
 *
 * @param pid tells one run of the VM from the next
 * @param usageNanos what all its threads ran
 * @param throttledNanos how long a quota of the whole VM held it back
 * @param vcpus its vCPU threads
 */
public record VmCounters(
    VmName vm, long pid, long usageNanos, long throttledNanos, List<VcpuCounters> vcpus) {
  /**
   * The counters of one vCPU thread.
   *
   * @param delayNanos how long it was runnable without running
   * @param throttledNanos how long the vCPU's own quota held it back
   */
  public record VcpuCounters(long tid, long delayNanos, long throttledNanos) {}

  public VmCounters {
    vcpus = List.copyOf(vcpus);
  }
}
