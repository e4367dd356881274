/** How parts of the coordinator start and stop. */
@NullMarked
package dev.ballast.coordinator.lifecycle;

import org.jspecify.annotations.NullMarked;
