package dev.ballast.coordinator.execution;

import dev.ballast.coordinator.store.OperationState;
import dev.ballast.core.action.ObjectKey;
import dev.ballast.core.action.Outcome;
import dev.ballast.core.action.Outcome.NotVerifiable;
import dev.ballast.core.action.Outcome.Unchanged;
import dev.ballast.core.action.Outcome.WouldApply;
import dev.ballast.core.model.VmName;
import dev.ballast.core.plan.DesiredChange;
import dev.ballast.core.plan.DesiredChange.PutAssignment;
import dev.ballast.core.plan.DesiredChange.PutHostSetting;
import dev.ballast.core.plan.DesiredChange.PutKsm;
import dev.ballast.core.plan.DesiredChange.PutLimits;
import dev.ballast.core.plan.DesiredChange.PutNetwork;
import dev.ballast.core.plan.DesiredChange.PutSpec;
import dev.ballast.core.plan.DesiredChange.RemoveAssignment;
import dev.ballast.core.plan.DesiredChange.RemoveHostSetting;
import dev.ballast.core.plan.DesiredChange.RemoveKsm;
import dev.ballast.core.plan.DesiredChange.RemoveLimits;
import dev.ballast.core.plan.DesiredChange.RemoveNetwork;
import dev.ballast.core.plan.DesiredChange.RemoveSpec;
import dev.ballast.core.plan.Plan;
import dev.ballast.core.plan.PlanStep;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.stream.Collectors;

/**
 * How an operation ends and what is said about it.
 *
 * @param undone the steps whose undo reached its target
 */
