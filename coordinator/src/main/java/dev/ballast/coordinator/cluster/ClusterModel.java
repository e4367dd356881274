package dev.ballast.coordinator.cluster;

import dev.ballast.coordinator.cluster.ClusterEvent.AgentConnected;
import dev.ballast.coordinator.store.ClusterIdentity;
import dev.ballast.coordinator.store.Freeze;
import dev.ballast.coordinator.store.StoredHost;
import dev.ballast.core.model.Assignment;
import dev.ballast.core.model.Automation;
import dev.ballast.core.model.HostLoad;
import dev.ballast.core.model.HostName;
import dev.ballast.core.model.HostSetting;
import dev.ballast.core.model.HostView;
import dev.ballast.core.model.KsmSettings;
import dev.ballast.core.model.NetworkName;
import dev.ballast.core.model.NetworkSpec;
import dev.ballast.core.model.Snapshot;
import dev.ballast.core.model.VmLimits;
import dev.ballast.core.model.VmName;
import dev.ballast.core.model.VmSpec;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** The cluster's state in the hands of its one writer; not safe for use by several threads. */
final class ClusterModel {
  private final ClusterIdentity identity;
  private final SortedMap<HostName, StoredHost> hosts = new TreeMap<>();
  private final SortedSet<HostName> connected = new TreeSet<>();
  private final SortedMap<VmName, VmSpec> specs;
  private final SortedMap<VmName, Assignment> assignments;
  private final SortedMap<HostName, KsmSettings> ksm;
  private final SortedMap<HostName, SortedMap<String, HostSetting>> settings;
  private final SortedMap<VmName, VmLimits> limitOverrides;
  private final SortedMap<NetworkName, NetworkSpec> networks;
  private final List<Freeze> freezes;
  private final SortedSet<HostName> cordoned;
  private Automation automation;

  private ClusterModel(ClusterStores stores, ClusterIdentity identity) {
    this.identity = identity;
    this.automation = stores.cluster().automation();
    this.specs = stores.desired().specs();
    this.assignments = stores.desired().assignments();
    this.ksm = stores.desired().ksm();
    this.settings = stores.desired().settings();
    this.limitOverrides = stores.desired().limitOverrides();
    this.networks = stores.desired().networks();
    this.freezes = new ArrayList<>(stores.freezes().all());
    this.cordoned = stores.cordons().all();
    stores.hosts().all().forEach(host -> hosts.put(host.name(), host));
  }

  /** What the store remembers; no host is connected. */
  static ClusterModel restore(ClusterStores stores) {
    ClusterIdentity identity =
        stores
            .cluster()
            .identity()
            .orElseThrow(() -> new IllegalStateException("the store belongs to no cluster yet"));
    return new ClusterModel(stores, identity);
  }

  Optional<StoredHost> host(HostName name) {
    return Optional.ofNullable(hosts.get(name));
  }

  /** The host as it is once the event is applied. */
  StoredHost connecting(AgentConnected event, long nowEpochMillis) {
    Automation kept = host(event.host()).map(StoredHost::automation).orElse(Automation.AUTO);
    return new StoredHost(
        event.host(),
        event.inventory().withVersion("agent", event.agent().agentVersion()),
        event.observation(),
        kept,
        event.agent().observeOnly(),
        event.agent().bootId(),
        event.agent().agentVersion(),
        nowEpochMillis);
  }

  void put(StoredHost host) {
    hosts.put(host.name(), host);
  }

  void setConnected(HostName host, boolean up) {
    if (up) {
      connected.add(host);
    } else {
      connected.remove(host);
    }
  }

  void setAutomation(Automation newAutomation) {
    automation = newAutomation;
  }

  void freeze(Freeze freeze) {
    unfreeze(freeze.scope());
    freezes.add(freeze);
  }

  void setCordoned(HostName host, boolean isCordoned) {
    if (isCordoned) {
      cordoned.add(host);
    } else {
      cordoned.remove(host);
    }
  }

  void unfreeze(Freeze.Scope scope) {
    freezes.removeIf(freeze -> freeze.scope().equals(scope));
  }

  void apply(DesiredChange change) {
    switch (change) {
      case PutSpec(VmSpec spec) -> specs.put(spec.name(), spec);
      case RemoveSpec(VmName vm) -> specs.remove(vm);
      case PutAssignment(Assignment assignment) -> assignments.put(assignment.vm(), assignment);
      case RemoveAssignment(VmName vm) -> assignments.remove(vm);
      case PutKsm(HostName host, KsmSettings settings) -> ksm.put(host, settings);
      case RemoveKsm(HostName host) -> ksm.remove(host);
      case PutHostSetting(HostName host, HostSetting setting) ->
          settings.computeIfAbsent(host, h -> new TreeMap<>()).put(setting.key(), setting);
      case RemoveHostSetting(HostName host, String key) ->
          settings.getOrDefault(host, new TreeMap<>()).remove(key);
      case PutLimits(VmName vm, VmLimits limits) -> limitOverrides.put(vm, limits);
      case RemoveLimits(VmName vm) -> limitOverrides.remove(vm);
      case PutNetwork(NetworkSpec network) -> networks.put(network.name(), network);
      case RemoveNetwork(NetworkName name) -> networks.remove(name);
    }
  }

  /** An immutable copy, without loads. */
  Snapshot snapshot(long version) {
    SortedMap<HostName, HostView> views = new TreeMap<>();
    SortedSet<VmName> frozenVms = new TreeSet<>();
    for (StoredHost host : hosts.values()) {
      views.put(host.name(), view(host));
      frozenVms.addAll(host.observation().frozenVms());
    }
    for (Freeze freeze : freezes) {
      if (freeze.scope() instanceof Freeze.Scope.Vm(VmName vm)) {
        frozenVms.add(vm);
      }
    }
    return new Snapshot(
        version,
        identity.uuid(),
        automation,
        isFrozen(new Freeze.Scope.Cluster()),
        views,
        specs,
        assignments,
        ksm,
        frozenVms,
        limitOverrides,
        networks,
        settings);
  }

  private HostView view(StoredHost host) {
    return new HostView(
        host.name(),
        connected.contains(host.name()),
        host.observation().version(),
        host.inventory(),
        host.observation().ksm(),
        host.observation().domains(),
        HostLoad.NONE,
        host.automation(),
        host.observeOnly(),
        host.observation().frozen() || isFrozen(new Freeze.Scope.Host(host.name())),
        host.observation().facts(),
        cordoned.contains(host.name()),
        host.observation().ovs(),
        host.observation().settings());
  }

  private boolean isFrozen(Freeze.Scope scope) {
    return freezes.stream().anyMatch(freeze -> freeze.scope().equals(scope));
  }
}
