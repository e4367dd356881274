package dev.ballast.core.planning;

import dev.ballast.core.model.Assignment;
import dev.ballast.core.model.HostName;
import dev.ballast.core.model.HostView;
import dev.ballast.core.model.NetworkName;
import dev.ballast.core.model.NetworkSpec;
import dev.ballast.core.model.ObservedDomain;
import dev.ballast.core.model.Snapshot;
import dev.ballast.core.model.VmLimits;
import dev.ballast.core.model.VmName;
import dev.ballast.core.model.VmSpec;
import dev.ballast.core.plan.DesiredChange;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** A snapshot as it will be once changes are taken back. */
final class Restored {
  private final Snapshot snapshot;
  private final SortedMap<VmName, VmSpec> specs;
  private final SortedMap<VmName, Assignment> assignments;
  private final SortedMap<HostName, HostView> hosts;
  private final SortedMap<VmName, VmLimits> limits;
  private final SortedMap<NetworkName, NetworkSpec> networks;

  private Restored(Snapshot snapshot) {
    this.snapshot = snapshot;
    specs = new TreeMap<>(snapshot.specs());
    assignments = new TreeMap<>(snapshot.assignments());
    hosts = new TreeMap<>(snapshot.hosts());
    limits = new TreeMap<>(snapshot.limitOverrides());
    networks = new TreeMap<>(snapshot.networks());
  }

  /** With the VMs remembered as before, and without those that were not. */
  static Snapshot by(Snapshot snapshot, List<DesiredChange> inverse) {
    Restored restored = new Restored(snapshot);
    inverse.forEach(restored::take);
    return new Snapshot(
        snapshot.version(),
        snapshot.cluster(),
        snapshot.automation(),
        snapshot.frozen(),
        restored.hosts,
        restored.specs,
        restored.assignments,
        snapshot.desiredKsm(),
        snapshot.frozenVms(),
        restored.limits,
        restored.networks,
        snapshot.desiredSettings());
  }

  private void take(DesiredChange change) {
    switch (change) {
      case DesiredChange.PutSpec(VmSpec spec) -> specs.put(spec.name(), spec);
      case DesiredChange.RemoveSpec(VmName vm) -> specs.remove(vm);
      case DesiredChange.PutAssignment(Assignment former) -> assignments.put(former.vm(), former);
      case DesiredChange.RemoveAssignment(VmName vm) -> {
        Assignment assignment = snapshot.assignments().get(vm);
        assignments.remove(vm);
        if (assignment != null) {
          hosts.computeIfPresent(assignment.host(), (name, view) -> without(view, vm));
        }
      }
      case DesiredChange.PutKsm ignored -> {}
      case DesiredChange.RemoveKsm ignored -> {}
      case DesiredChange.PutHostSetting ignored -> {}
      case DesiredChange.RemoveHostSetting ignored -> {}
      case DesiredChange.PutLimits(VmName vm, VmLimits former) -> limits.put(vm, former);
      case DesiredChange.RemoveLimits(VmName vm) -> limits.remove(vm);
      case DesiredChange.PutNetwork(NetworkSpec network) -> networks.put(network.name(), network);
      case DesiredChange.RemoveNetwork(NetworkName name) -> networks.remove(name);
    }
  }

  private static HostView without(HostView view, VmName vm) {
    SortedMap<VmName, ObservedDomain> domains = new TreeMap<>(view.domains());
    domains.remove(vm);
    return view.withDomains(domains);
  }
}
