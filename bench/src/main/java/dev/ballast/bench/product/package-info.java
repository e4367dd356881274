/** Benchmarks of the planners that the coordinator calls, on snapshots as it has them. */
@NullMarked
package dev.ballast.bench.product;

import org.jspecify.annotations.NullMarked;
