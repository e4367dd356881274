package dev.ballast.core.demand;

/**
 * A histogram of samples whose weight halves with age, for percentiles of recent demand. Time is an
 * argument; the same samples give the same answer.
 *
 * <p>The buckets grow geometrically, so that a percentile's error is bounded relative to it; bucket
 * b begins at
 *
 * <pre>
 * begin(b) = first · (ratio^b − 1) / (ratio − 1)
 * </pre>
 *
 * and a sample at time t counts {@code 2^((t − reference) / halfLife)}: instead of making all old
 * samples lighter, new ones become heavier, and the reference moves before the numbers grow too
 * large. The percentile P is the <em>end</em> of the first bucket at which the cumulated weight
 * reaches P % of the whole: never below the true one, above it by at most that bucket's width.
 *
 * <p>Source: the recommender of the Kubernetes vertical pod autoscaler ({@code
 * pkg/recommender/util/decaying_histogram.go}), which has ratio 1.05 and a half-life of 24 h.
 */
public final class DecayingHistogram {
  /** The reference moves when a new sample would count more than two to this power. */
  private static final double EXPONENT_LIMIT = 100;

  private static final int BUCKET_LIMIT = 10_000;

  private final double first;
  private final double ratio;
  private final double halfLifeSeconds;
  private final double[] weight;
  private double referenceSeconds;

  /**
   * An empty histogram of values from 0 to {@code most}; larger ones count as {@code most}.
   *
   * @param first width of the first bucket
   * @param ratio width of a bucket relative to the one before, above 1
   */
  public DecayingHistogram(double most, double first, double ratio, double halfLifeSeconds) {
    if (!(first > 0 && most >= first && ratio > 1 && halfLifeSeconds > 0)) {
      throw new IllegalArgumentException(
          "expected 0 < first ≤ most, ratio > 1 and halfLifeSeconds > 0, not first %s, most %s, ratio %s, halfLifeSeconds %s"
              .formatted(first, most, ratio, halfLifeSeconds));
    }
    double buckets = Math.ceil(Math.log(most * (ratio - 1) / first + 1) / Math.log(ratio)) + 1;
    if (buckets > BUCKET_LIMIT) {
      throw new IllegalArgumentException(
          buckets + " buckets; choose a larger first or ratio, at most " + BUCKET_LIMIT);
    }
    this.first = first;
    this.ratio = ratio;
    this.halfLifeSeconds = halfLifeSeconds;
    this.weight = new double[(int) buckets];
  }

  /** Counts one sample; samples need not come in order. */
  public void add(double value, double atSeconds) {
    if (!(value >= 0)) {
      throw new IllegalArgumentException("a sample is 0 or more, not " + value);
    }
    if ((atSeconds - referenceSeconds) / halfLifeSeconds > EXPONENT_LIMIT) {
      double fade = Math.pow(2, (referenceSeconds - atSeconds) / halfLifeSeconds);
      for (int bucket = 0; bucket < weight.length; bucket++) {
        weight[bucket] *= fade;
      }
      referenceSeconds = atSeconds;
    }
    weight[bucketOf(value)] += Math.pow(2, (atSeconds - referenceSeconds) / halfLifeSeconds);
  }

  /**
   * The value that the given share of the weight does not exceed; 0 without samples.
   *
   * @param percent above 0, at most 100
   */
  public double percentile(double percent) {
    if (!(percent > 0 && percent <= 100)) {
      throw new IllegalArgumentException("a percentile is above 0 and at most 100, not " + percent);
    }
    double total = 0;
    int last = -1;
    for (int bucket = 0; bucket < weight.length; bucket++) {
      total += weight[bucket];
      last = weight[bucket] > 0 ? bucket : last;
    }
    double cumulated = 0;
    for (int bucket = 0; bucket < last; bucket++) {
      cumulated += weight[bucket];
      if (weight[bucket] > 0 && cumulated >= total * percent / 100) {
        return begin(bucket + 1);
      }
    }
    return last < 0 ? 0 : begin(last + 1);
  }

  /** The width of the bucket that holds the value: what {@link #percentile} may be too large by. */
  public double widthAt(double value) {
    int bucket = bucketOf(value);
    return begin(bucket + 1) - begin(bucket);
  }

  private int bucketOf(double value) {
    int bucket = (int) (Math.log(value * (ratio - 1) / first + 1) / Math.log(ratio));
    // the logarithm may round over a border
    if (bucket > 0 && begin(bucket) > value) {
      bucket--;
    }
    return Math.min(bucket, weight.length - 1);
  }

  private double begin(int bucket) {
    return first * (Math.pow(ratio, bucket) - 1) / (ratio - 1);
  }
}
