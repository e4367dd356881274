package dev.ballast.bench.pinning;

import dev.ballast.core.model.Assignment;
import dev.ballast.core.model.Automation;
import dev.ballast.core.model.BootSpec;
import dev.ballast.core.model.CpuPins;
import dev.ballast.core.model.CpuPolicy;
import dev.ballast.core.model.DomainState;
import dev.ballast.core.model.DomainType;
import dev.ballast.core.model.HostInventory;
import dev.ballast.core.model.HostLoad;
import dev.ballast.core.model.HostName;
import dev.ballast.core.model.HostView;
import dev.ballast.core.model.ObservedDomain;
import dev.ballast.core.model.RunState;
import dev.ballast.core.model.Snapshot;
import dev.ballast.core.model.VmLoad;
import dev.ballast.core.model.VmName;
import dev.ballast.core.model.VmSpec;
import dev.ballast.core.topology.CacheLevel;
import dev.ballast.core.topology.CpuSet;
import dev.ballast.core.topology.NumaNode;
import dev.ballast.core.topology.Topology;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/** A host with 8 NUMA nodes of 16 cores with 2 threads each, 256 CPUs, and 2 TiB. */
final class LargeHost {
  static final HostName NAME = new HostName("large");
  private static final int NODES = 8;
  private static final int CORES_PER_NODE = 16;
  private static final int THREADS = 2;
  private static final long GIB = 1L << 30;
  private static final long NODE_BYTES = 256 * GIB;
  private static final int[] VCPUS = {1, 2, 2, 4, 4, 8};

  private LargeHost() {}

  /** Every fourth VM has dedicated CPUs. */
  static List<VmSpec> vms(int count) {
    List<VmSpec> vms = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int vcpus = VCPUS[i % VCPUS.length];
      vms.add(vm(String.format("vm-%02d", i), vcpus, i % 4 == 0));
    }
    return vms;
  }

  private static VmSpec vm(String name, int vcpus, boolean dedicated) {
    return new VmSpec(
        new VmName(name),
        vcpus,
        4 * GIB * vcpus,
        dedicated ? CpuPolicy.DEDICATED : CpuPolicy.SHARED,
        DomainType.KVM,
        Optional.empty(),
        Optional.empty(),
        new BootSpec.Kernel("/boot/vmlinuz", "/boot/initrd", ""),
        List.of(),
        List.of(),
        Optional.empty(),
        new TreeSet<>(),
        new TreeSet<>(),
        RunState.RUNNING,
        Automation.AUTO,
        new TreeMap<>());
  }

  private static Topology topology() {
    List<NumaNode> nodes = new ArrayList<>();
    List<CpuSet> packages = new ArrayList<>();
    List<CpuSet> cores = new ArrayList<>();
    int perNode = CORES_PER_NODE * THREADS;
    for (int n = 0; n < NODES; n++) {
      CpuSet cpus = CpuSet.range(n * perNode, (n + 1) * perNode - 1);
      nodes.add(new NumaNode(n, cpus, NODE_BYTES, List.of(), List.of()));
      packages.add(cpus);
      for (int core = 0; core < CORES_PER_NODE; core++) {
        int first = n * perNode + core * THREADS;
        cores.add(CpuSet.range(first, first + THREADS - 1));
      }
    }
    CpuSet all = CpuSet.range(0, NODES * perNode - 1);
    return new Topology(all, packages, cores, nodes, CacheLevel.NONE);
  }

  static Snapshot empty() {
    return snapshot(new TreeMap<>(), new TreeMap<>(), new TreeMap<>(), HostLoad.NONE);
  }

  /** All VMs run as assigned and want what they get, except that some share one CPU. */
  static Snapshot crowded(List<VmSpec> vms, SortedMap<VmName, Assignment> assignments, int hot) {
    SortedMap<VmName, VmSpec> specs = new TreeMap<>();
    SortedMap<VmName, Assignment> pinned = new TreeMap<>();
    SortedMap<VmName, ObservedDomain> domains = new TreeMap<>();
    List<VmLoad> loads = new ArrayList<>();
    int crowded = 0;
    CpuSet shared = CpuSet.EMPTY;
    for (VmSpec vm : vms) {
      specs.put(vm.name(), vm);
      Assignment given = assignments.get(vm.name());
      CpuPins pins = given == null ? CpuPins.uniform(vm.vcpus(), CpuSet.of(0)) : given.pins();
      if (vm.cpuPolicy() == CpuPolicy.SHARED && vm.vcpus() <= 2 && crowded < hot) {
        shared = shared.isEmpty() ? pins.vcpus().getFirst() : shared;
        pins = CpuPins.uniform(vm.vcpus(), shared);
        crowded++;
        loads.add(new VmLoad(vm.name(), 1000 / hot, 700));
      } else {
        loads.add(new VmLoad(vm.name(), 400L * vm.vcpus(), 0));
      }
      pinned.put(vm.name(), new Assignment(vm.name(), NAME, pins, false));
      domains.put(vm.name(), running(vm, pins));
    }
    HostLoad load = new HostLoad(1, 100_000, NODES * NODE_BYTES / 2, List.of(), loads);
    return snapshot(specs, pinned, domains, load);
  }

  private static ObservedDomain running(VmSpec vm, CpuPins pins) {
    return new ObservedDomain(
        vm.name(),
        "00000000-0000-4000-8000-000000000001",
        DomainState.RUNNING,
        vm.vcpus(),
        vm.memoryBytes(),
        "digest",
        Optional.of(pins),
        Optional.of(pins),
        Optional.empty());
  }

  private static Snapshot snapshot(
      SortedMap<VmName, VmSpec> specs,
      SortedMap<VmName, Assignment> assignments,
      SortedMap<VmName, ObservedDomain> domains,
      HostLoad load) {
    Topology topology = topology();
    HostInventory inventory =
        new HostInventory(
            topology,
            "benchmark CPU",
            List.of(),
            topology.memoryBytes(),
            1000L * topology.onlineCpus().size(),
            2,
            List.of("cpu", "cpuset"),
            new TreeMap<>(),
            new TreeMap<>());
    HostView view =
        new HostView(
            NAME,
            true,
            1,
            inventory,
            Optional.empty(),
            domains,
            load,
            Automation.AUTO,
            false,
            false);
    SortedMap<HostName, HostView> hosts = new TreeMap<>();
    hosts.put(NAME, view);
    return new Snapshot(
        1,
        "6f2c1c8e-0a51-4a1e-9a2e-0d7b6c1f9a10",
        Automation.AUTO,
        false,
        hosts,
        specs,
        assignments,
        new TreeMap<>(),
        new TreeSet<>());
  }
}
