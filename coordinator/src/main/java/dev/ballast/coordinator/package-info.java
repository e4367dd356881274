/** The coordinator's program: its commands, and how its parts are put together. */
@NullMarked
package dev.ballast.coordinator;

import org.jspecify.annotations.NullMarked;
