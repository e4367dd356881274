package dev.ballast.core.model;

/**
 * A VM's weight among others when CPUs are short, in Ballast's one unit, and the kernel's two: with
 * cgroup version 1 {@code shares = weight · 1024 / 100}, with version 2 the weight itself. The
 * default is 100, which is 1024 shares.
 */
public final class CpuWeight {
  public static final int DEFAULT = 100;
  public static final int MIN = 1;
  public static final int MAX = 10_000;

  private static final long DEFAULT_SHARES = 1024;
  private static final long MIN_SHARES = 2;
  private static final long MAX_SHARES = 262_144;

  private CpuWeight() {}

  /** What libvirt calls shares on a host of that cgroup version; an unknown one counts as 1. */
  public static long toShares(int weight, int cgroupVersion) {
    return cgroupVersion == 2
        ? weight
        : Math.clamp(
            Math.round(weight * (double) DEFAULT_SHARES / DEFAULT), MIN_SHARES, MAX_SHARES);
  }

  /** The nearest weight; each weight comes back from its own shares. */
  public static int fromShares(long shares, int cgroupVersion) {
    double weight = cgroupVersion == 2 ? shares : (double) shares * DEFAULT / DEFAULT_SHARES;
    return Math.toIntExact(Math.clamp(Math.round(weight), MIN, MAX));
  }
}
