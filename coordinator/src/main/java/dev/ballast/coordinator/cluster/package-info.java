/** One writer: events in, immutable snapshots out. */
@NullMarked
package dev.ballast.coordinator.cluster;

import org.jspecify.annotations.NullMarked;
