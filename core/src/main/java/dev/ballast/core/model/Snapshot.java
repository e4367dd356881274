package dev.ballast.core.model;

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
 */
public record Snapshot(
    long version,
    String cluster,
    Automation automation,
    boolean frozen,
    SortedMap<HostName, HostView> hosts,
    SortedMap<VmName, VmSpec> specs,
    SortedMap<VmName, Assignment> assignments,
    SortedMap<HostName, KsmSettings> desiredKsm,
    SortedSet<VmName> frozenVms) {
  public Snapshot {
    hosts = Collections.unmodifiableSortedMap(new TreeMap<>(hosts));
    specs = Collections.unmodifiableSortedMap(new TreeMap<>(specs));
    assignments = Collections.unmodifiableSortedMap(new TreeMap<>(assignments));
    desiredKsm = Collections.unmodifiableSortedMap(new TreeMap<>(desiredKsm));
    frozenVms = Collections.unmodifiableSortedSet(new TreeSet<>(frozenVms));
  }

  /** The observed domain of that name on that host. */
  public Optional<ObservedDomain> domain(HostName host, VmName vm) {
    return Optional.ofNullable(hosts.get(host)).map(view -> view.domains().get(vm));
  }

  /** The same with other hosts and assignments. */
  public Snapshot with(
      SortedMap<HostName, HostView> newHosts, SortedMap<VmName, Assignment> newAssignments) {
    return new Snapshot(
        version,
        cluster,
        automation,
        frozen,
        newHosts,
        specs,
        newAssignments,
        desiredKsm,
        frozenVms);
  }
}
