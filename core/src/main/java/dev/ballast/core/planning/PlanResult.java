package dev.ballast.core.planning;

import dev.ballast.core.plan.Plan;
import java.util.List;

/** A plan, or everything that stands against one. */
public sealed interface PlanResult {
  /** The plan; empty when all is as wanted. */
  record Planned(Plan plan) implements PlanResult {}

  /** There is no plan; at least one problem says why. */
  record Impossible(List<PlanProblem> problems) implements PlanResult {
    public Impossible {
      problems = List.copyOf(problems);
    }
  }
}
