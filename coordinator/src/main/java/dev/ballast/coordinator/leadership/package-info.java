/** Who may command: the term, and the lease that a new leader waits for. */
@NullMarked
package dev.ballast.coordinator.leadership;

import org.jspecify.annotations.NullMarked;
