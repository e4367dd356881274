package dev.ballast.core.action;

/** An action with the record that it was planned against. */
public record PlannedAction(Action action, Expectation expectation) {}
