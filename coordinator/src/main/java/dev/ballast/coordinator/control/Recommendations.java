package dev.ballast.coordinator.control;

import dev.ballast.coordinator.store.PlanState;
import dev.ballast.core.model.HostName;
import dev.ballast.core.plan.Plan;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The one plan a host that waits for an operator; a different one takes the former's place. */
final class Recommendations {
  private record Waiting(String planId, Plan plan) {}

  private final ControlStores stores;
  private final Map<HostName, Waiting> waiting = new HashMap<>();

  Recommendations(ControlStores stores) {
    this.stores = stores;
  }

  /** Stores the plan and gives its id; empty when the same one waits already. */
  Optional<String> put(HostName host, Plan plan, long nowMillis) {
    Waiting former = waiting.get(host);
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
    waiting.put(host, new Waiting(id, plan));
    return Optional.of(id);
  }

  /** What waits for the host, if anything, is out of date. */
  void withdraw(HostName host) {
    withdraw(waiting.remove(host));
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
