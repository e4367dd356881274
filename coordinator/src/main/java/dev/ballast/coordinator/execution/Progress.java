package dev.ballast.coordinator.execution;

import dev.ballast.coordinator.store.OperationState;
import dev.ballast.core.action.Outcome;
import java.util.Optional;

/**
 * A step forward of an operation, for those who watch it.
 *
 * @param step 0 when it is about the operation
 * @param stepState waiting, sent, or an outcome's name; empty for the operation
 */
public record Progress(
    String operationId,
    OperationState state,
    int step,
    String stepState,
    String text,
    int stepsDone,
    int stepsTotal,
    Optional<Outcome> outcome) {}
