/** Seeded synthetic clusters and the benchmarks that run on them. */
@NullMarked
package dev.ballast.bench.synthetic;

import org.jspecify.annotations.NullMarked;
