package dev.ballast.core.plan;

import dev.ballast.core.action.ObjectKey;
import dev.ballast.core.action.Outcome;
import dev.ballast.core.model.HostName;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;

/**
 * A plan that was executed, and what became of its steps.
 *
 * @param results of the steps that were sent; the others are absent
 */
public record ExecutedOperation(String id, Plan plan, List<StepResult> results) {
  public ExecutedOperation {
    results = List.copyOf(results);
    int steps = plan.steps().size();
    for (StepResult result : results) {
      if (result.number() < 1 || result.number() > steps) {
        throw new IllegalArgumentException("operation has no step " + result.number());
      }
    }
  }

  /** The steps that changed their host, in the order of the plan. */
  public List<PlanStep> appliedSteps() {
    return stepsThat(outcome -> outcome instanceof Outcome.Applied);
  }

  /** The steps of which nobody can say what they did, in the order of the plan. */
  public List<PlanStep> doubtfulSteps() {
    return stepsThat(
        outcome -> outcome instanceof Outcome.Unknown || outcome instanceof Outcome.NeedsAttention);
  }

  /** Whether a step that changed its host, or may have, concerned that object there. */
  public boolean touched(HostName host, ObjectKey object) {
    return stepsThat(
            outcome ->
                outcome instanceof Outcome.Applied
                    || outcome instanceof Outcome.Unknown
                    || outcome instanceof Outcome.NeedsAttention)
        .stream()
        .anyMatch(
            step -> step.host().equals(host) && step.planned().action().object().equals(object));
  }

  private List<PlanStep> stepsThat(Predicate<Outcome> condition) {
    return results.stream()
        .filter(result -> condition.test(result.outcome()))
        .map(result -> plan.steps().get(result.number() - 1))
        .sorted(Comparator.comparingInt(PlanStep::number))
        .toList();
  }
}
