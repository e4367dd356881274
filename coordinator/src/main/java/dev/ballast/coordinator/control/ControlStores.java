package dev.ballast.coordinator.control;

import dev.ballast.coordinator.store.DecisionStore;
import dev.ballast.coordinator.store.LeaderDatabase;
import dev.ballast.coordinator.store.PlanStore;

/** The parts of the store that the loop writes. */
public record ControlStores(LeaderDatabase database, PlanStore plans, DecisionStore decisions) {
  public static ControlStores of(LeaderDatabase database) {
    return new ControlStores(database, new PlanStore(database), new DecisionStore(database));
  }
}
