package dev.ballast.core.model;

import dev.ballast.core.model.HostSetting.ReservedCpus;
import dev.ballast.core.topology.CpuSet;
import dev.ballast.core.topology.Topology;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * All that the coordinator knows of one host.
 *
 * @param connected whether its agent's stream is up
 * @param observedVersion grows with each observation that the agent reported
 * @param ksm absent when the host has none
 * @param load the last telemetry sample, {@link HostLoad#NONE} before the first
 * @param automation what Ballast may do on this host by itself
 * @param observeOnly whether no command is ever sent to it
 * @param frozen whether an operator froze it, at the coordinator or on the host itself
 * @param facts what its agent noticed of it for rules of good practice
 * @param cordoned whether no VM may come to it; those that are there stay
 * @param ovs absent until its Open vSwitch was seen once
 * @param settings the things of the host that actions set, by key
 */
@RecordBuilder
public record HostView(
    HostName name,
    boolean connected,
    long observedVersion,
    HostInventory inventory,
    Optional<KsmSettings> ksm,
    SortedMap<VmName, ObservedDomain> domains,
    HostLoad load,
    Automation automation,
    boolean observeOnly,
    boolean frozen,
    HostFacts facts,
    boolean cordoned,
    Optional<ObservedSwitch> ovs,
    SortedMap<String, HostSetting> settings)
    implements HostViewBuilder.With {
  public HostView {
    domains = Collections.unmodifiableSortedMap(new TreeMap<>(domains));
    settings = Collections.unmodifiableSortedMap(new TreeMap<>(settings));
  }

  /** A host of which no settings are known. */
  public HostView(
      HostName name,
      boolean connected,
      long observedVersion,
      HostInventory inventory,
      Optional<KsmSettings> ksm,
      SortedMap<VmName, ObservedDomain> domains,
      HostLoad load,
      Automation automation,
      boolean observeOnly,
      boolean frozen,
      HostFacts facts,
      boolean cordoned,
      Optional<ObservedSwitch> ovs) {
    this(
        name,
        connected,
        observedVersion,
        inventory,
        ksm,
        domains,
        load,
        automation,
        observeOnly,
        frozen,
        facts,
        cordoned,
        ovs,
        new TreeMap<>());
  }

  /** How the host has that thing now; absent where it has none and none can be made. */
  public @Nullable HostSetting found(HostSetting thing) {
    HostSetting found = settings.get(thing.key());
    return found == null && thing instanceof StoredFile file ? file.absent() : found;
  }

  /** The CPUs that are kept from guests. */
  public CpuSet reservedCpus() {
    return settings.get(ReservedCpus.KEY) instanceof ReservedCpus(CpuSet cpus)
        ? cpus
        : CpuSet.EMPTY;
  }

  /** The topology that guests may use: without the reserved CPUs. */
  public Topology guestTopology() {
    return inventory.topology().without(reservedCpus());
  }

  /** A host of which no facts are known. */
  public HostView(
      HostName name,
      boolean connected,
      long observedVersion,
      HostInventory inventory,
      Optional<KsmSettings> ksm,
      SortedMap<VmName, ObservedDomain> domains,
      HostLoad load,
      Automation automation,
      boolean observeOnly,
      boolean frozen) {
    this(
        name,
        connected,
        observedVersion,
        inventory,
        ksm,
        domains,
        load,
        automation,
        observeOnly,
        frozen,
        HostFacts.NONE,
        false,
        Optional.empty(),
        new TreeMap<>());
  }
}
