package dev.ballast.coordinator.execution;

import dev.ballast.coordinator.store.Term;
import dev.ballast.core.model.HostName;
import dev.ballast.core.model.HostView;
import dev.ballast.core.model.Snapshot;
import java.util.function.Supplier;

/** What sending commands needs of the world. */
record Surroundings(
    Supplier<Snapshot> snapshots,
    CommandSender sender,
    TaskLoop loop,
    ExecutionSettings settings,
    Term term) {
  boolean isConnected(HostName host) {
    HostView view = snapshots.get().hosts().get(host);
    return view != null && view.connected();
  }
}