record OperationEnd(
    Plan plan,
    boolean dryRun,
    SortedMap<Integer, Outcome> outcomes,
    Undo undo,
    Set<Integer> undone,
    Map<Integer, Outcome> undoOutcomes,
    String reason) {
  /** At most so many steps are named in a detail. */
  static final int NAMED_LIMIT = 20;

  /** A step for people, with its host. */
  static String label(Plan plan, int number) {
    PlanStep step = plan.steps().get(number - 1);
    return "step " + number + " (" + step.planned().action().describe() + ") on " + step.host();
  }

  /** The end when every step had its turn. */
  Effect.End ofForward() {
    if (!dryRun) {
      return new Effect.End(OperationState.APPLIED, "", plan.changes());
    }
    Map<Integer, String> faults = new LinkedHashMap<>();
    outcomes.forEach(
        (step, outcome) -> {
          if (!verified(outcome)) {
            faults.put(step, OutcomeText.of(outcome));
          }
        });
    return faults.isEmpty()
        ? new Effect.End(OperationState.VERIFIED, "nothing was changed", List.of())
        : new Effect.End(OperationState.REFUSED, named(faults), List.of());
  }

  private static boolean verified(Outcome outcome) {
    return outcome instanceof WouldApply
        || outcome instanceof Unchanged
        || outcome instanceof NotVerifiable;
  }

  /** The end of an operation that did not reach its target. */
  Effect.End ofUndo() {
    Map<Integer, String> doubts = doubts();
    Map<Integer, String> stands = stands();
    OperationState state = state(doubts, stands);
    StringBuilder detail = new StringBuilder(reason);
    if (!undone.isEmpty()) {
      detail
          .append("; undone: ")
          .append(undone.stream().sorted().map(String::valueOf).collect(Collectors.joining(", ")));
    }
    if (!stands.isEmpty()) {
      detail.append("; stands: ").append(named(stands));
    }
    if (!doubts.isEmpty()) {
      detail.append("; look at: ").append(named(doubts));
    }
    return new Effect.End(state, detail.toString(), changesThatStand(stands));
  }

  private OperationState state(Map<Integer, String> doubts, Map<Integer, String> stands) {
    if (!doubts.isEmpty()) {
      return OperationState.NEEDS_ATTENTION;
    }
    if (!stands.isEmpty()) {
      return OperationState.FAILED;
    }
    if (!undone.isEmpty() || any(Outcome.Undone.class)) {
      return OperationState.UNDONE;
    }
    return any(Outcome.Failed.class) ? OperationState.FAILED : OperationState.REFUSED;
  }

  private boolean any(Class<? extends Outcome> kind) {
    return outcomes.values().stream().anyMatch(kind::isInstance);
  }

  private Map<Integer, String> doubts() {
    Map<Integer, String> doubts = new LinkedHashMap<>();
    outcomes.forEach(
        (step, outcome) -> {
          if (outcome instanceof Outcome.Unknown || outcome instanceof Outcome.NeedsAttention) {
            doubts.put(step, OutcomeText.of(outcome));
          }
        });
    undoOutcomes.forEach(
        (step, outcome) -> {
          if (!outcome.reachedTarget()) {
            doubts.put(step, "its undo: " + OutcomeText.of(outcome));
          }
        });
    return doubts;
  }

  private Map<Integer, String> stands() {
    Map<Integer, String> stands = new LinkedHashMap<>();
    outcomes.forEach(
        (step, outcome) -> {
          if (outcome instanceof Outcome.Applied && !isUndone(step)) {
            stands.put(step, undo.standing().getOrDefault(step, "it was not undone"));
          }
        });
    return stands;
  }

  private boolean isUndone(int step) {
    return undone.contains(undo.covered().getOrDefault(step, step));
  }

  private String named(Map<Integer, String> steps) {
    String text =
        steps.entrySet().stream()
            .limit(NAMED_LIMIT)
            .map(entry -> label(plan, entry.getKey()) + ": " + entry.getValue())
            .collect(Collectors.joining("; "));
    return steps.size() > NAMED_LIMIT
        ? text + "; and " + (steps.size() - NAMED_LIMIT) + " more"
        : text;
  }

  /** An object that cannot go back and has all its steps done is remembered as it now is. */
  private List<DesiredChange> changesThatStand(Map<Integer, String> stands) {
    Map<HeldObject, Boolean> complete = new HashMap<>();
    Map<HeldObject, Boolean> stand = new HashMap<>();
    for (PlanStep step : plan.steps()) {
      HeldObject object = HeldObject.of(step);
      Outcome outcome = outcomes.get(step.number());
      boolean reached =
          outcome != null && outcome.reachedTarget() && !undone.contains(step.number());
      complete.merge(object, reached, Boolean::logicalAnd);
      stand.merge(object, stands.containsKey(step.number()), Boolean::logicalOr);
    }
    Set<ObjectKey> kept =
        stand.entrySet().stream()
            .filter(entry -> entry.getValue() && complete.getOrDefault(entry.getKey(), false))
            .map(entry -> entry.getKey().object())
            .collect(Collectors.toSet());
    return plan.changes().stream().filter(change -> concerns(change, kept)).toList();
  }

  private static boolean concerns(DesiredChange change, Set<ObjectKey> kept) {
    return switch (change) {
      case PutSpec(var spec) -> kept.contains(ObjectKey.domain(spec.name()));
      case RemoveSpec(VmName vm) -> kept.contains(ObjectKey.domain(vm));
      case PutAssignment(var assignment) -> kept.contains(ObjectKey.domain(assignment.vm()));
      case RemoveAssignment(VmName vm) -> kept.contains(ObjectKey.domain(vm));
      case PutKsm ignored -> false;
      case RemoveKsm ignored -> false;
      case PutHostSetting ignored -> false;
      case RemoveHostSetting ignored -> false;
      case PutLimits(VmName vm, var ignored) -> kept.contains(ObjectKey.domain(vm));
      case RemoveLimits(VmName vm) -> kept.contains(ObjectKey.domain(vm));
      // Its bridges go back wherever Open vSwitch lets them.
      case PutNetwork ignored -> false;
      case RemoveNetwork ignored -> false;
    };
  }
}
