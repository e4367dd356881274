package dev.ballast.coordinator.execution;

import dev.ballast.coordinator.cluster.ClusterEvent.OutcomeReported;
import dev.ballast.coordinator.store.CommandPurpose;
import dev.ballast.coordinator.store.StepState;
import dev.ballast.coordinator.store.StoredCommand;
import dev.ballast.coordinator.store.StoredStep;
import dev.ballast.core.action.Outcome;
import java.util.List;
import java.util.Optional;

/** An outcome that nobody awaits: a repeated one, one too late, or one of an unknown command. */
record LateOutcome(ExecutionStores stores, OperationJournal journal) {
  /** Resolves the doubt about the steps concerned, if there was one; changes nothing else. */
  void note(OutcomeReported reported) {
    Optional<StoredCommand> known = stores.commands().get(reported.host(), reported.commandId());
    if (known.isEmpty()) {
      journal.event(
          "",
          Optional.of(reported.host()),
          reported.host()
              + " reports the outcome of command "
              + reported.commandId()
              + ", which this coordinator never sent");
      return;
    }
    StoredCommand command = known.get();
    boolean sameSize = command.steps().size() == reported.outcomes().size();
    if (command.purpose() == CommandPurpose.EXECUTE && sameSize) {
      resolve(command, reported.outcomes());
    }
  }

  private void resolve(StoredCommand command, List<Outcome> outcomes) {
    List<StoredStep> steps = stores.operations().steps(command.operationId());
    for (int i = 0; i < outcomes.size(); i++) {
      int number = command.steps().get(i);
      Outcome outcome = outcomes.get(i);
      boolean doubtful =
          number <= steps.size()
              && steps
                  .get(number - 1)
                  .outcome()
                  .filter(Outcome.Unknown.class::isInstance)
                  .isPresent()
              && !(outcome instanceof Outcome.Unknown);
      if (doubtful) {
        stores
            .operations()
            .setStep(command.operationId(), number, StepState.ENDED, Optional.of(outcome));
        journal.event(
            command.operationId(),
            Optional.of(command.host()),
            "late outcome of step " + number + ": " + OutcomeText.of(outcome));
      }
    }
  }
}
