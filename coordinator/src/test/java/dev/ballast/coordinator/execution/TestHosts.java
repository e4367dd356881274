package dev.ballast.coordinator.execution;

import dev.ballast.core.model.Assignment;
import dev.ballast.core.model.Automation;
import dev.ballast.core.model.HostInventory;
import dev.ballast.core.model.HostLoad;
import dev.ballast.core.model.HostName;
import dev.ballast.core.model.HostObservation;
import dev.ballast.core.model.HostView;
import dev.ballast.core.model.Snapshot;
import dev.ballast.core.model.VmName;
import dev.ballast.core.topology.CacheLevel;
import dev.ballast.core.topology.CpuSet;
import dev.ballast.core.topology.NumaNode;
import dev.ballast.core.topology.Topology;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** Hosts of two CPUs for tests. */
final class TestHosts {
  private TestHosts() {}

  static HostInventory inventory() {
    CpuSet cpus = CpuSet.range(0, 1);
    return new HostInventory(
        new Topology(
            cpus,
            List.of(cpus),
            List.of(CpuSet.of(0), CpuSet.of(1)),
            List.of(new NumaNode(0, cpus, 4L << 30, List.of(10), List.of())),
            new CacheLevel(3, List.of(cpus))),
        "test",
        List.of(),
        4L << 30,
        2_000,
        2,
        List.of("cpu"),
        new TreeMap<>(),
        new TreeMap<>());
  }

  static HostObservation observation() {
    return new HostObservation(
        1,
        new TreeMap<>(),
        Optional.empty(),
        new TreeMap<>(),
        new TreeMap<>(),
        false,
        new TreeSet<>());
  }

  static HostView view(HostName name, boolean connected, boolean observeOnly) {
    return new HostView(
        name,
        connected,
        1,
        inventory(),
        Optional.empty(),
        new TreeMap<>(),
        HostLoad.NONE,
        Automation.AUTO,
        observeOnly,
        false);
  }

  static Snapshot snapshot(
      SortedMap<HostName, HostView> views,
      SortedMap<VmName, Assignment> assignments,
      boolean frozen,
      SortedSet<VmName> frozenVms) {
    return new Snapshot(
        1,
        "00000000-0000-0000-0000-000000000001",
        Automation.AUTO,
        frozen,
        views,
        new TreeMap<>(),
        assignments,
        new TreeMap<>(),
        frozenVms);
  }
}
