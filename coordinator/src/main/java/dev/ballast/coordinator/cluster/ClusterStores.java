package dev.ballast.coordinator.cluster;

import dev.ballast.coordinator.store.ClusterStore;
import dev.ballast.coordinator.store.CommandStore;
import dev.ballast.coordinator.store.CordonStore;
import dev.ballast.coordinator.store.DesiredStore;
import dev.ballast.coordinator.store.FreezeStore;
import dev.ballast.coordinator.store.HostStore;
import dev.ballast.coordinator.store.LeaderDatabase;

/** The parts of the store that the cluster's writer keeps. */
public record ClusterStores(
    ClusterStore cluster,
    HostStore hosts,
    DesiredStore desired,
    FreezeStore freezes,
    CordonStore cordons,
    CommandStore commands) {
  public static ClusterStores of(LeaderDatabase database) {
    return new ClusterStores(
        new ClusterStore(database),
        new HostStore(database),
        new DesiredStore(database),
        new FreezeStore(database),
        new CordonStore(database),
        new CommandStore(database));
  }
}
