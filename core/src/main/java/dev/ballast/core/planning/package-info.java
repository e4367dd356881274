/** Composes specification, placement, rendering and observation into plans. Pure. */
@NullMarked
package dev.ballast.core.planning;

import org.jspecify.annotations.NullMarked;
