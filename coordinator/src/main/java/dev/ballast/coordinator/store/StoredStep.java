package dev.ballast.coordinator.store;

import dev.ballast.core.action.Outcome;
import dev.ballast.core.model.HostName;
import java.util.Optional;

/** One step of an operation; the number is the step's in the plan. */
public record StoredStep(int number, HostName host, StepState state, Optional<Outcome> outcome) {}
