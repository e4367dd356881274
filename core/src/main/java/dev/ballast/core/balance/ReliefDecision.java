package dev.ballast.core.balance;

import dev.ballast.core.model.HostName;
import dev.ballast.core.plan.Decision;
import dev.ballast.core.plan.Plan;

/** What relief wants to do about an alert; not to act is a decision too. */
public sealed interface ReliefDecision {
  Decision decision();

  /** The history that holds once the decision is carried out. */
  ReliefHistory history();

  /** Something is to be done: the plan, and whether a person must apply it. */
  sealed interface Act extends ReliefDecision {
    Plan plan();

    boolean recommended();
  }

  /**
   * New pins inside the host.
   *
   * @param recommended whether a person must apply the plan, since automation only recommends for
   *     the cluster, the host or a VM that moves
   * @param ends whether the pins end the overload
   */
  record Repin(
      Plan plan, Decision decision, boolean recommended, boolean ends, ReliefHistory history)
      implements Act {}

  /** One VM goes to another host; {@code recommended} as for {@link Repin}. */
  record Migrate(
      Plan plan, Decision decision, boolean recommended, HostName target, ReliefHistory history)
      implements Act {}

  /** Nothing is done, for the reason given. */
  record Wait(Decision decision, ReliefHistory history) implements ReliefDecision {}
}
