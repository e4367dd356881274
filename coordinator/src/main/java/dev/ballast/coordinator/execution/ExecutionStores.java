package dev.ballast.coordinator.execution;

import dev.ballast.coordinator.store.CommandStore;
import dev.ballast.coordinator.store.DecisionStore;
import dev.ballast.coordinator.store.LeaderDatabase;
import dev.ballast.coordinator.store.OperationStore;
import dev.ballast.coordinator.store.PlanStore;

/** The parts of the store that execution keeps. */
public record ExecutionStores(
    LeaderDatabase database,
    PlanStore plans,
    OperationStore operations,
    CommandStore commands,
    DecisionStore decisions) {
  public static ExecutionStores of(LeaderDatabase database) {
    return new ExecutionStores(
        database,
        new PlanStore(database),
        new OperationStore(database),
        new CommandStore(database),
        new DecisionStore(database));
  }
}
