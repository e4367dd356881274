package dev.ballast.core.plan;

import java.util.List;

/**
 * Ordered steps with dependencies, made against one snapshot and never changed.
 *
 * @param title one line: what it is for
 * @param parentVersion the version of the snapshot it was made against
 * @param steps in an order that respects their dependencies
 * @param changes what to remember once all steps reached their targets
 * @param decisions the reasons
 * @param inverse the changes that bring back what was remembered when the plan was made; rollback
 *     takes former specifications and assignments from here
 */
public record Plan(
    String title,
    Origin origin,
    long parentVersion,
    List<PlanStep> steps,
    List<DesiredChange> changes,
    List<Decision> decisions,
    List<DesiredChange> inverse) {
  /** At most so many steps in one plan. */
  public static final int STEP_LIMIT = 100_000;

  public Plan {
    steps = List.copyOf(steps);
    changes = List.copyOf(changes);
    decisions = List.copyOf(decisions);
    inverse = List.copyOf(inverse);
    if (steps.size() > STEP_LIMIT) {
      throw new IllegalArgumentException("a plan has at most " + STEP_LIMIT + " steps");
    }
    for (int i = 0; i < steps.size(); i++) {
      if (steps.get(i).number() != i + 1) {
        throw new IllegalArgumentException("step " + (i + 1) + " is numbered otherwise");
      }
    }
  }

  /** A plan that remembers nothing, or whose remembered changes need no way back. */
  public Plan(
      String title,
      Origin origin,
      long parentVersion,
      List<PlanStep> steps,
      List<DesiredChange> changes,
      List<Decision> decisions) {
    this(title, origin, parentVersion, steps, changes, decisions, List.of());
  }

  /** Whether there is nothing to do on any host. */
  public boolean isEmpty() {
    return steps.isEmpty();
  }
}
