/** The command line against a coordinator that says what the tests want. */
@NullMarked
package dev.ballast.coordinator.cli;

import org.jspecify.annotations.NullMarked;
