package dev.ballast.core.balance.fleet;

/**
 * How many standard deviations of its VMs' demand a host keeps free. The number is not guessed but
 * steered by what is measured: after each decision, with the share s of active host time that was
 * overloaded since the one before,
 *
 * <pre>
 * margin ← clamp(margin + gain · (s − overloadTarget), least, most)
 * </pre>
 *
 * (an integral controller). So the policy asks for an outcome, not for a distribution: demand that
 * is not normal, correlated VMs and slow estimates all end in a larger margin.
 *
 * @param start before anything was measured
 * @param overloadTarget tolerated share of active host time at 100 % CPU
 */
public record MarginPolicy(
    double start, double least, double most, double overloadTarget, double gain) {
  public MarginPolicy {
    if (!(least >= 0 && start >= least && most >= start && gain >= 0)) {
      throw new IllegalArgumentException(
          "expected 0 ≤ least ≤ start ≤ most and gain ≥ 0, not %s, %s, %s, %s"
              .formatted(least, start, most, gain));
    }
    if (!(overloadTarget >= 0 && overloadTarget <= 1)) {
      throw new IllegalArgumentException("overloadTarget is 0-1, not " + overloadTarget);
    }
  }

  /** A margin that is not steered. */
  public static MarginPolicy fixed(double margin) {
    return new MarginPolicy(margin, margin, margin, 0, 0);
  }

  /** The margin after so much of the active host time was overloaded. */
  public double next(double margin, double overloadedShare) {
    return Math.clamp(margin + gain * (overloadedShare - overloadTarget), least, most);
  }
}
