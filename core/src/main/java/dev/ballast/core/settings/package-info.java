/** Strict reading of the programs' configuration files: every fault of a file, with its line. */
@NullMarked
package dev.ballast.core.settings;

import org.jspecify.annotations.NullMarked;
