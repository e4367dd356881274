package dev.ballast.core.planning;

import dev.ballast.core.model.Assignment;
import dev.ballast.core.model.Snapshot;
import dev.ballast.core.plan.DesiredChange;
import dev.ballast.core.plan.Plan;
import java.util.Optional;

/** The way back of what a plan made the coordinator remember. */
final class DesiredRollback {
  private final Snapshot snapshot;
  private final Plan plan;
  private final PlanDraft draft;

  DesiredRollback(Snapshot snapshot, Plan plan, PlanDraft draft) {
    this.snapshot = snapshot;
    this.plan = plan;
    this.draft = draft;
  }

  void add() {
    for (DesiredChange inverse : plan.inverse()) {
      String subject = subject(inverse);
      Optional<?> now = current(inverse);
      Optional<?> before = value(inverse);
      if (now.equals(before)) {
        continue;
      }
      Optional<?> set =
          plan.changes().stream()
              .filter(change -> subject(change).equals(subject))
              .reduce((first, last) -> last)
              .flatMap(DesiredRollback::value);
      if (now.equals(set) || removesPlace(inverse, now, set)) {
        draft.change(inverse);
      } else {
        draft.problem(
            subject, "was changed by a later operation; nothing is rolled back: roll that back");
      }
    }
  }

  /** A VM that goes away leaves its host, whatever its CPUs have become. */
  private static boolean removesPlace(DesiredChange inverse, Optional<?> now, Optional<?> set) {
    return inverse instanceof DesiredChange.RemoveAssignment
        && now.orElse(null) instanceof Assignment a
        && set.orElse(null) instanceof Assignment b
        && a.host().equals(b.host());
  }

  private static String subject(DesiredChange change) {
    return switch (change) {
      case DesiredChange.PutSpec(var spec) -> "the specification of " + spec.name();
      case DesiredChange.RemoveSpec(var vm) -> "the specification of " + vm;
      case DesiredChange.PutAssignment(var assignment) -> "the assignment of " + assignment.vm();
      case DesiredChange.RemoveAssignment(var vm) -> "the assignment of " + vm;
      case DesiredChange.PutKsm(var host, var ignored) -> "the wanted KSM of " + host;
      case DesiredChange.RemoveKsm(var host) -> "the wanted KSM of " + host;
      case DesiredChange.PutHostSetting(var host, var setting) ->
          "the wanted " + setting.key() + " of " + host;
      case DesiredChange.RemoveHostSetting(var host, var key) ->
          "the wanted " + key + " of " + host;
      case DesiredChange.PutLimits(var vm, var ignored) -> "the operator's limits of " + vm;
      case DesiredChange.RemoveLimits(var vm) -> "the operator's limits of " + vm;
      case DesiredChange.PutNetwork(var network) -> "the network " + network.name();
      case DesiredChange.RemoveNetwork(var name) -> "the network " + name;
    };
  }

  private static Optional<?> value(DesiredChange change) {
    return switch (change) {
      case DesiredChange.PutSpec(var spec) -> Optional.of(spec);
      case DesiredChange.PutAssignment(var assignment) -> Optional.of(assignment);
      case DesiredChange.PutKsm(var ignored, var settings) -> Optional.of(settings);
      case DesiredChange.RemoveSpec ignored -> Optional.empty();
      case DesiredChange.RemoveAssignment ignored -> Optional.empty();
      case DesiredChange.RemoveKsm ignored -> Optional.empty();
      case DesiredChange.PutHostSetting(var ignored, var setting) -> Optional.of(setting);
      case DesiredChange.RemoveHostSetting ignored -> Optional.empty();
      case DesiredChange.PutLimits(var ignored, var limits) -> Optional.of(limits);
      case DesiredChange.RemoveLimits ignored -> Optional.empty();
      case DesiredChange.PutNetwork(var network) -> Optional.of(network);
      case DesiredChange.RemoveNetwork ignored -> Optional.empty();
    };
  }

  private Optional<?> current(DesiredChange change) {
    return switch (change) {
      case DesiredChange.PutSpec(var spec) ->
          Optional.ofNullable(snapshot.specs().get(spec.name()));
      case DesiredChange.RemoveSpec(var vm) -> Optional.ofNullable(snapshot.specs().get(vm));
      case DesiredChange.PutAssignment(var assignment) ->
          Optional.ofNullable(snapshot.assignments().get(assignment.vm()));
      case DesiredChange.RemoveAssignment(var vm) ->
          Optional.ofNullable(snapshot.assignments().get(vm));
      case DesiredChange.PutKsm(var host, var ignored) ->
          Optional.ofNullable(snapshot.desiredKsm().get(host));
      case DesiredChange.RemoveKsm(var host) ->
          Optional.ofNullable(snapshot.desiredKsm().get(host));
      case DesiredChange.PutHostSetting(var host, var setting) ->
          snapshot.desiredSetting(host, setting.key());
      case DesiredChange.RemoveHostSetting(var host, var key) -> snapshot.desiredSetting(host, key);
      case DesiredChange.PutLimits(var vm, var ignored) ->
          Optional.ofNullable(snapshot.limitOverrides().get(vm));
      case DesiredChange.RemoveLimits(var vm) ->
          Optional.ofNullable(snapshot.limitOverrides().get(vm));
      case DesiredChange.PutNetwork(var network) ->
          Optional.ofNullable(snapshot.networks().get(network.name()));
      case DesiredChange.RemoveNetwork(var name) ->
          Optional.ofNullable(snapshot.networks().get(name));
    };
  }
}
