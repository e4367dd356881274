package dev.ballast.core.demand;

/**
 * How demand is estimated.
 *
 * @param samples so many of the newest samples count; few react fast, many see more
 * @param percentile of these samples, 1-100
 * @param growthPercent how much more than it ever got a starved VM is believed to want
 * @param starvedMillis contention above which a VM counts as starved
 */
public record DemandPolicy(int samples, int percentile, int growthPercent, long starvedMillis) {
  public static final DemandPolicy DEFAULT = new DemandPolicy(10, 90, 25, 50);

  /** At most so many samples count. */
  public static final int SAMPLE_LIMIT = 3_600;

  public DemandPolicy {
    if (samples < 1 || samples > SAMPLE_LIMIT) {
      throw new IllegalArgumentException("samples is 1-" + SAMPLE_LIMIT + ", not " + samples);
    }
    if (percentile < 1 || percentile > 100) {
      throw new IllegalArgumentException("percentile is 1-100, not " + percentile);
    }
    if (growthPercent < 0 || growthPercent > 1_000) {
      throw new IllegalArgumentException("growthPercent is 0-1000, not " + growthPercent);
    }
    if (starvedMillis < 0) {
      throw new IllegalArgumentException("starvedMillis is negative: " + starvedMillis);
    }
  }
}
