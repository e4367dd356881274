package dev.ballast.bench.product;

import dev.ballast.core.demand.VmDemand;
import dev.ballast.core.model.Assignment;
import dev.ballast.core.model.Automation;
import dev.ballast.core.model.BootSpec;
import dev.ballast.core.model.CpuPolicy;
import dev.ballast.core.model.DomainState;
import dev.ballast.core.model.DomainType;
import dev.ballast.core.model.HostInventory;
import dev.ballast.core.model.HostLoad;
import dev.ballast.core.model.HostName;
import dev.ballast.core.model.HostTraits;
import dev.ballast.core.model.HostView;
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
import java.util.Random;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Hosts of 24 CPUs and 128 GiB on two NUMA nodes, and VMs of 1 to 4 vCPUs and 2 to 12 GiB, a tenth
 * of them in anti-affinity groups of four.
 */
final class ProductCluster {
  private static final int CPUS_PER_NODE = 12;
  private static final long GIB = 1L << 30;
  private static final long NODE_BYTES = 64 * GIB;
  private static final int[] VCPUS = {1, 2, 2, 4};
  private static final int GROUP = 4;
  private static final int GROUPED_PERMILLE = 100;
  private static final int CALM_MILLIS = 800;
  private static final int HOT_MILLIS = 1_000;

  private final Topology topology = topology();
  private final int hosts;
  private final List<VmSpec> vms;
  private final long seed;

  ProductCluster(int hosts, int vms, long seed) {
    this.hosts = hosts;
    this.seed = seed;
    this.vms = vms(vms, new Random(seed));
  }

  List<VmSpec> vms() {
    return vms;
  }

  private static List<VmSpec> vms(int count, Random random) {
    List<VmSpec> vms = new ArrayList<>();
    int grouped = count * GROUPED_PERMILLE / 1_000;
    for (int i = 0; i < count; i++) {
      SortedSet<String> apart = new TreeSet<>();
      if (i < grouped) {
        apart.add("group-" + i / GROUP);
      }
      vms.add(
          new VmSpec(
              new VmName(String.format("vm-%06d", i)),
              VCPUS[random.nextInt(VCPUS.length)],
              2 * GIB * (1 + random.nextInt(6)),
              CpuPolicy.SHARED,
              DomainType.KVM,
              Optional.empty(),
              Optional.empty(),
              new BootSpec.Kernel("/boot/vmlinuz", "/boot/initrd", ""),
              List.of(),
              List.of(),
              Optional.empty(),
              new TreeSet<>(),
              apart,
              RunState.RUNNING,
              Automation.AUTO,
              new TreeMap<>()));
    }
    return vms;
  }

  private static Topology topology() {
    List<NumaNode> nodes = new ArrayList<>();
    List<CpuSet> packages = new ArrayList<>();
    List<CpuSet> cores = new ArrayList<>();
    for (int n = 0; n < 2; n++) {
      CpuSet cpus = CpuSet.range(n * CPUS_PER_NODE, (n + 1) * CPUS_PER_NODE - 1);
      nodes.add(new NumaNode(n, cpus, NODE_BYTES, List.of(), List.of()));
      packages.add(cpus);
      cpus.stream().forEach(cpu -> cores.add(CpuSet.of(cpu)));
    }
    CpuSet all = CpuSet.range(0, 2 * CPUS_PER_NODE - 1);
    return new Topology(all, packages, cores, nodes, CacheLevel.NONE);
  }

  private static HostName host(int number) {
    return new HostName(String.format("h%05d", number));
  }

  /** The hosts without any VM. */
  Snapshot empty() {
    return running(Map.of());
  }

  /** The VMs run where they are assigned. */
  Snapshot running(Map<VmName, Assignment> assigned) {
    SortedMap<VmName, VmSpec> specs = new TreeMap<>();
    vms.forEach(vm -> specs.put(vm.name(), vm));
    return snapshot(specs, new TreeMap<>(assigned));
  }

  /** On that share of the hosts the VMs want all of their vCPUs, on the others less. */
  Map<VmName, VmDemand> demand(Snapshot running, double hot) {
    Random random = new Random(seed);
    Map<VmName, VmDemand> demand = new TreeMap<>();
    for (HostView view : running.hosts().values()) {
      long each = random.nextDouble() < hot ? HOT_MILLIS : CALM_MILLIS;
      for (ObservedDomain domain : view.domains().values()) {
        long wants = each * domain.vcpus();
        demand.put(domain.name(), new VmDemand(domain.name(), wants, wants, wants));
      }
    }
    return demand;
  }

  private Snapshot snapshot(
      SortedMap<VmName, VmSpec> specs, SortedMap<VmName, Assignment> assignments) {
    Map<HostName, SortedMap<VmName, ObservedDomain>> domains = new TreeMap<>();
    for (Assignment assignment : assignments.values()) {
      VmSpec spec = specs.get(assignment.vm());
      if (spec != null) {
        domains
            .computeIfAbsent(assignment.host(), _ -> new TreeMap<>())
            .put(spec.name(), running(spec, assignment));
      }
    }
    SortedMap<HostName, HostView> views = new TreeMap<>();
    for (int i = 0; i < hosts; i++) {
      HostName name = host(i);
      views.put(name, view(name, domains.getOrDefault(name, new TreeMap<>())));
    }
    return new Snapshot(
        1,
        "6f2c1c8e-0a51-4a1e-9a2e-0d7b6c1f9a10",
        Automation.AUTO,
        false,
        views,
        specs,
        assignments,
        new TreeMap<>(),
        new TreeSet<>());
  }

  private static ObservedDomain running(VmSpec vm, Assignment assignment) {
    return new ObservedDomain(
        vm.name(),
        "00000000-0000-4000-8000-000000000001",
        DomainState.RUNNING,
        vm.vcpus(),
        vm.memoryBytes(),
        "digest",
        Optional.of(assignment.pins()),
        Optional.of(assignment.pins()),
        Optional.of("spec"));
  }

  private HostView view(HostName name, SortedMap<VmName, ObservedDomain> domains) {
    HostInventory inventory =
        new HostInventory(
            topology,
            "benchmark CPU",
            List.of("sse2", "avx2"),
            topology.memoryBytes(),
            1_000L * topology.onlineCpus().size(),
            2,
            List.of("cpu", "cpuset"),
            new TreeMap<>(Map.of("qemu", "8.2")),
            new TreeMap<>(),
            Optional.of("qemu+tls://" + name + "/system"),
            HostTraits.NONE);
    return new HostView(
        name,
        true,
        1,
        inventory,
        Optional.empty(),
        domains,
        HostLoad.NONE,
        Automation.AUTO,
        false,
        false);
  }
}
