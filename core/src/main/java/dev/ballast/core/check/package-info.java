/** Verifies any plan against its snapshot; shares no code with what made it. */
@NullMarked
package dev.ballast.core.check;

import org.jspecify.annotations.NullMarked;
