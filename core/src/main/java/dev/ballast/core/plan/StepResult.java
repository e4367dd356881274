package dev.ballast.core.plan;

import dev.ballast.core.action.Outcome;

/** What became of the step of that number. */
public record StepResult(int number, Outcome outcome) {}
