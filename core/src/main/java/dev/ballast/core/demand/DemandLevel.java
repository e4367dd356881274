package dev.ballast.core.demand;

/**
 * Where a VM's demand stands and how far it strays from there, followed sample by sample.
 *
 * <p>With the n-th sample x, gains a (level) and b (spread), both at least 1 / (n + 1) so that the
 * first samples are averaged and the prior counts as one of them:
 *
 * <pre>
 * e        = x − mean
 * mean     ← mean + a · e
 * variance ← variance + b · (e² − variance)
 * </pre>
 *
 * <p>The variance is that of the error of the forecast "it stays at the mean", which is what a
 * margin has to cover; means and variances of VMs that share a host add up, percentiles do not.
 * (Exponentially weighted moments: Finch, Incremental calculation of weighted mean and variance,
 * 2009.)
 *
 * @param samples that came in so far
 */
public record DemandLevel(double mean, double variance, int samples) {
  /** The prior counts as so many samples. */
  private static final int PRIOR_SAMPLES = 1;

  public DemandLevel {
    if (!(mean >= 0 && variance >= 0 && samples >= 0)) {
      throw new IllegalArgumentException(
          "negative demand: mean %s, variance %s, %s samples".formatted(mean, variance, samples));
    }
  }

  /** What is believed before the first sample. */
  public static DemandLevel prior(double mean, double deviation) {
    return new DemandLevel(mean, deviation * deviation, 0);
  }

  /** After one more sample; gains are above 0 and at most 1. */
  public DemandLevel next(double sample, double levelGain, double spreadGain) {
    double least = 1.0 / (samples + 1 + PRIOR_SAMPLES);
    double error = sample - mean;
    return new DemandLevel(
        Math.max(0, mean + Math.max(levelGain, least) * error),
        variance + Math.max(spreadGain, least) * (error * error - variance),
        samples + 1);
  }

  public double deviation() {
    return Math.sqrt(variance);
  }
}
