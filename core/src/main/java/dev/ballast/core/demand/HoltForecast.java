package dev.ballast.core.demand;

/**
 * A short forecast from level and trend (Holt 1957, with the damped trend of Gardner and McKenzie
 * 1985), bounded to what is possible.
 *
 * <pre>
 * level'   = a · x + (1 − a) · (level + d · trend)
 * trend'   = b · (level' − level) + (1 − b) · d · trend
 * ahead(h) = clamp(level + (d + d² + … + d^h) · trend, 0, most)
 * </pre>
 *
 * @param most nothing above this is ever forecast
 */
public record HoltForecast(double level, double trend, double most) {
  /** The trend loses so much of itself a step: a short rise is not a long one. */
  private static final double DAMPING = 0.8;

  /** Further than this a trend says nothing. */
  private static final int STEPS_LIMIT = 1_000;

  public HoltForecast {
    if (!(most >= 0 && level >= 0 && level <= most)) {
      throw new IllegalArgumentException("expected 0 ≤ level ≤ most, not " + level + ", " + most);
    }
  }

  /** From a first sample. */
  public static HoltForecast from(double sample, double most) {
    return new HoltForecast(Math.clamp(sample, 0, most), 0, most);
  }

  /** After one more sample; gains are above 0 and at most 1. */
  public HoltForecast next(double sample, double levelGain, double trendGain) {
    double x = Math.clamp(sample, 0, most);
    double now = Math.clamp(levelGain * x + (1 - levelGain) * (level + DAMPING * trend), 0, most);
    return new HoltForecast(
        now, trendGain * (now - level) + (1 - trendGain) * DAMPING * trend, most);
  }

  /** The demand so many steps ahead. */
  public double ahead(int steps) {
    if (steps < 0 || steps > STEPS_LIMIT) {
      throw new IllegalArgumentException("steps ahead are 0-" + STEPS_LIMIT + ", not " + steps);
    }
    double trends = 0;
    double factor = 1;
    for (int step = 0; step < steps; step++) {
      factor *= DAMPING;
      trends += factor;
    }
    return Math.clamp(level + trends * trend, 0, most);
  }
}
