package dev.ballast.coordinator.api;

import dev.ballast.coordinator.store.DecisionStore;
import dev.ballast.coordinator.store.LeaderDatabase;
import dev.ballast.coordinator.store.OperationStore;
import dev.ballast.coordinator.store.PlanStore;

/** The parts of the store that operators ask about. */
public record ApiStores(
    LeaderDatabase database, PlanStore plans, OperationStore operations, DecisionStore decisions) {
  public static ApiStores of(LeaderDatabase database) {
    return new ApiStores(
        database,
        new PlanStore(database),
        new OperationStore(database),
        new DecisionStore(database));
  }
}
