package dev.ballast.coordinator.cluster;

import dev.ballast.core.model.Snapshot;

/**
 * Hears of each event but telemetry, in order, on one thread, after the event was applied. It must
 * return quickly and hand longer work to a thread of its own.
 */
@FunctionalInterface
public interface ClusterListener {
  /**
   * @param snapshot the cluster right after the event, with the newest loads
   */
  void onEvent(Snapshot snapshot, ClusterEvent event);
}
