package dev.ballast.core.placement;

/**
 * What placement leaves free.
 *
 * @param hostReserveBytes memory of each host that no VM gets
 * @param vcpusPerCpu at most so many vCPUs share one CPU of a NUMA node, on average
 */
public record PlacementPolicy(long hostReserveBytes, int vcpusPerCpu) {
  public static final PlacementPolicy DEFAULT = new PlacementPolicy(256L << 20, 16);

  public PlacementPolicy {
    if (hostReserveBytes < 0) {
      throw new IllegalArgumentException("hostReserveBytes is negative: " + hostReserveBytes);
    }
    if (vcpusPerCpu < 1 || vcpusPerCpu > 1_000) {
      throw new IllegalArgumentException("vcpusPerCpu is 1-1000, not " + vcpusPerCpu);
    }
  }
}
