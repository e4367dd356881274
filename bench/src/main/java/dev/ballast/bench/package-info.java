/** Benchmarks: each a subcommand, each with the figures that docs/ quote. */
@NullMarked
package dev.ballast.bench;

import org.jspecify.annotations.NullMarked;
