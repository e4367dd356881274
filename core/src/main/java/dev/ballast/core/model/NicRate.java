package dev.ballast.core.model;

/**
 * A rate of a NIC in one direction, in KiB a second; peak and burst of 0 are left to the host.
 *
 * @param burstKib how much may pass at peak, in KiB
 */
public record NicRate(long averageKib, long peakKib, long burstKib) {
  /** About 1 Tbit/s. */
  public static final long MAX_KIB = 125_000_000;

  public NicRate {
    if (averageKib < 1 || averageKib > MAX_KIB) {
      throw new IllegalArgumentException(
          "a NIC's average rate is 1 to " + MAX_KIB + " KiB a second, not " + averageKib);
    }
    for (long other : new long[] {peakKib, burstKib}) {
      if (other < 0 || other > MAX_KIB) {
        throw new IllegalArgumentException(
            "a NIC's peak and burst are 0 to " + MAX_KIB + " KiB, not " + other);
      }
    }
  }
}
