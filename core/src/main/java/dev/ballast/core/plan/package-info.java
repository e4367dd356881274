/** Ordered steps with dependencies, their parent snapshot, and their rendering as text. */
@NullMarked
package dev.ballast.core.plan;

import org.jspecify.annotations.NullMarked;
