package dev.ballast.coordinator.cluster;

import dev.ballast.core.model.Snapshot;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Remembers what a listener was told. */
public final class Listening implements ClusterListener {
  /** One call. */
  public record Told(Snapshot snapshot, ClusterEvent event) {}

  private final List<Told> told = new CopyOnWriteArrayList<>();

  @Override
  public void onEvent(Snapshot snapshot, ClusterEvent event) {
    told.add(new Told(snapshot, event));
  }

  public List<Told> told() {
    return told;
  }

  public List<ClusterEvent> events() {
    return told.stream().map(Told::event).toList();
  }
}
