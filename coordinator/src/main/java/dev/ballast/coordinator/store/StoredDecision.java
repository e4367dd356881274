package dev.ballast.coordinator.store;

import dev.ballast.core.plan.Decision;

/**
 * A decision and when it was taken.
 *
 * @param operationId empty where nothing was executed for it
 */
public record StoredDecision(Decision decision, long epochMillis, String operationId) {}
