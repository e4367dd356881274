/** Solvers of others, for {@code ballast-bench compare}; only in the Maven profile compare. */
@NullMarked
package dev.ballast.bench.compare;

import org.jspecify.annotations.NullMarked;
