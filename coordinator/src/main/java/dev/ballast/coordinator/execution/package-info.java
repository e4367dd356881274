/** Carries out plans: dependencies, limits, confirmation, undo. */
@NullMarked
package dev.ballast.coordinator.execution;

import org.jspecify.annotations.NullMarked;
