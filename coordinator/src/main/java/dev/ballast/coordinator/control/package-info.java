/** The loop alert, decide, check, store, execute. */
@NullMarked
package dev.ballast.coordinator.control;

import org.jspecify.annotations.NullMarked;
