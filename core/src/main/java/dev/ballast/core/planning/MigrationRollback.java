package dev.ballast.core.planning;

import dev.ballast.core.action.Final.MigrateDomain;
import dev.ballast.core.action.MigrationLimits;
import dev.ballast.core.action.ObjectKey;
import dev.ballast.core.model.Assignment;
import dev.ballast.core.model.CpuPins;
import dev.ballast.core.model.DomainState;
import dev.ballast.core.model.HostName;
import dev.ballast.core.model.HostView;
import dev.ballast.core.model.ObservedDomain;
import dev.ballast.core.model.Snapshot;
import dev.ballast.core.model.VmName;
import dev.ballast.core.model.VmSpec;
import dev.ballast.core.placement.MigrationFit;
import dev.ballast.core.plan.DesiredChange;
import dev.ballast.core.plan.ExecutedOperation;
import dev.ballast.core.plan.PlanStep;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The way back of migrations: another migration, to where each VM was. Only for VMs that still run
 * where the operation took them.
 */
final class MigrationRollback {
  private final Snapshot snapshot;
  private final ExecutedOperation operation;
  private final List<ExecutedOperation> later;
  private final PlanDraft draft;
  private final Map<MigrationLimits, Migrations> migrations = new HashMap<>();

  MigrationRollback(
      Snapshot snapshot,
      ExecutedOperation operation,
      List<ExecutedOperation> later,
      PlanDraft draft) {
    this.snapshot = snapshot;
    this.operation = operation;
    this.later = later;
    this.draft = draft;
  }

  void add(List<PlanStep> migrated) {
    for (PlanStep step : migrated) {
      if (step.planned().action() instanceof MigrateDomain migrate) {
        back(step.host(), migrate);
      }
    }
  }

  private void back(HostName origin, MigrateDomain migrate) {
    VmName vm = migrate.vm();
    Optional<ObservedDomain> there = snapshot.domain(migrate.target(), vm);
    if (there.isEmpty() && snapshot.domain(origin, vm).isPresent()) {
      return;
    }
    if (there.filter(domain -> domain.state() == DomainState.RUNNING).isEmpty()) {
      draft.problem(
          vm,
          "does not run on "
              + migrate.target()
              + ", where the operation took it: "
              + since(migrate, vm)
              + "; nothing is rolled back");
      return;
    }
    HostView host = snapshot.hosts().get(origin);
    VmSpec spec = snapshot.specs().get(vm);
    Optional<CpuPins> pins = formerPins(vm, origin);
    if (host == null || spec == null || pins.isEmpty()) {
      draft.problem(vm, "its place on " + origin + " before the operation is not known any more");
      return;
    }
    HostView target = snapshot.hosts().get(migrate.target());
    Optional<String> obstacle =
        target == null ? Optional.empty() : MigrationFit.obstacle(spec, target, host);
    if (obstacle.isPresent()) {
      draft.problem(vm, "cannot go back: " + origin + " " + obstacle.get());
      return;
    }
    if (Room.has(Restored.by(snapshot, operation.plan().inverse()), vm, origin, draft)) {
      migrations
          .computeIfAbsent(migrate.limits(), limits -> new Migrations(snapshot, limits, draft))
          .back(there.get(), migrate.target(), origin, pins.get());
      draft.decide(
          "operator",
          vm,
          "goes back from " + migrate.target() + " to " + origin,
          (there.get().memoryBytes() >> 20) + " MiB of memory over the network",
          "as before");
    }
  }

  private Optional<CpuPins> formerPins(VmName vm, HostName origin) {
    return operation.plan().inverse().stream()
        .flatMap(c -> c instanceof DesiredChange.PutAssignment(var a) ? Stream.of(a) : Stream.of())
        .filter(a -> a.vm().equals(vm) && a.host().equals(origin))
        .map(Assignment::pins)
        .findFirst();
  }

  private String since(MigrateDomain migrate, VmName vm) {
    String names =
        later.stream()
            .filter(operation -> operation.touched(migrate.target(), ObjectKey.domain(vm)))
            .map(ExecutedOperation::id)
            .collect(Collectors.joining(", "));
    return names.isEmpty() ? "changed since by no known operation" : "changed since by " + names;
  }
}
