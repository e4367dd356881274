package dev.ballast.coordinator.execution;

import dev.ballast.coordinator.cluster.EventLog;
import dev.ballast.coordinator.store.CommandPurpose;
import dev.ballast.coordinator.store.OperationState;
import dev.ballast.coordinator.store.PlanState;
import dev.ballast.coordinator.store.StepState;
import dev.ballast.coordinator.store.StoredDecision;
import dev.ballast.coordinator.store.StoredPlan;
import dev.ballast.core.action.Outcome;
import dev.ballast.core.action.Outcome.Skipped;
import dev.ballast.core.model.HostName;
import dev.ballast.core.plan.Decision;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** What is written down of operations: before a command leaves, and after its outcome. */
final class OperationJournal {
  private final ExecutionStores stores;
  private final EventLog events;
  private final TaskLoop loop;

  OperationJournal(ExecutionStores stores, EventLog events, TaskLoop loop) {
    this.stores = stores;
    this.events = events;
    this.loop = loop;
  }

  /** A new operation of the plan, which counts as executed and decided from now on. */
  String start(StoredPlan stored, boolean dryRun, Optional<Long> confirmWithin) {
    String id = stores.database().atomically(() -> create(stored, dryRun, confirmWithin));
    String what = dryRun ? " verifies " : " executes ";
    event(id, Optional.empty(), id + what + stored.id() + ": " + stored.plan().title());
    return id;
  }

  private String create(StoredPlan stored, boolean dryRun, Optional<Long> confirmWithin) {
    long now = loop.epochMillis();
    String id = stores.operations().start(stored.id(), stored.plan(), dryRun, confirmWithin, now);
    if (!dryRun) {
      stores.plans().setState(stored.id(), stored.state(), PlanState.EXECUTED);
      for (Decision decision : stored.plan().decisions()) {
        stores.decisions().append(new StoredDecision(decision, now, id));
      }
    }
    return id;
  }

  /** Gives out the command's id and remembers that it may be on its way. */
  long sending(Running operation, HostName host, CommandPurpose purpose, List<Integer> steps) {
    return stores
        .database()
        .atomically(
            () -> {
              long id = stores.commands().create(host, operation.id, purpose, steps);
              if (purpose != CommandPurpose.UNDO) {
                steps.forEach(step -> setStep(operation, step, StepState.SENT, Optional.empty()));
              }
              return id;
            });
  }

  /** The command certainly did not reach its agent. */
  void notSent(InFlight command) {
    stores
        .database()
        .atomically(
            () -> {
              stores.commands().setOutcomes(command.host, command.id, voided(command.tasks.size()));
              if (command.purpose != CommandPurpose.UNDO) {
                command
                    .steps()
                    .forEach(
                        step ->
                            setStep(command.operation, step, StepState.WAITING, Optional.empty()));
              }
            });
  }

  /** How a command is stored that never reached its agent. */
  private static List<Outcome> voided(int size) {
    return Collections.nCopies(size, new Skipped());
  }

  /** Whether the command never reached its agent: an agent never skips all of its actions. */
  static boolean isVoid(List<Outcome> outcomes) {
    return outcomes.stream().allMatch(outcome -> outcome instanceof Skipped);
  }

  /** Stores all of the effects or none. */
  void store(Running operation, List<Effect> effects) {
    stores
        .database()
        .atomically(
            () -> {
              for (Effect effect : effects) {
                switch (effect) {
                  case Effect.StepOver(int step, Outcome outcome) ->
                      setStep(operation, step, StepState.ENDED, Optional.of(outcome));
                  case Effect.End end ->
                      stores
                          .operations()
                          .end(operation.id, end.state(), end.detail(), loop.epochMillis());
                }
              }
            });
  }

  private void setStep(Running operation, int step, StepState state, Optional<Outcome> outcome) {
    stores.operations().setStep(operation.id, step, state, outcome);
  }

  /** Tells how the operation ended. */
  void ended(Running operation, Effect.End end) {
    String state = end.state().name().toLowerCase(Locale.ROOT).replace('_', ' ');
    String detail = end.detail().isEmpty() ? "" : ": " + end.detail();
    ended(
        operation.id,
        end.state(),
        operation.id + " (" + operation.plan.title() + ") ended " + state + detail);
  }

  /** Ends an operation of which nothing is left to do, or tells its end anew. */
  void endAlone(String operationId, OperationState state, String detail) {
    stores.operations().end(operationId, state, detail, loop.epochMillis());
    ended(operationId, state, operationId + ": " + detail);
  }

  private void ended(String operationId, OperationState state, String text) {
    Map<String, String> details = Map.of("state", state.name().toLowerCase(Locale.ROOT));
    events.append("operation", Optional.empty(), Optional.empty(), text, operationId, details);
  }

  void event(String operationId, Optional<HostName> host, String text) {
    events.append("operation", host, Optional.empty(), text, operationId, Map.of());
  }
}
