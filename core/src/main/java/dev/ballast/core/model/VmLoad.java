package dev.ballast.core.model;

/**
 * The load of one running VM over the last sample, in thousandths of a CPU.
 *
 * @param usageMillis what its threads got
 * @param contentionMillis what its runnable vCPU threads waited for a CPU, without the time its own
 *     quota throttled it
 * @param throttledMillis how long its own quotas held it back, of the whole VM and of its vCPUs
 */
public record VmLoad(VmName vm, long usageMillis, long contentionMillis, long throttledMillis) {
  /** The load of a VM that no quota held back. */
  public VmLoad(VmName vm, long usageMillis, long contentionMillis) {
    this(vm, usageMillis, contentionMillis, 0);
  }
}
