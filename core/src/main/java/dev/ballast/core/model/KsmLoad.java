package dev.ballast.core.model;

import java.util.Optional;

/**
 * What same-page merging saves on a host and what it takes, as its agent last looked.
 *
 * @param savedBytes pages that are merged away: {@code pages_sharing} × page size
 * @param profitBytes the same without what the kernel's records of it take, may be negative; absent
 *     on kernels that do not tell
 * @param scannerMillis CPU time that the scanner has had since the host's start; absent where the
 *     agent cannot see it
 * @param leastFreeBytes what the NUMA node that has least could give; absent where the kernel does
 *     not tell
 */
public record KsmLoad(
    long savedBytes,
    Optional<Long> profitBytes,
    Optional<Long> scannerMillis,
    Optional<Long> leastFreeBytes) {
  /** What is gained as far as the kernel tells. */
  public long gainBytes() {
    return profitBytes.orElse(savedBytes);
  }
}
