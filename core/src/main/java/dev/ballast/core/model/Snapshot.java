package dev.ballast.core.model;

import io.soabase.recordbuilder.core.RecordBuilder;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * An immutable view of specification, assignment and observation.
 *
 * @param version grows with each change of the cluster
 * @param cluster the cluster's UUID, from which MACs and domain UUIDs are derived
 * @param automation what Ballast may do by itself anywhere
 * @param desiredKsm what each host's KSM is to be; hosts that nobody decided about are absent
 * @param frozenVms VMs that nothing may touch
 * @param limitOverrides limits that an operator's verb set, instead of the specification's
 * @param networks what networks there are to be
 * @param desiredSettings what things of hosts are to be, by host and key, where anyone decided
 */
@RecordBuilder
public record Snapshot(
    long version,
    String cluster,
    Automation automation,
    boolean frozen,
    SortedMap<HostName, HostView> hosts,
    SortedMap<VmName, VmSpec> specs,
    SortedMap<VmName, Assignment> assignments,
    SortedMap<HostName, KsmSettings> desiredKsm,
    SortedSet<VmName> frozenVms,
    SortedMap<VmName, VmLimits> limitOverrides,
    SortedMap<NetworkName, NetworkSpec> networks,
    SortedMap<HostName, SortedMap<String, HostSetting>> desiredSettings)
    implements SnapshotBuilder.With {
  public Snapshot {
    hosts = Collections.unmodifiableSortedMap(new TreeMap<>(hosts));
    specs = Collections.unmodifiableSortedMap(new TreeMap<>(specs));
    assignments = Collections.unmodifiableSortedMap(new TreeMap<>(assignments));
    desiredKsm = Collections.unmodifiableSortedMap(new TreeMap<>(desiredKsm));
    frozenVms = Collections.unmodifiableSortedSet(new TreeSet<>(frozenVms));
    limitOverrides = Collections.unmodifiableSortedMap(new TreeMap<>(limitOverrides));
    networks = Collections.unmodifiableSortedMap(new TreeMap<>(networks));
    SortedMap<HostName, SortedMap<String, HostSetting>> settings = new TreeMap<>();
    desiredSettings.forEach(
        (host, wanted) ->
            settings.put(host, Collections.unmodifiableSortedMap(new TreeMap<>(wanted))));
    desiredSettings = Collections.unmodifiableSortedMap(settings);
  }

  /** A snapshot in which nobody decided about things of hosts. */
  public Snapshot(
      long version,
      String cluster,
      Automation automation,
      boolean frozen,
      SortedMap<HostName, HostView> hosts,
      SortedMap<VmName, VmSpec> specs,
      SortedMap<VmName, Assignment> assignments,
      SortedMap<HostName, KsmSettings> desiredKsm,
      SortedSet<VmName> frozenVms,
      SortedMap<VmName, VmLimits> limitOverrides,
      SortedMap<NetworkName, NetworkSpec> networks) {
    this(
        version,
        cluster,
        automation,
        frozen,
        hosts,
        specs,
        assignments,
        desiredKsm,
        frozenVms,
        limitOverrides,
        networks,
        new TreeMap<>());
  }

  /** What that thing of the host is to be; absent where nobody decided. */
  public Optional<HostSetting> desiredSetting(HostName host, String key) {
    return Optional.ofNullable(desiredSettings.get(host)).map(wanted -> wanted.get(key));
  }

  /** A snapshot without overrides of limits and without networks. */
  public Snapshot(
      long version,
      String cluster,
      Automation automation,
      boolean frozen,
      SortedMap<HostName, HostView> hosts,
      SortedMap<VmName, VmSpec> specs,
      SortedMap<VmName, Assignment> assignments,
      SortedMap<HostName, KsmSettings> desiredKsm,
      SortedSet<VmName> frozenVms) {
    this(
        version,
        cluster,
        automation,
        frozen,
        hosts,
        specs,
        assignments,
        desiredKsm,
        frozenVms,
        new TreeMap<>(),
        new TreeMap<>());
  }

  /** The limits that hold for the VM: an operator's, else the specified ones. */
  public VmLimits limits(VmSpec spec) {
    return limitOverrides.getOrDefault(spec.name(), spec.limits());
  }

  /** The observed domain of that name on that host. */
  public Optional<ObservedDomain> domain(HostName host, VmName vm) {
    return Optional.ofNullable(hosts.get(host)).map(view -> view.domains().get(vm));
  }

  /** The same with other hosts and assignments. */
  public Snapshot with(
      SortedMap<HostName, HostView> newHosts, SortedMap<VmName, Assignment> newAssignments) {
    return SnapshotBuilder.builder(this).hosts(newHosts).assignments(newAssignments).build();
  }
}
