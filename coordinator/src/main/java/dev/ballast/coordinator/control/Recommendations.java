package dev.ballast.coordinator.control;

import dev.ballast.coordinator.store.PlanState;
import dev.ballast.core.plan.Plan;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The one plan a topic that waits for an operator; a different one takes the former's place. */
final class Recommendations {
  private record Waiting(String planId, Plan plan) {}

  private final ControlStores stores;
  private final Map<String, Waiting> waiting = new HashMap<>();

  Recommendations(ControlStores stores) {
    this.stores = stores;
  }

  /** Stores the plan and gives its id; empty when the same one waits already. */
  Optional<String> put(String topic, Plan plan, long nowMillis) {
    Waiting former = waiting.get(topic);
    if (former != null && isSame(former, plan)) {
      return Optional.empty();
    }
    String id =
        stores
            .database()
            .atomically(
                () -> {
                  withdraw(former);
                  return stores.plans().add(plan, PlanState.RECOMMENDED, nowMillis);
                });
    waiting.put(topic, new Waiting(id, plan));
    return Optional.of(id);
  }

  /** What waits on the topic, if anything, is out of date. */
  void withdraw(String topic) {
    withdraw(waiting.remove(topic));
  }

  private void withdraw(@Nullable Waiting former) {
    if (former != null) {
      stores.plans().setState(former.planId(), PlanState.RECOMMENDED, PlanState.SUPERSEDED);
    }
  }

  private boolean isSame(Waiting former, Plan plan) {
    return former.plan().steps().equals(plan.steps())
        && stores
            .plans()
            .get(former.planId())
            .filter(stored -> stored.state() == PlanState.RECOMMENDED)
            .isPresent();
  }
}
