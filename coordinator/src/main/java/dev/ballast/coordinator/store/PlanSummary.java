package dev.ballast.coordinator.store;

import dev.ballast.core.plan.Origin;

/** A stored plan without its steps. */
public record PlanSummary(
    String id,
    String title,
    Origin origin,
    int stepCount,
    PlanState state,
    long createdEpochMillis) {}
