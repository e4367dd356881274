/**
 * {@code ballast}, the operator's command line. It sees only core and the contract, never the
 * coordinator's other packages.
 */
@NullMarked
package dev.ballast.coordinator.cli;

import org.jspecify.annotations.NullMarked;
