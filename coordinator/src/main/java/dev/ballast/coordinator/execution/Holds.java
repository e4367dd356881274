package dev.ballast.coordinator.execution;

import dev.ballast.coordinator.execution.ExecutionRefused.Kind;
import dev.ballast.core.plan.Origin;
import dev.ballast.core.plan.Plan;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Which operation is in charge of which object. Read by any thread, changed by the loop only. */
final class Holds {
  private final Map<HeldObject, Running> holders = new ConcurrentHashMap<>();

  boolean isHeld(HeldObject object) {
    return holders.containsKey(object);
  }

  /** Gives the operation all objects of its plan; a dry run needs none. */
  void take(Running operation) {
    if (operation.dryRun) {
      return;
    }
    for (HeldObject object : StartCheck.objects(operation.plan)) {
      holders.putIfAbsent(object, operation);
      operation.held.add(object);
    }
  }

  /**
   * The balancer's operations that must yield to the plan, which are those that have not begun with
   * a contested object.
   *
   * @throws ExecutionRefused naming the holder that does not yield
   */
  Set<Running> preemptedBy(String planId, Plan plan) {
    Set<Running> yielding = new LinkedHashSet<>();
    for (HeldObject object : StartCheck.objects(plan)) {
      Running holder = holders.get(object);
      if (holder == null) {
        continue;
      }
      boolean yields =
          plan.origin() != Origin.BALANCER
              && holder.isBalancers()
              && holder.machine.isUntouched(object);
      if (!yields) {
        throw new ExecutionRefused(
            Kind.PRECONDITION,
            object
                + " is held by "
                + holder.id
                + " ("
                + holder.plan.title()
                + "); execute "
                + planId
                + " when that has ended");
      }
      yielding.add(holder);
    }
    return yielding;
  }

  void release(Running operation, List<HeldObject> objects) {
    for (HeldObject object : objects) {
      if (operation.held.remove(object)) {
        holders.remove(object, operation);
      }
    }
  }

  void releaseAll(Running operation) {
    release(operation, List.copyOf(operation.held));
  }
}
