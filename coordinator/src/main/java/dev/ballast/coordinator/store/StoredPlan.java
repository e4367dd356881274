package dev.ballast.coordinator.store;

import dev.ballast.core.plan.Plan;

/** A plan under its id ({@code plan-7}). */
public record StoredPlan(String id, Plan plan, PlanState state, long createdEpochMillis) {}
