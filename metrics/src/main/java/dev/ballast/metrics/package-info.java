/** How a daemon serves its metrics to Prometheus. */
@NullMarked
package dev.ballast.metrics;

import org.jspecify.annotations.NullMarked;
