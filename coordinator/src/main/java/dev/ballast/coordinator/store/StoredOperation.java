package dev.ballast.coordinator.store;

import dev.ballast.core.plan.Origin;

/**
 * The execution of a plan, under its id ({@code op-7}).
 *
 * @param endedEpochMillis 0 while it runs
 * @param detail for people; empty where there is nothing to add
 */
public record StoredOperation(
    String id,
    String planId,
    String title,
    Origin origin,
    boolean dryRun,
    OperationState state,
    long startedEpochMillis,
    long endedEpochMillis,
    String detail) {}
