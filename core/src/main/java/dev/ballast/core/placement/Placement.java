package dev.ballast.core.placement;

import dev.ballast.core.model.Assignment;
import dev.ballast.core.plan.Decision;

/** Where a VM goes, and why there. */
public record Placement(Assignment assignment, Decision decision) {}
