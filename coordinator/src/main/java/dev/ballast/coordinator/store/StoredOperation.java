package dev.ballast.coordinator.store;

import dev.ballast.core.plan.Origin;
import java.util.Optional;

/**
 * The execution of a plan, under its id ({@code op-7}).
 *
 * @param confirmWithinMillis how long each host awaits a confirmation, as the operator wants it
 * @param endedEpochMillis 0 while it runs
 * @param detail for people; empty where there is nothing to add
 */
public record StoredOperation(
    String id,
    String planId,
    String title,
    Origin origin,
    boolean dryRun,
    Optional<Long> confirmWithinMillis,
    OperationState state,
    long startedEpochMillis,
    long endedEpochMillis,
    String detail) {}
