package dev.ballast.core.model;

import java.util.Optional;

/**
 * What a VM's memory never exceeds: the kernel ends QEMU instead. Never a default.
 *
 * @param hardBytes of memory
 * @param swapBytes what libvirt calls {@code swap_hard_limit}: memory and swap together on cgroup
 *     version 1, swap alone on version 2; not below the hard limit, which must be set too
 */
public record MemoryCap(Optional<Long> hardBytes, Optional<Long> swapBytes) {
  /** No cap. */
  public static final MemoryCap NONE = new MemoryCap(Optional.empty(), Optional.empty());

  /** What QEMU needs beyond the guest's memory at least, so that it starts at all. */
  public static final long OVERHEAD_BYTES = 64L << 20;

  /**
   * What is wrong with it for a VM of that memory; absent when nothing is.
   *
   * @param softBytes its soft limit
   */
  public Optional<String> wrong(long memoryBytes, Optional<Long> softBytes) {
    long hard = hardBytes.orElse(Long.MAX_VALUE);
    if (hard < memoryBytes + OVERHEAD_BYTES) {
      return Optional.of(
          "a hard memory limit of %s would kill a VM of %s: at least %s"
              .formatted(
                  LimitText.bytes(hard),
                  LimitText.bytes(memoryBytes),
                  LimitText.bytes(memoryBytes + OVERHEAD_BYTES)));
    }
    if (softBytes.orElse(0L) > hard) {
      return Optional.of("the soft memory limit is above the hard one, " + LimitText.bytes(hard));
    }
    if (swapBytes.isPresent() && swapBytes.get() < hard) {
      return Optional.of(
          "a swap limit of %s needs a hard memory limit that is not above it"
              .formatted(LimitText.bytes(swapBytes.get())));
    }
    return Optional.empty();
  }
}
