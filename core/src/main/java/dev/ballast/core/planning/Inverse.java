package dev.ballast.core.planning;

import dev.ballast.core.model.Assignment;
import dev.ballast.core.model.HostName;
import dev.ballast.core.model.HostSetting;
import dev.ballast.core.model.KsmSettings;
import dev.ballast.core.model.NetworkName;
import dev.ballast.core.model.NetworkSpec;
import dev.ballast.core.model.Snapshot;
import dev.ballast.core.model.VmLimits;
import dev.ballast.core.model.VmName;
import dev.ballast.core.model.VmSpec;
import dev.ballast.core.plan.DesiredChange;
import java.util.List;

/** What would bring back what a snapshot remembers, once changes were made to it. */
final class Inverse {
  private Inverse() {}

  static List<DesiredChange> of(Snapshot snapshot, List<DesiredChange> changes) {
    return changes.stream().map(change -> of(snapshot, change)).distinct().toList();
  }

  private static DesiredChange of(Snapshot snapshot, DesiredChange change) {
    return switch (change) {
      case DesiredChange.PutSpec(VmSpec spec) -> spec(snapshot, spec.name());
      case DesiredChange.RemoveSpec(VmName vm) -> spec(snapshot, vm);
      case DesiredChange.PutAssignment(Assignment assignment) ->
          assignment(snapshot, assignment.vm());
      case DesiredChange.RemoveAssignment(VmName vm) -> assignment(snapshot, vm);
      case DesiredChange.PutKsm(HostName host, KsmSettings ignored) -> ksm(snapshot, host);
      case DesiredChange.RemoveKsm(HostName host) -> ksm(snapshot, host);
      case DesiredChange.PutHostSetting(HostName host, HostSetting setting) ->
          setting(snapshot, host, setting.key());
      case DesiredChange.RemoveHostSetting(HostName host, String key) ->
          setting(snapshot, host, key);
      case DesiredChange.PutLimits(VmName vm, VmLimits ignored) -> limits(snapshot, vm);
      case DesiredChange.RemoveLimits(VmName vm) -> limits(snapshot, vm);
      case DesiredChange.PutNetwork(NetworkSpec network) -> network(snapshot, network.name());
      case DesiredChange.RemoveNetwork(NetworkName name) -> network(snapshot, name);
    };
  }

  private static DesiredChange network(Snapshot snapshot, NetworkName name) {
    NetworkSpec network = snapshot.networks().get(name);
    return network == null
        ? new DesiredChange.RemoveNetwork(name)
        : new DesiredChange.PutNetwork(network);
  }

  private static DesiredChange spec(Snapshot snapshot, VmName vm) {
    VmSpec spec = snapshot.specs().get(vm);
    return spec == null ? new DesiredChange.RemoveSpec(vm) : new DesiredChange.PutSpec(spec);
  }

  private static DesiredChange assignment(Snapshot snapshot, VmName vm) {
    Assignment assignment = snapshot.assignments().get(vm);
    return assignment == null
        ? new DesiredChange.RemoveAssignment(vm)
        : new DesiredChange.PutAssignment(assignment);
  }

  private static DesiredChange ksm(Snapshot snapshot, HostName host) {
    KsmSettings settings = snapshot.desiredKsm().get(host);
    return settings == null
        ? new DesiredChange.RemoveKsm(host)
        : new DesiredChange.PutKsm(host, settings);
  }

  private static DesiredChange setting(Snapshot snapshot, HostName host, String key) {
    return snapshot
        .desiredSetting(host, key)
        .<DesiredChange>map(former -> new DesiredChange.PutHostSetting(host, former))
        .orElseGet(() -> new DesiredChange.RemoveHostSetting(host, key));
  }

  private static DesiredChange limits(Snapshot snapshot, VmName vm) {
    VmLimits limits = snapshot.limitOverrides().get(vm);
    return limits == null
        ? new DesiredChange.RemoveLimits(vm)
        : new DesiredChange.PutLimits(vm, limits);
  }
}
