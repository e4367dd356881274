package dev.ballast.core.balance;

import dev.ballast.core.action.MigrationLimits;

/**
 * When relief moves a VM to another host.
 *
 * @param enabled whether it does so at all
 * @param hostPercent what the VMs of a host may want of its capacity, there and after a move
 * @param minGainMillis a move must take at least so much overload away, thousandths of a CPU
 * @param holdMillis how long both hosts of a move rest afterwards
 * @param concurrentLimit at most so many moves in the cluster at a time
 * @param linkBytesPerSecond what a migration is taken to get of the network, for its cost
 */
public record MigrationPolicy(
    boolean enabled,
    int hostPercent,
    long minGainMillis,
    long holdMillis,
    int concurrentLimit,
    long linkBytesPerSecond,
    MigrationLimits limits) {
  public static final MigrationPolicy DEFAULT =
      new MigrationPolicy(true, 85, 100, 60_000, 2, 125_000_000, MigrationLimits.DEFAULT);

  public MigrationPolicy {
    if (hostPercent < 1 || hostPercent > 100) {
      throw new IllegalArgumentException("hostPercent is 1-100, not " + hostPercent);
    }
    if (minGainMillis < 1 || holdMillis < 0 || linkBytesPerSecond < 1) {
      throw new IllegalArgumentException("gain and link are at least 1, the hold at least 0");
    }
    if (concurrentLimit < 1 || concurrentLimit > 1_000) {
      throw new IllegalArgumentException("concurrentLimit is 1-1000, not " + concurrentLimit);
    }
  }
}
