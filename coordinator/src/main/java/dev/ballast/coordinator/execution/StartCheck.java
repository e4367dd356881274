package dev.ballast.coordinator.execution;

import dev.ballast.coordinator.execution.ExecutionRefused.Kind;
import dev.ballast.coordinator.store.PlanState;
import dev.ballast.coordinator.store.StoredPlan;
import dev.ballast.core.action.Action;
import dev.ballast.core.action.Final;
import dev.ballast.core.action.Final.MigrateDomain;
import dev.ballast.core.action.Reversible.DefineDomain;
import dev.ballast.core.action.Reversible.PinCpus;
import dev.ballast.core.action.Reversible.SetHostSetting;
import dev.ballast.core.action.Reversible.SetKsm;
import dev.ballast.core.action.Reversible.SetLimits;
import dev.ballast.core.action.Reversible.SetMemoryNodes;
import dev.ballast.core.action.Reversible.SetSwitch;
import dev.ballast.core.action.Reversible.TakeSnapshot;
import dev.ballast.core.action.Reversible.UndefineDomain;
import dev.ballast.core.model.HostName;
import dev.ballast.core.model.HostView;
import dev.ballast.core.model.Snapshot;
import dev.ballast.core.model.VmName;
import dev.ballast.core.plan.DesiredChange;
import dev.ballast.core.plan.DesiredChange.PutAssignment;
import dev.ballast.core.plan.DesiredChange.PutHostSetting;
import dev.ballast.core.plan.DesiredChange.PutKsm;
import dev.ballast.core.plan.DesiredChange.PutLimits;
import dev.ballast.core.plan.DesiredChange.PutNetwork;
import dev.ballast.core.plan.DesiredChange.PutSpec;
import dev.ballast.core.plan.DesiredChange.RemoveAssignment;
import dev.ballast.core.plan.DesiredChange.RemoveHostSetting;
import dev.ballast.core.plan.DesiredChange.RemoveKsm;
import dev.ballast.core.plan.DesiredChange.RemoveLimits;
import dev.ballast.core.plan.DesiredChange.RemoveNetwork;
import dev.ballast.core.plan.DesiredChange.RemoveSpec;
import dev.ballast.core.plan.Plan;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Whether a stored plan may be executed against the cluster as it is now. */
final class StartCheck {
  private StartCheck() {}

  /**
   * Passes silently.
   *
   * @throws ExecutionRefused naming the first obstacle
   */
  static void check(StoredPlan stored, boolean dryRun, Snapshot snapshot) {
    checkState(stored, dryRun);
    Plan plan = stored.plan();
    for (DesiredChange former : plan.inverse()) {
      changedSince(former, snapshot)
          .ifPresent(
              what -> {
                throw new ExecutionRefused(
                    Kind.STALE,
                    stored.id() + " is stale: " + what + " changed since it was made; plan anew");
              });
    }
    plan.steps().stream()
        .flatMap(step -> hosts(step.planned().action(), step.host()))
        .distinct()
        .forEach(host -> checkHost(host, snapshot));
    if (!dryRun) {
      for (Task task : Task.forward(plan)) {
        frozen(task, snapshot)
            .ifPresent(
                what -> {
                  throw new ExecutionRefused(Kind.PRECONDITION, what);
                });
      }
    }
  }

  private static void checkState(StoredPlan stored, boolean dryRun) {
    if (dryRun) {
      return;
    }
    if (stored.state() == PlanState.EXECUTED) {
      throw new ExecutionRefused(
          Kind.PRECONDITION, stored.id() + " was executed already; plan anew");
    }
    if (stored.state() == PlanState.SUPERSEDED) {
      throw new ExecutionRefused(
          Kind.STALE, stored.id() + " was superseded by a newer plan; plan anew");
    }
  }

  private static void checkHost(HostName name, Snapshot snapshot) {
    HostView host = snapshot.hosts().get(name);
    if (host == null) {
      throw new ExecutionRefused(Kind.PRECONDITION, "host " + name + " is not known");
    }
    if (!host.connected()) {
      throw new ExecutionRefused(
          Kind.PRECONDITION,
          "host " + name + " is not connected; see 'systemctl status ballast-agent' there");
    }
    if (host.observeOnly()) {
      throw new ExecutionRefused(
          Kind.PRECONDITION,
          "host "
              + name
              + " is observe-only: its agent takes no commands (observeOnly in its"
              + " agent.yaml)");
    }
  }

