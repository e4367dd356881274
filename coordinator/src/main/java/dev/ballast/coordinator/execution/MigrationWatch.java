package dev.ballast.coordinator.execution;

import dev.ballast.coordinator.store.OperationState;
import dev.ballast.coordinator.store.StepState;
import dev.ballast.coordinator.store.StoredOperation;
import dev.ballast.coordinator.store.StoredStep;
import dev.ballast.core.action.Final.MigrateDomain;
import dev.ballast.core.action.ObjectKey;
import dev.ballast.core.action.Outcome;
import dev.ballast.core.model.Assignment;
import dev.ballast.core.model.DomainState;
import dev.ballast.core.model.HostName;
import dev.ballast.core.model.HostView;
import dev.ballast.core.model.ObservedDomain;
import dev.ballast.core.model.Snapshot;
import dev.ballast.core.model.VmName;
import dev.ballast.core.plan.DesiredChange;
import dev.ballast.core.plan.Plan;
import dev.ballast.core.plan.PlanStep;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Knows the migrations whose end nobody could tell, and sees from both hosts what became of them.
 *
 * <p>Only one finding is acted on, and only in memory and store: the VM runs on the target and the
 * source, which is connected, has no domain of it any more. Then the assignment follows it. Every
 * other finding (two copies, a paused one, none) is left to people; no copy is ever touched.
 */
final class MigrationWatch {
  /** At most so many unresolved migrations are known; the oldest are forgotten first. */
  static final int LIMIT = 1_000;

  /** So many of the newest operations are looked through at start. */
  private static final int OPERATIONS_LOOKED_THROUGH = 200;

  private final ExecutionStores stores;
  private final OperationJournal journal;
  private final Map<VmName, Arrival> unresolved = new LinkedHashMap<>();

  MigrationWatch(ExecutionStores stores, OperationJournal journal) {
    this.stores = stores;
    this.journal = journal;
  }

  /** A VM that a step was to take to a host. */
  record Arrival(String operationId, int step, HostName source, MigrateDomain migrate) {
    HostName target() {
      return migrate.target();
    }

    ObjectKey object() {
      return ObjectKey.domain(migrate.vm());
    }

    DesiredChange change() {
      return new DesiredChange.PutAssignment(
          new Assignment(migrate.vm(), migrate.target(), migrate.targetPins(), false));
    }
  }

  /** What an operation moves is no longer what an earlier one moved. */
  void begun(Running operation) {
    if (!operation.dryRun) {
      migrations(operation.plan).forEach((step, migrate) -> unresolved.remove(migrate.vm()));
    }
  }

  /** Remembers the migrations of the operation that ended in doubt. */
  void ended(Running operation, Effect.End end) {
    if (end.state() == OperationState.NEEDS_ATTENTION && !operation.dryRun) {
      note(operation.id, operation.plan);
    }
  }

  /** Finds the doubtful migrations of operations that ended before the coordinator's restart. */
  void recover() {
    for (StoredOperation stored :
        stores.operations().newest(OPERATIONS_LOOKED_THROUGH).reversed()) {
      if (!stored.dryRun() && stored.state() == OperationState.NEEDS_ATTENTION) {
        stores.plans().get(stored.planId()).ifPresent(plan -> note(stored.id(), plan.plan()));
      }
    }
  }

  private void note(String operationId, Plan plan) {
    List<StoredStep> steps = stores.operations().steps(operationId);
    migrations(plan)
        .forEach(
            (step, migrate) -> {
              boolean doubtful =
                  steps.stream()
                      .filter(stored -> stored.number() == step.number())
                      .flatMap(stored -> stored.outcome().stream())
                      .anyMatch(
                          outcome ->
                              outcome instanceof Outcome.Unknown
                                  || outcome instanceof Outcome.NeedsAttention);
              if (doubtful) {
                unresolved.remove(migrate.vm());
                unresolved.put(
                    migrate.vm(), new Arrival(operationId, step.number(), step.host(), migrate));
              }
            });
    while (unresolved.size() > LIMIT) {
      unresolved.remove(unresolved.keySet().iterator().next());
    }
  }

  private static Map<PlanStep, MigrateDomain> migrations(Plan plan) {
    Map<PlanStep, MigrateDomain> result = new LinkedHashMap<>();
    for (PlanStep step : plan.steps()) {
      if (step.planned().action() instanceof MigrateDomain migrate) {
        result.put(step, migrate);
      }
    }
    return result;
  }

  /** The unresolved migrations whose VM is on its target, and nowhere else, for certain. */
  List<Arrival> arrivals(Snapshot snapshot) {
    List<Arrival> arrivals = new ArrayList<>();
    for (Arrival arrival : unresolved.values()) {
      if (isThere(snapshot, arrival)) {
        arrivals.add(arrival);
      }
    }
    return arrivals;
  }

  private static boolean isThere(Snapshot snapshot, Arrival arrival) {
    VmName vm = arrival.migrate().vm();
    HostView source = snapshot.hosts().get(arrival.source());
    HostView target = snapshot.hosts().get(arrival.target());
    Assignment assigned = snapshot.assignments().get(vm);
    if (source == null
        || target == null
        || !source.connected()
        || !target.connected()
        || source.domains().containsKey(vm)
        || assigned == null
        || !assigned.host().equals(arrival.source())) {
      return false;
    }
    ObservedDomain found = target.domains().get(vm);
    return found != null && found.state() == DomainState.RUNNING;
  }

  /** The assignment follows the VM now: its step reached its target after all. */
  void arrived(Arrival arrival) {
    if (unresolved.remove(arrival.migrate().vm(), arrival)) {
      stores
          .operations()
          .setStep(
              arrival.operationId(),
              arrival.step(),
              StepState.ENDED,
              Optional.of(new Outcome.Applied("on " + arrival.source(), 0)));
      boolean whole =
          stores.operations().steps(arrival.operationId()).stream()
              .allMatch(step -> step.outcome().filter(Outcome::reachedTarget).isPresent());
      if (whole) {
        journal.endAlone(
            arrival.operationId(), OperationState.APPLIED, "resolved by looking at both hosts");
      }
      journal.event(
          arrival.operationId(),
          Optional.of(arrival.target()),
          "the migration of "
              + arrival.migrate().vm()
              + " is resolved by looking at both hosts: it runs on "
              + arrival.target()
              + ", and "
              + arrival.source()
              + " has no copy; its assignment follows");
    }
  }
}
