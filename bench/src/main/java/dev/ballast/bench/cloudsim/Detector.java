package dev.ballast.bench.cloudsim;

/** How CloudSim's policies tell that a host has too much on it. */
public enum Detector {
  /** Local regression with safety parameter 1.2; below ten samples the static threshold 0.7. */
  LOCAL_REGRESSION,
  /** Static threshold 0.8. */
  THRESHOLD;

  private static final double SAFETY = 1.2;
  private static final double FALLBACK = 0.7;
  private static final double STATIC = 0.8;

  /**
   * @param requested by the host's VMs now, as a share of its CPU
   * @param forecast of that share by a straight line through the newest ten samples
   * @param hasForecast whether the host's VMs have ten samples
   */
  boolean isOver(double requested, double forecast, boolean hasForecast) {
    return switch (this) {
      case LOCAL_REGRESSION -> hasForecast ? SAFETY * forecast >= 1 : requested > FALLBACK;
      case THRESHOLD -> requested > STATIC;
    };
  }
}
