package dev.ballast.coordinator.execution;

import dev.ballast.core.model.Snapshot;
import dev.ballast.core.plan.DesiredChange;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Makes the cluster remember what an operation brought about. */
@FunctionalInterface
public interface DesiredWriter {
  /**
   * Remembers the changes; doing so twice is as doing so once.
   *
   * @return completes once they are stored and in the snapshot
   */
  CompletableFuture<Snapshot> remember(List<DesiredChange> changes, String operationId);
}
