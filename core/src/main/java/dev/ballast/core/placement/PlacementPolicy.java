package dev.ballast.core.placement;

import dev.ballast.core.search.Aim;

/**
 * What placement leaves free, and which of the places that remain it prefers.
 *
 * @param hostReserveBytes memory of each host that no VM gets
 * @param vcpusPerCpu at most so many vCPUs share one CPU of a NUMA node, on average
 * @param safetyPercent measured CPU load of a host above it is overload
 */
public record PlacementPolicy(
    long hostReserveBytes, int vcpusPerCpu, Aim aim, int safetyPercent, Weights weights) {
  public static final PlacementPolicy DEFAULT = new PlacementPolicy(256L << 20, 16);

  /** As evenly as possible, with that policy's weights. */
  public PlacementPolicy(long hostReserveBytes, int vcpusPerCpu) {
    this(hostReserveBytes, vcpusPerCpu, Aim.BALANCE, 85, Weights.of(Aim.BALANCE));
  }

  public PlacementPolicy {
    if (hostReserveBytes < 0) {
      throw new IllegalArgumentException("hostReserveBytes is negative: " + hostReserveBytes);
    }
    if (vcpusPerCpu < 1 || vcpusPerCpu > 1_000) {
      throw new IllegalArgumentException("vcpusPerCpu is 1-1000, not " + vcpusPerCpu);
    }
    if (safetyPercent < 1 || safetyPercent > 1_000) {
      throw new IllegalArgumentException("safetyPercent is 1-1000, not " + safetyPercent);
    }
  }

  /** The same room, with another aim and its usual weights. */
  public PlacementPolicy withAim(Aim other) {
    return new PlacementPolicy(
        hostReserveBytes, vcpusPerCpu, other, safetyPercent, Weights.of(other));
  }
}