  /** What freeze forbids the task; empty when none does. */
  static Optional<String> frozen(Task task, Snapshot snapshot) {
    if (snapshot.frozen()) {
      return Optional.of("the cluster is frozen");
    }
    Optional<HostName> frozen =
        hosts(task.planned().action(), task.host())
            .filter(name -> isFrozen(snapshot.hosts().get(name)))
            .findFirst();
    if (frozen.isPresent()) {
      return Optional.of("host " + frozen.get() + " is frozen");
    }
    return vm(task.planned().action())
        .filter(vm -> snapshot.frozenVms().contains(vm))
        .map(vm -> "VM " + vm + " is frozen");
  }

  private static boolean isFrozen(@Nullable HostView host) {
    return host != null && host.frozen();
  }

  /** The host of an action, and the one that a migration goes to. */
  private static Stream<HostName> hosts(Action action, HostName host) {
    return action instanceof MigrateDomain migrate
        ? Stream.of(host, migrate.target())
        : Stream.of(host);
  }

  private static Optional<VmName> vm(Action action) {
    return switch (action) {
      case PinCpus pin -> Optional.of(pin.vm());
      case SetLimits limits -> Optional.of(limits.vm());
      case SetMemoryNodes memory -> Optional.of(memory.vm());
      case DefineDomain define -> Optional.of(define.vm());
      case UndefineDomain undefine -> Optional.of(undefine.vm());
      case SetKsm ignored -> Optional.empty();
      case SetHostSetting ignored -> Optional.empty();
      case SetSwitch ignored -> Optional.empty();
      case TakeSnapshot take -> Optional.of(take.vm());
      case Final.OnDomain onDomain -> Optional.of(onDomain.vm());
      case Final.PurgeTrash ignored -> Optional.empty();
    };
  }

  /** The inverse of a plan tells what was remembered when it was made. */
  private static Optional<String> changedSince(DesiredChange former, Snapshot snapshot) {
    boolean same =
        switch (former) {
          case PutSpec(var spec) -> spec.equals(snapshot.specs().get(spec.name()));
          case RemoveSpec(VmName vm) -> !snapshot.specs().containsKey(vm);
          case PutAssignment(var assignment) ->
              assignment.equals(snapshot.assignments().get(assignment.vm()));
          case RemoveAssignment(VmName vm) -> !snapshot.assignments().containsKey(vm);
          case PutKsm(HostName host, var settings) ->
              settings.equals(snapshot.desiredKsm().get(host));
          case RemoveKsm(HostName host) -> !snapshot.desiredKsm().containsKey(host);
          case PutHostSetting(HostName host, var setting) ->
              snapshot.desiredSetting(host, setting.key()).equals(Optional.of(setting));
          case RemoveHostSetting(HostName host, String key) ->
              snapshot.desiredSetting(host, key).isEmpty();
          case PutLimits(VmName vm, var limits) -> limits.equals(snapshot.limitOverrides().get(vm));
          case RemoveLimits(VmName vm) -> !snapshot.limitOverrides().containsKey(vm);
          case PutNetwork(var network) -> network.equals(snapshot.networks().get(network.name()));
          case RemoveNetwork(var name) -> !snapshot.networks().containsKey(name);
        };
    return same ? Optional.empty() : Optional.of(subject(former));
  }

  private static String subject(DesiredChange change) {
    return switch (change) {
      case PutSpec(var spec) -> "the specification of " + spec.name();
      case RemoveSpec(VmName vm) -> "the specification of " + vm;
      case PutAssignment(var assignment) -> "the assignment of " + assignment.vm();
      case RemoveAssignment(VmName vm) -> "the assignment of " + vm;
      case PutKsm(HostName host, var ignored) -> "what is decided about KSM on " + host;
      case RemoveKsm(HostName host) -> "what is decided about KSM on " + host;
      case PutHostSetting(HostName host, var setting) ->
          "what is decided about " + setting.key() + " on " + host;
      case RemoveHostSetting(HostName host, String key) ->
          "what is decided about " + key + " on " + host;
      case PutLimits(VmName vm, var ignored) -> "the operator's limits of " + vm;
      case RemoveLimits(VmName vm) -> "the operator's limits of " + vm;
      case PutNetwork(var network) -> "the network " + network.name();
      case RemoveNetwork(var name) -> "the network " + name;
    };
  }

  /** The objects that an operation of this plan holds. */
  static List<HeldObject> objects(Plan plan) {
    return plan.steps().stream()
        .flatMap(
            step ->
                hosts(step.planned().action(), step.host())
                    .map(host -> new HeldObject(host, step.planned().action().object())))
        .distinct()
        .toList();
  }
}
