package dev.ballast.coordinator.leadership;

import dev.ballast.coordinator.store.LeadershipStore;

/** What {@code recover} does to a restored store: its next term is past all that were seen. */
public final class Recovery {
  private Recovery() {}

  /**
   * Raises the last term to the highest that an agent reported, or to the one given if that is
   * higher.
   *
   * @return the term that the next coordinator will take
   */
  public static long recover(LeadershipStore store, long atLeast) {
    store.raise(Math.max(store.highestReported(), atLeast));
    return store.lastTerm() + 1;
  }
}
