/** What Prometheus may know of the coordinator and its cluster. */
@NullMarked
package dev.ballast.coordinator.metrics;

import org.jspecify.annotations.NullMarked;
