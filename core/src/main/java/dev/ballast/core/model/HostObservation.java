package dev.ballast.core.model;

import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What an agent sees on its host at one time: the configuration that actions can change, whole.
 *
 * @param version grows with each observation since the agent's start
 * @param ksm absent when the host has none
 * @param lacks what the host lacks now, with the reason (libvirt may come and go)
 * @param versions those that became known after the inventory, by component
 * @param frozen whether the agent's own freeze holds for the whole host
 * @param frozenVms VMs that the agent's own freeze holds for
 * @param facts for rules of good practice
 * @param ovs absent until Open vSwitch has answered once
 * @param settings the things of the host that actions set, by key
 */
public record HostObservation(
    long version,
    SortedMap<VmName, ObservedDomain> domains,
    Optional<KsmSettings> ksm,
    SortedMap<Capability, String> lacks,
    SortedMap<String, String> versions,
    boolean frozen,
    SortedSet<VmName> frozenVms,
    HostFacts facts,
    Optional<ObservedSwitch> ovs,
    SortedMap<String, HostSetting> settings) {
  public HostObservation {
    domains = Collections.unmodifiableSortedMap(new TreeMap<>(domains));
    lacks = Collections.unmodifiableSortedMap(new TreeMap<>(lacks));
    versions = Collections.unmodifiableSortedMap(new TreeMap<>(versions));
    frozenVms = Collections.unmodifiableSortedSet(new TreeSet<>(frozenVms));
    settings = Collections.unmodifiableSortedMap(new TreeMap<>(settings));
  }

  /** An observation of a host without settings. */
  public HostObservation(
      long version,
      SortedMap<VmName, ObservedDomain> domains,
      Optional<KsmSettings> ksm,
      SortedMap<Capability, String> lacks,
      SortedMap<String, String> versions,
      boolean frozen,
      SortedSet<VmName> frozenVms,
      HostFacts facts,
      Optional<ObservedSwitch> ovs) {
    this(version, domains, ksm, lacks, versions, frozen, frozenVms, facts, ovs, new TreeMap<>());
  }

  /** The same with other settings seen. */
  public HostObservation withSettings(SortedMap<String, HostSetting> seen) {
    return new HostObservation(
        version, domains, ksm, lacks, versions, frozen, frozenVms, facts, ovs, seen);
  }

  /** An observation without facts and without Open vSwitch. */
  public HostObservation(
      long version,
      SortedMap<VmName, ObservedDomain> domains,
      Optional<KsmSettings> ksm,
      SortedMap<Capability, String> lacks,
      SortedMap<String, String> versions,
      boolean frozen,
      SortedSet<VmName> frozenVms) {
    this(
        version,
        domains,
        ksm,
        lacks,
        versions,
        frozen,
        frozenVms,
        HostFacts.NONE,
        Optional.empty());
  }

  /** The same with another switch seen. */
  public HostObservation withOvs(Optional<ObservedSwitch> seen) {
    return new HostObservation(
        version, domains, ksm, lacks, versions, frozen, frozenVms, facts, seen, settings);
  }

  /** An observation of a host without Open vSwitch. */
  public HostObservation(
      long version,
      SortedMap<VmName, ObservedDomain> domains,
      Optional<KsmSettings> ksm,
      SortedMap<Capability, String> lacks,
      SortedMap<String, String> versions,
      boolean frozen,
      SortedSet<VmName> frozenVms,
      HostFacts facts) {
    this(version, domains, ksm, lacks, versions, frozen, frozenVms, facts, Optional.empty());
  }
}
