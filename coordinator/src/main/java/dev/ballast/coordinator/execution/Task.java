package dev.ballast.coordinator.execution;

import dev.ballast.core.action.Final;
import dev.ballast.core.action.ObjectKey;
import dev.ballast.core.action.PlannedAction;
import dev.ballast.core.model.HostName;
import dev.ballast.core.plan.Plan;
import dev.ballast.core.plan.PlanStep;
import java.util.List;
import java.util.Set;

/**
 * One action to be done in an operation, forward or back.
 *
 * @param step the number of the plan's step that it does or takes back
 * @param after the steps whose tasks must be over before
 */
record Task(int step, HostName host, PlannedAction planned, Set<Integer> after) {
  Task {
    after = Set.copyOf(after);
  }

  static List<Task> forward(Plan plan) {
    return plan.steps().stream().map(Task::of).toList();
  }

  private static Task of(PlanStep step) {
    return new Task(step.number(), step.host(), step.planned(), step.after());
  }

  boolean isFinal() {
    return planned.action() instanceof Final;
  }

  ObjectKey object() {
    return planned.action().object();
  }
}
