package dev.ballast.core.model;

import java.util.Optional;

/**
 * The load of one running VM over the last sample, in thousandths of a CPU.
 *
 * @param usageMillis what its threads got
 * @param contentionMillis what its runnable vCPU threads waited for a CPU, without the time its own
 *     quota throttled it
 * @param throttledMillis how long its own quotas held it back, of the whole VM and of its vCPUs
 * @param clockOffsetMillis by how much its guest's clock is ahead of its host's, as its guest agent
 *     last said; absent where none answers
 */
public record VmLoad(
    VmName vm,
    long usageMillis,
    long contentionMillis,
    long throttledMillis,
    Optional<Long> clockOffsetMillis) {
  /** The load of a VM whose clock nobody knows. */
  public VmLoad(VmName vm, long usageMillis, long contentionMillis, long throttledMillis) {
    this(vm, usageMillis, contentionMillis, throttledMillis, Optional.empty());
  }

  /** The load of a VM that no quota held back. */
  public VmLoad(VmName vm, long usageMillis, long contentionMillis) {
    this(vm, usageMillis, contentionMillis, 0);
  }

  /** The same with the guest's clock. */
  public VmLoad withClockOffset(long offsetMillis) {
    return new VmLoad(
        vm, usageMillis, contentionMillis, throttledMillis, Optional.of(offsetMillis));
  }
}
