package dev.ballast.coordinator.execution;

import dev.ballast.coordinator.store.CommandPurpose;
import dev.ballast.coordinator.store.OperationState;
import dev.ballast.coordinator.store.StepState;
import dev.ballast.coordinator.store.StoredCommand;
import dev.ballast.coordinator.store.StoredOperation;
import dev.ballast.coordinator.store.StoredPlan;
import dev.ballast.coordinator.store.StoredStep;
import dev.ballast.core.action.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Builds from the store what was running when the former coordinator ended. */
record Recovery(ExecutionStores stores, OperationJournal journal, FormerDefinition former) {
  /**
   * An operation as it was.
   *
   * @param underway its commands that have no outcome; some may never have left
   */
  record Recovered(Running operation, List<InFlight> underway) {}

  List<Recovered> recover() {
    List<Recovered> recovered = new ArrayList<>();
    for (StoredOperation stored : stores.operations().running()) {
      Optional<StoredPlan> plan = stores.plans().get(stored.planId());
      if (stored.dryRun()) {
        end(stored, OperationState.FAILED, "the coordinator restarted; nothing was changed");
      } else if (plan.isEmpty()) {
        end(stored, OperationState.NEEDS_ATTENTION, stored.planId() + " is no longer stored");
      } else {
        recovered.add(rebuild(stored, plan.get()));
      }
    }
    return recovered;
  }

  private void end(StoredOperation stored, OperationState state, String detail) {
    journal.endAlone(stored.id(), state, detail);
  }

  private Recovered rebuild(StoredOperation stored, StoredPlan plan) {
    List<StoredCommand> commands = stores.commands().ofOperation(stored.id());
    Map<Integer, Outcome> outcomes = outcomes(stored, commands);
    Map<Integer, Outcome> undone = reported(commands, CommandPurpose.UNDO);
    OperationMachine machine = OperationMachine.restore(plan.plan(), former, outcomes, undone);
    Running operation =
        new Running(
            stored.id(),
            plan.plan(),
            false,
            stored.confirmWithinMillis(),
            machine,
            ProgressListener.NONE);
    journal.event(
        stored.id(), Optional.empty(), stored.id() + " goes on after the coordinator's restart");
    List<InFlight> underway = new ArrayList<>();
    for (StoredCommand command : commands) {
      if (isOpen(command) && isLatest(command, commands)) {
        underway.add(inFlight(operation, command));
      }
    }
    return new Recovered(operation, underway);
  }

  /** What is known of the steps: a command's own report goes before what was concluded. */
  private Map<Integer, Outcome> outcomes(StoredOperation stored, List<StoredCommand> commands) {
    Map<Integer, Outcome> reported = reported(commands, CommandPurpose.EXECUTE);
    Map<Integer, Outcome> outcomes = new TreeMap<>();
    for (StoredStep step : stores.operations().steps(stored.id())) {
      Outcome report = reported.get(step.number());
      if (report != null && step.state() != StepState.WAITING) {
        outcomes.put(step.number(), report);
      } else if (step.state() == StepState.ENDED) {
        step.outcome().ifPresent(outcome -> outcomes.put(step.number(), outcome));
      }
    }
    return outcomes;
  }

  private static Map<Integer, Outcome> reported(
      List<StoredCommand> commands, CommandPurpose purpose) {
    Map<Integer, Outcome> reported = new TreeMap<>();
    for (StoredCommand command : commands) {
      List<Outcome> outcomes = command.outcomes().orElse(List.of());
      if (command.purpose() != purpose
          || isOpen(command)
          || outcomes.size() != command.steps().size()
          || OperationJournal.isVoid(outcomes)) {
        continue;
      }
      for (int i = 0; i < outcomes.size(); i++) {
        reported.put(command.steps().get(i), outcomes.get(i));
      }
    }
    return reported;
  }

  /** Not reported, or said to be unknown where it may be that it never arrived. */
  private static boolean isOpen(StoredCommand command) {
    return command
        .outcomes()
        .map(
            outcomes ->
                !command.received()
                    && outcomes.stream().allMatch(o -> o instanceof Outcome.Unknown))
        .orElse(true);
  }

  private static boolean isLatest(StoredCommand command, List<StoredCommand> commands) {
    return commands.stream()
        .noneMatch(other -> other.host().equals(command.host()) && other.id() > command.id());
  }

  private static InFlight inFlight(Running operation, StoredCommand command) {
    InFlight inFlight =
        new InFlight(
            command.host(),
            command.id(),
            operation,
            command.purpose(),
            operation.machine.tasks(command.purpose(), command.steps()),
            true);
    inFlight.received = command.received();
    return inFlight;
  }
}
