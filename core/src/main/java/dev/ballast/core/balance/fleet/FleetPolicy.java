package dev.ballast.core.balance.fleet;

/**
 * How a fleet is kept; see {@link FleetKeeper} for the formulas.
 *
 * @param packs VMs onto few hosts; else they are spread over all
 * @param prior what is believed of a VM before it was measured
 * @param gains how fast estimates follow the samples
 * @param margin the room kept free for the spread of demand
 * @param relief what is done about overload
 * @param emptying what is done about hosts with little on them
 */
public record FleetPolicy(
    boolean packs,
    Prior prior,
    Gains gains,
    MarginPolicy margin,
    Relief relief,
    Emptying emptying) {

  /**
   * @param mean share of a VM's CPU that it is believed to use
   * @param deviation of that share
   */
  public record Prior(double mean, double deviation) {}

  /**
   * @param level gain of a VM's mean
   * @param spread gain of a VM's variance
   * @param fleet gain of the fleet's sum, which is steadier and may follow faster
   */
  public record Gains(double level, double spread, double fleet) {}

  /**
   * @param riskTolerance a host is relieved for its forecast alone when it is committed to more
   *     than 1 + this times its capacity
   * @param ceiling share of a host's capacity that a move may fill now
   * @param relievedTo share of its capacity that an overloaded host is brought down to
   * @param hostsPerDecision share of the hosts in use that are relieved of present overload in one
   *     decision, at least one
   * @param coolDownTicks a VM that moved stays for so many decisions unless its host is overloaded
   */
  public record Relief(
      double riskTolerance,
      double ceiling,
      double relievedTo,
      double hostsPerDecision,
      int coolDownTicks) {}

  /**
   * @param marginAbove how much more margin the hosts must keep that take an emptied host's VMs:
   *     hysteresis between emptying and opening
   * @param hostsPerDecision at most so many are emptied in one decision
   * @param candidates so many hosts are tried
   */
  public record Emptying(double marginAbove, int hostsPerDecision, int candidates) {}

  private static final Prior PRIOR = new Prior(0.12, 0.1);
  private static final Gains GAINS = new Gains(0.06, 0.03, 0.3);

  /** VMs spread over all hosts; one moves only away from overload. */
  public static final FleetPolicy BALANCE =
      new FleetPolicy(
          false,
          PRIOR,
          GAINS,
          MarginPolicy.fixed(2.0),
          new Relief(0.1, 0.9, 0.9, 0.08, 6),
          new Emptying(0, 0, 0));

  /** As few hosts as the tolerated share of overloaded time allows. */
  public static final FleetPolicy CONSOLIDATE = consolidate(0.05);

  /**
   * {@link #CONSOLIDATE} for decisions that know only the past: it cannot end a spike, so it starts
   * with the margin that it will need, steers it faster and gives hosts up sooner.
   */
  public static final FleetPolicy FORECAST =
      new FleetPolicy(
          true,
          PRIOR,
          GAINS,
          new MarginPolicy(1.6, 0.5, 4.0, 0.055, 1),
          new Relief(0.12, 0.97, 0.99, 0.08, 6),
          new Emptying(0, 8, 16));

  /** Few hosts, but a wide margin, and moves only where overload would last. */
  public static final FleetPolicy STABLE =
      new FleetPolicy(
          true,
          PRIOR,
          GAINS,
          new MarginPolicy(2.0, 1.5, 4.0, 0.02, 0.3),
          new Relief(0.25, 0.95, 0.9, 0.03, 24),
          new Emptying(0.8, 2, 4));

  /**
   * {@link #CONSOLIDATE} with another tolerated share of overloaded host time: the one number that
   * trades energy against overload.
   */
  public static FleetPolicy consolidate(double overloadTarget) {
    return new FleetPolicy(
        true,
        PRIOR,
        GAINS,
        new MarginPolicy(1.0, 0.5, 4.0, overloadTarget, 0.3),
        new Relief(0.16, 0.97, 0.99, 0.08, 12),
        new Emptying(0.3, 4, 8));
  }
}
