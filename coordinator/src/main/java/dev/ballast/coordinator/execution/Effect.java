package dev.ballast.coordinator.execution;

import dev.ballast.coordinator.store.OperationState;
import dev.ballast.core.action.Outcome;
import dev.ballast.core.plan.DesiredChange;
import java.util.List;

/** What an operation's state machine wants done; {@link Executor} does it. */
sealed interface Effect {
  /** Remember what became of a step. */
  record StepOver(int step, Outcome outcome) implements Effect {}

  /**
   * The operation is over.
   *
   * @param changes what to remember of its plan
   */
  record End(OperationState state, String detail, List<DesiredChange> changes) implements Effect {
    public End {
      changes = List.copyOf(changes);
    }
  }
}
