@NullMarked
package dev.ballast.coordinator.metrics;

import org.jspecify.annotations.NullMarked;
