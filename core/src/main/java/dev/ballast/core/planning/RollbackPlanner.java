package dev.ballast.core.planning;

import dev.ballast.core.action.ObjectKey;
import dev.ballast.core.model.HostName;
import dev.ballast.core.model.HostView;
import dev.ballast.core.model.Snapshot;
import dev.ballast.core.plan.ExecutedOperation;
import dev.ballast.core.plan.Origin;
import dev.ballast.core.plan.PlanStep;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Plans the way back from an operation. Pure.
 *
 * <p>Restores only what still is as the operation left it; else there is no plan, and each problem
 * names the field and, where known, the later operation. What was already undone is left alone. A
 * started VM is not un-started: the plan shuts it down, behind a point of no return.
 */
public final class RollbackPlanner {
  /** As {@link #plan(Snapshot, ExecutedOperation, List)}, without knowing later operations. */
  public PlanResult plan(Snapshot snapshot, ExecutedOperation operation) {
    return plan(snapshot, operation, List.of());
  }

  /**
   * Plans the rollback.
   *
   * @param later the operations executed since, in their order; only used to name them
   */
  public PlanResult plan(
      Snapshot snapshot, ExecutedOperation operation, List<ExecutedOperation> later) {
    PlanDraft draft = new PlanDraft(snapshot);
    for (PlanStep step : operation.doubtfulSteps()) {
      draft.problem(
          step.host(),
          "nobody knows what step "
              + step.number()
              + " ("
              + step.planned().action().describe()
              + ") did: look at the host first");
    }
    Map<Target, List<PlanStep>> targets = new LinkedHashMap<>();
    for (PlanStep step : operation.appliedSteps()) {
      targets
          .computeIfAbsent(
              new Target(step.host(), step.planned().action().object()), t -> new ArrayList<>())
          .add(step);
    }
    targets.forEach((target, steps) -> plan(snapshot, operation, target, steps, later, draft));
    new DesiredRollback(snapshot, operation.plan(), draft).add();
    return draft.finish("roll back " + operation.id(), Origin.ROLLBACK);
  }

  private record Target(HostName host, ObjectKey object) {}

  private static void plan(
      Snapshot snapshot,
      ExecutedOperation operation,
      Target target,
      List<PlanStep> steps,
      List<ExecutedOperation> later,
      PlanDraft draft) {
    HostView host = snapshot.hosts().get(target.host());
    if (host == null) {
      draft.problem(target.host(), "no such host is known");
      return;
    }
    String since = since(target, later);
    if (target.object().equals(ObjectKey.KSM)) {
      new KsmRollback(host, steps, since, draft).add();
    } else {
      new DomainRollback(snapshot, host, operation.plan(), steps, since, draft).add();
    }
  }

  private static String since(Target target, List<ExecutedOperation> later) {
    String names =
        later.stream()
            .filter(operation -> operation.touched(target.host(), target.object()))
            .map(ExecutedOperation::id)
            .collect(Collectors.joining(", "));
    return names.isEmpty() ? "changed since by no known operation" : "changed since by " + names;
  }
}
