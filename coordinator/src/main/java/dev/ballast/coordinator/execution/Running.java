package dev.ballast.coordinator.execution;

import dev.ballast.core.model.HostName;
import dev.ballast.core.plan.Origin;
import dev.ballast.core.plan.Plan;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** An operation that has not ended, with what belongs to it in memory. */
final class Running {
  final String id;
  final Plan plan;
  final boolean dryRun;

  /**
   * How long hosts await a confirmation of its reversible commands, in milliseconds, as the
   * operator wants it.
   */
  final Optional<Long> confirmWithin;

  final OperationMachine machine;
  final ProgressListener listener;

  /** Objects that the operation holds. */
  final Set<HeldObject> held = new HashSet<>();

  /** Waiting for hosts that cannot get a command now. */
  final Map<HostName, TaskLoop.Timer> hostTimers = new HashMap<>();

  /** Effects that the store could not yet take; nothing is sent before it can. */
  final List<Effect> pending = new ArrayList<>();

  Running(
      String id,
      Plan plan,
      boolean dryRun,
      Optional<Long> confirmWithin,
      OperationMachine machine,
      ProgressListener listener) {
    this.id = id;
    this.plan = plan;
    this.dryRun = dryRun;
    this.confirmWithin = confirmWithin;
    this.machine = machine;
    this.listener = listener;
  }

  boolean isBalancers() {
    return plan.origin() == Origin.BALANCER;
  }

  void cancelHostTimer(HostName host) {
    TaskLoop.Timer timer = hostTimers.remove(host);
    if (timer != null) {
      timer.cancel();
    }
  }

  void cancelTimers() {
    hostTimers.values().forEach(TaskLoop.Timer::cancel);
    hostTimers.clear();
  }
}
