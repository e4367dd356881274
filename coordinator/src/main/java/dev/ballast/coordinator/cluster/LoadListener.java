package dev.ballast.coordinator.cluster;

import dev.ballast.core.model.HostLoad;
import dev.ballast.core.model.HostName;

/** Hears of each load sample on the cluster's writer thread; it must return at once. */
@FunctionalInterface
public interface LoadListener {
  void onLoad(HostName host, HostLoad load);
}
