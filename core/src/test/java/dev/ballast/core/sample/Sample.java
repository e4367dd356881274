package dev.ballast.core.sample;

import dev.ballast.core.model.Assignment;
import dev.ballast.core.model.Automation;
import dev.ballast.core.model.BootSpec;
import dev.ballast.core.model.Capability;
import dev.ballast.core.model.CpuPins;
import dev.ballast.core.model.CpuPolicy;
import dev.ballast.core.model.DomainState;
import dev.ballast.core.model.DomainType;
import dev.ballast.core.model.HostInventory;
import dev.ballast.core.model.HostLoad;
import dev.ballast.core.model.HostName;
import dev.ballast.core.model.HostTraits;
import dev.ballast.core.model.HostView;
import dev.ballast.core.model.KsmSettings;
import dev.ballast.core.model.ObservedDomain;
import dev.ballast.core.model.RunState;
import dev.ballast.core.model.Snapshot;
import dev.ballast.core.model.VmName;
import dev.ballast.core.model.VmSpec;
import dev.ballast.core.topology.CacheLevel;
import dev.ballast.core.topology.CpuSet;
import dev.ballast.core.topology.NumaNode;
import dev.ballast.core.topology.Topology;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;

/** Hosts, VMs and snapshots that tests are made of. */
public final class Sample {
  public static final String CLUSTER = "6f2c1c8e-0a51-4a1e-9a2e-0d7b6c1f9a10";
  public static final long GIB = 1L << 30;
  public static final long MIB = 1L << 20;
  public static final KsmSettings KSM = new KsmSettings(0, 100, 20);

  private Sample() {}

  public static VmName vm(String name) {
    return new VmName(name);
  }

  public static HostName host(String name) {
    return new HostName(name);
  }

