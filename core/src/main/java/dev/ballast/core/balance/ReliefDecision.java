package dev.ballast.core.balance;

import dev.ballast.core.plan.Decision;
import dev.ballast.core.plan.Plan;

/** What relief wants to do about an alert; not to act is a decision too. */
public sealed interface ReliefDecision {
  Decision decision();

  /** The history that holds once the decision is carried out. */
  ReliefHistory history();

  /**
   * New pins inside the host.
   *
   * @param recommended whether a person must apply the plan, since automation only recommends for
   *     the cluster, the host or a VM that moves
   */
  record Repin(Plan plan, Decision decision, boolean recommended, ReliefHistory history)
      implements ReliefDecision {}

  /** Nothing is done, for the reason given. */
  record Wait(Decision decision, ReliefHistory history) implements ReliefDecision {}
}