  /** A shared VM without wishes that runs anywhere. */
  public static VmSpec spec(String name, int vcpus, long memoryBytes) {
    return new VmSpec(
        vm(name),
        vcpus,
        memoryBytes,
        CpuPolicy.SHARED,
        DomainType.QEMU,
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

  /** A VM as {@link #spec}, changed. */
  public static VmSpec spec(String name, UnaryOperator<SpecDraft> change) {
    return change.apply(new SpecDraft(spec(name, 1, 128 * MIB))).vm();
  }

  /** One node with all CPUs, each its own core. */
  public static Topology flat(int cpus, long memoryBytes) {
    return nodes(1, cpus, 1, memoryBytes);
  }

  /** So many nodes of equal size, with cores of so many threads. */
  public static Topology nodes(int count, int cpusPerNode, int threads, long bytesPerNode) {
    List<NumaNode> nodes = new ArrayList<>();
    List<CpuSet> packages = new ArrayList<>();
    List<CpuSet> cores = new ArrayList<>();
    for (int n = 0; n < count; n++) {
      int first = n * cpusPerNode;
      CpuSet cpus = CpuSet.range(first, first + cpusPerNode - 1);
      nodes.add(new NumaNode(n, cpus, bytesPerNode, List.of(), List.of()));
      packages.add(cpus);
      for (int cpu = first; cpu < first + cpusPerNode; cpu += threads) {
        cores.add(CpuSet.range(cpu, cpu + threads - 1));
      }
    }
    return new Topology(
        CpuSet.range(0, count * cpusPerNode - 1), packages, cores, nodes, CacheLevel.NONE);
  }

  public static HostView view(String name, Topology topology) {
    long capacity = 1000L * topology.onlineCpus().size();
    return view(name, topology, capacity);
  }

  public static HostView view(String name, Topology topology, long capacityMillis) {
    HostInventory inventory =
        new HostInventory(
            topology,
            "test CPU",
            List.of(),
            topology.memoryBytes(),
            capacityMillis,
            1,
            List.of("cpu"),
            new TreeMap<>(),
            new TreeMap<>(Map.of(Capability.KVM, "no vmx or svm flag")));
    return new HostView(
        host(name),
        true,
        1,
        inventory,
        Optional.of(KSM),
        new TreeMap<>(),
        HostLoad.NONE,
        Automation.AUTO,
        false,
        false);
  }

  /** The host as others reach its libvirt, so that VMs may come. */
  public static HostView migratable(HostView view) {
    HostInventory old = view.inventory();
    return with(
        view,
        new HostInventory(
            old.topology(),
            old.cpuModel(),
            old.cpuFlags(),
            old.memoryBytes(),
            old.cpuCapacityMillis(),
            old.cgroupVersion(),
            old.cgroupControllers(),
            old.versions(),
            old.lacks(),
            Optional.of("qemu+tls://" + view.name() + "/system"),
            old.traits()));
  }

  /** The host with those labels, written key=value, and taints, written !taint. */
  public static HostView marked(HostView view, String... marks) {
    SortedMap<String, String> labels = new TreeMap<>();
    SortedSet<String> taints = new TreeSet<>();
    for (String mark : marks) {
      if (mark.startsWith("!")) {
        taints.add(mark.substring(1));
      } else {
        labels.put(mark.substring(0, mark.indexOf('=')), mark.substring(mark.indexOf('=') + 1));
      }
    }
    return with(view, view.inventory().withTraits(new HostTraits(labels, taints)));
  }

  /** The lab's host: two CPUs on one node, 24 GiB, a budget of 150 %. */
  public static HostView lab(String name) {
    return view(name, flat(2, 24 * GIB), 1500);
  }

  public static Snapshot snapshot(HostView... views) {
    SortedMap<HostName, HostView> hosts = new TreeMap<>();
    for (HostView view : views) {
      hosts.put(view.name(), view);
    }
    return new Snapshot(
        7,
        CLUSTER,
        Automation.AUTO,
        false,
        hosts,
        new TreeMap<>(),
        new TreeMap<>(),
        new TreeMap<>(),
        new TreeSet<>());
  }

  /** The snapshot after one host's view was replaced. */
  public static Snapshot with(Snapshot snapshot, HostView view) {
    SortedMap<HostName, HostView> hosts = new TreeMap<>(snapshot.hosts());
    hosts.put(view.name(), view);
    return copy(
        snapshot,
        hosts,
        snapshot.specs(),
        snapshot.assignments(),
        snapshot.desiredKsm(),
        snapshot.frozenVms());
  }

  public static Snapshot frozen(Snapshot snapshot, String... vms) {
    Set<VmName> names = new TreeSet<>();
    for (String name : vms) {
      names.add(vm(name));
    }
    return copy(
        snapshot,
        snapshot.hosts(),
        snapshot.specs(),
        snapshot.assignments(),
        snapshot.desiredKsm(),
        new TreeSet<>(names));
  }

  public static Snapshot copy(
      Snapshot snapshot,
      SortedMap<HostName, HostView> hosts,
      SortedMap<VmName, VmSpec> specs,
      SortedMap<VmName, Assignment> assignments,
      SortedMap<HostName, KsmSettings> ksm,
      SortedSet<VmName> frozenVms) {
    return new Snapshot(
        snapshot.version() + 1,
        snapshot.cluster(),
        snapshot.automation(),
        snapshot.frozen(),
        hosts,
        specs,
        assignments,
        ksm,
        frozenVms,
        snapshot.limitOverrides(),
        snapshot.networks());
  }

  public static HostView with(HostView view, ObservedDomain domain) {
    SortedMap<VmName, ObservedDomain> domains = new TreeMap<>(view.domains());
    domains.put(domain.name(), domain);
    return withDomains(view, domains);
  }

  public static HostView without(HostView view, String domain) {
    SortedMap<VmName, ObservedDomain> domains = new TreeMap<>(view.domains());
    domains.remove(vm(domain));
    return withDomains(view, domains);
  }

  private static HostView withDomains(HostView view, SortedMap<VmName, ObservedDomain> domains) {
    return new HostView(
        view.name(),
        view.connected(),
        view.observedVersion() + 1,
        view.inventory(),
        view.ksm(),
        domains,
        view.load(),
        view.automation(),
        view.observeOnly(),
        view.frozen(),
        view.facts(),
        view.cordoned(),
        view.ovs(),
        view.settings());
  }

  public static HostView with(HostView view, KsmSettings ksm) {
    return new HostView(
        view.name(),
        view.connected(),
        view.observedVersion() + 1,
        view.inventory(),
        Optional.of(ksm),
        view.domains(),
        view.load(),
        view.automation(),
        view.observeOnly(),
        view.frozen(),
        view.facts(),
        view.cordoned(),
        view.ovs(),
        view.settings());
  }

  public static HostView with(HostView view, HostLoad load) {
    return new HostView(
        view.name(),
        view.connected(),
        view.observedVersion(),
        view.inventory(),
        view.ksm(),
        view.domains(),
        load,
        view.automation(),
        view.observeOnly(),
        view.frozen(),
        view.facts(),
        view.cordoned(),
        view.ovs(),
        view.settings());
  }

  public static HostView with(HostView view, HostInventory inventory) {
    return new HostView(
        view.name(),
        view.connected(),
        view.observedVersion(),
        inventory,
        view.ksm(),
        view.domains(),
        view.load(),
        view.automation(),
        view.observeOnly(),
        view.frozen(),
        view.facts(),
        view.cordoned(),
        view.ovs(),
        view.settings());
  }

  /** The host with its stream, observe-only and freeze as given. */
  public static HostView in(HostView view, boolean connected, boolean observeOnly, boolean frozen) {
    return new HostView(
        view.name(),
        connected,
        view.observedVersion(),
        view.inventory(),
        view.ksm(),
        view.domains(),
        view.load(),
        view.automation(),
        observeOnly,
        frozen,
        view.facts(),
        view.cordoned(),
        view.ovs(),
        view.settings());
  }

  /** A domain of somebody else. */
  public static ObservedDomain foreign(String name, int vcpus, long memoryBytes, CpuSet cpus) {
    CpuPins pins = CpuPins.uniform(vcpus, cpus);
    return new ObservedDomain(
        vm(name),
        "00000000-0000-4000-8000-000000000001",
        DomainState.RUNNING,
        vcpus,
        memoryBytes,
        "foreign",
        Optional.of(pins),
        Optional.of(pins),
        Optional.empty());
  }
}
