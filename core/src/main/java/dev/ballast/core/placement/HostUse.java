package dev.ballast.core.placement;

import dev.ballast.core.model.Assignment;
import dev.ballast.core.model.CpuLoad;
import dev.ballast.core.model.CpuPins;
import dev.ballast.core.model.CpuPolicy;
import dev.ballast.core.model.HostName;
import dev.ballast.core.model.HostView;
import dev.ballast.core.model.NetworkName;
import dev.ballast.core.model.NetworkSpec;
import dev.ballast.core.model.ObservedDomain;
import dev.ballast.core.model.Snapshot;
import dev.ballast.core.model.VmName;
import dev.ballast.core.model.VmSpec;
import dev.ballast.core.placement.Pages.Need;
import dev.ballast.core.topology.CpuSet;
import dev.ballast.core.topology.NumaNode;
import dev.ballast.core.topology.Topology;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What is taken of one host while placement goes on; grows by {@link #add}. */
final class HostUse {
  /** One vCPU that may use one CPU only, in the unit of {@link #cpuShares}. */
  static final long WHOLE_VCPU = 1_000_000;

  private final HostView view;
  private final Snapshot snapshot;
  private final Topology topology;
  private final SortedMap<NetworkName, NetworkSpec> networks;
  private final SortedMap<VmName, Occupant> occupants = new TreeMap<>();
  private final long[] cpuShares;
  private final Map<Integer, Long> busyMillis = new HashMap<>();
  private final Map<Integer, CpuSet> coreOf = new HashMap<>();
  private final Map<Integer, Long> nodeTakenBytes = new HashMap<>();
  private @Nullable CpuSet dedicatedCpus; // until the next occupant comes or leaves
  private @Nullable CpuSet takenCpus;
  private final Pages pages;
  private final long thoughtAwayBytes;
  private int vcpus;
  private long promisedBytes;

  /** The host as the snapshot tells, without the VMs to be thought away. */
  HostUse(Snapshot snapshot, HostView view, Set<VmName> thoughtAway) {
    this(snapshot, view, byHost(snapshot).getOrDefault(view.name(), List.of()), thoughtAway);
  }

  /** The same, with the assignments to this host. */
  HostUse(Snapshot snapshot, HostView view, List<Assignment> assignments, Set<VmName> thoughtAway) {
    this.view = view;
    this.snapshot = snapshot;
    this.networks = snapshot.networks();
    this.pages = new Pages(view);
    this.topology = view.guestTopology();
    int cpus = view.inventory().topology().onlineCpus().stream().max().orElse(-1) + 1;
    this.cpuShares = new long[cpus];
    for (CpuSet core : topology.cores()) {
      core.stream().forEach(cpu -> coreOf.put(cpu, core));
    }
    this.thoughtAwayBytes =
        view.domains().values().stream()
            .filter(domain -> domain.state().isActive() && thoughtAway.contains(domain.name()))
            .mapToLong(domain -> need(snapshot.specs().get(domain.name()), domain).bytes())
            .sum();
    for (CpuLoad load : view.load().cpus()) {
      busyMillis.put(load.cpu(), load.busyMillis());
    }
    for (Assignment assignment : assignments) {
      VmSpec spec = snapshot.specs().get(assignment.vm());
      if (spec != null) {
        enter(
            Occupant.assigned(spec, assignment, snapshot.domain(view.name(), spec.name())),
            thoughtAway);
      }
    }
    for (ObservedDomain domain : view.domains().values()) {
      if (domain.state().isActive() && !occupants.containsKey(domain.name())) {
        VmSpec spec = snapshot.specs().get(domain.name());
        Set<String> groups = spec == null ? Set.of() : spec.antiAffinity();
        enter(Occupant.stranger(domain, topology.onlineCpus(), groups), thoughtAway);
      }
    }
  }

  /** What stands against the VM here whatever else is here. */
  List<Veto> hostVetoes(VmSpec vm) {
    return HostFit.vetoes(networks, view, vm);
  }

  /** The assignments to each host, so that a host need not look at those of others. */
  static Map<HostName, List<Assignment>> byHost(Snapshot snapshot) {
    Map<HostName, List<Assignment>> result = new HashMap<>();
    for (Assignment assignment : snapshot.assignments().values()) {
      result.computeIfAbsent(assignment.host(), host -> new ArrayList<>()).add(assignment);
    }
    return result;
  }

  private void enter(Occupant occupant, Set<VmName> thoughtAway) {
    if (!thoughtAway.contains(occupant.vm())) {
      add(occupant);
    }
  }

  /** A VM that was thought away still holds what it cannot leave before its next start. */
  void linger(VmSpec vm) {
    ObservedDomain domain = view.domains().get(vm.name());
    if (domain != null && domain.state().isActive() && domain.vcpus() != vm.vcpus()) {
      domain
          .livePins()
          .ifPresent(
              live ->
                  add(
                      new Occupant(
                          vm.name(),
                          Occupant.NONE,
                          live,
                          vm.cpuPolicy() == CpuPolicy.DEDICATED,
                          need(vm),
                          true,
                          false,
                          Set.of(),
                          List.of())));
    }
  }

  /** Takes the VM out, if it is here. */
  void leave(VmName vm) {
    Occupant former = occupants.remove(vm);
    if (former != null) {
      count(former, -1);
    }
  }

  void add(Occupant occupant) {
    occupants.put(occupant.vm(), occupant);
    count(occupant, 1);
  }

  /** Gives the VM other pins and returns its former ones. */
  CpuPins repin(VmName vm, CpuPins pins) {
    Occupant former = occupants.get(vm);
    if (former == null) {
      throw new IllegalArgumentException(vm + " is not on " + view.name());
    }
    count(former, -1);
    add(former.withPins(pins));
    return former.pins();
  }

  private void count(Occupant occupant, int sign) {
    occupant.pins().vcpus().forEach(cpus -> countVcpu(cpus, sign));
    occupant.lingering().vcpus().forEach(cpus -> countVcpu(cpus, sign));
    vcpus += sign * occupant.pins().vcpus().size();
    promisedBytes += sign * occupant.memory().bytes();
    List<NumaNode> pinned = nodesOf(occupant.pins().allVcpuCpus());
    List<NumaNode> lingering = nodesOf(occupant.lingering().allVcpuCpus());
    for (NumaNode node : topology.numaNodes()) {
      long taken =
          Math.max(
              share(occupant.memory().bytes(), node, pinned),
              share(occupant.memory().bytes(), node, lingering));
      if (taken > 0) {
        nodeTakenBytes.merge(node.id(), sign * taken, Long::sum);
      }
    }
    pages.count(occupant.memory(), pinned, sign);
    countOwned(occupant, sign);
  }

  private void countVcpu(CpuSet cpus, int sign) {
    long share = cpus.isEmpty() ? 0 : sign * WHOLE_VCPU / cpus.size();
    for (int cpu = cpus.next(0); cpu >= 0 && cpu < cpuShares.length; cpu = cpus.next(cpu + 1)) {
      cpuShares[cpu] += share;
    }
  }

  /** One that comes only adds; after one that leaves they are found anew. */
  private void countOwned(Occupant occupant, int sign) {
    if (sign < 0 || dedicatedCpus == null || takenCpus == null) {
      dedicatedCpus = null;
      takenCpus = null;
      return;
    }
    CpuSet owned = occupant.dedicated() ? wholeCores(occupant.vcpuCpus()) : CpuSet.EMPTY;
    dedicatedCpus = dedicatedCpus.union(owned);
    takenCpus = takenCpus.union(owned).union(occupant.heldCpus());
  }

  /** What is remembered of the VM on this host. */
  Optional<Assignment> former(VmName vm) {
    return Optional.ofNullable(snapshot.assignments().get(vm))
        .filter(assignment -> assignment.host().equals(view.name()));
  }

  /** What is remembered of the VM where it runs now, if that is on another host. */
  Optional<Assignment> runningElsewhere(VmName vm) {
    return Optional.ofNullable(snapshot.assignments().get(vm))
        .filter(assignment -> !assignment.host().equals(view.name()))
        .filter(
            assignment ->
                snapshot
                    .domain(assignment.host(), vm)
                    .filter(domain -> domain.state().isActive())
                    .isPresent());
  }

  /** The devices that VMs were given. */
  Set<String> takenDevices() {
    Set<String> taken = new HashSet<>();
    for (Occupant occupant : occupants.values()) {
      occupant.devices().forEach(device -> taken.add(device.address()));
    }
    return taken;
  }

  HostView view() {
    return view;
  }

  Topology topology() {
    return topology;
  }

  Iterable<Occupant> occupants() {
    return occupants.values();
  }

  /** How many vCPUs may use the CPU, each divided by the CPUs that it may use. */
  long cpuShares(int cpu) {
    return cpu < cpuShares.length ? cpuShares[cpu] : 0;
  }

  long cpuShares(CpuSet cpus) {
    long sum = 0;
    for (int cpu = cpus.next(0); cpu >= 0; cpu = cpus.next(cpu + 1)) {
      sum += cpuShares(cpu);
    }
    return sum;
  }

  long busyMillis(int cpu) {
    return busyMillis.getOrDefault(cpu, 0L);
  }

  /** What the VM takes here: as specified, or as it runs here until its next start. */
  Need need(VmSpec vm) {
    ObservedDomain domain = view.domains().get(vm.name());
    long runningBytes = domain != null && domain.state().isActive() ? domain.memoryBytes() : 0;
    return Need.of(vm, Math.max(vm.memoryBytes(), runningBytes));
  }

  private static Need need(@Nullable VmSpec spec, ObservedDomain domain) {
    return spec == null ? Need.ordinary(domain.memoryBytes()) : Need.of(spec, domain.memoryBytes());
  }

  Pages pages() {
    return pages;
  }

  /** The memory of the host that is not kept for hugepages. */
  long ordinaryBytes() {
    return view.inventory().memoryBytes() - pages.bytes();
  }

  int vcpus() {
    return vcpus;
  }

  long promisedBytes() {
    return promisedBytes;
  }

  /** What the host can still promise: by what was promised, and by what it measured. */
  long freeBytes(PlacementPolicy policy) {
    long planned = ordinaryBytes() - policy.hostReserveBytes() - promisedBytes();
    long available = view.load().memoryAvailableBytes();
    if (view.load().epochMillis() == 0 || available == 0) {
      return planned;
    }
    long awaited =
        occupants.values().stream()
            .filter(o -> !o.active())
            .mapToLong(o -> o.memory().bytes())
            .sum();
    return Math.min(planned, available + thoughtAwayBytes - awaited);
  }

  /** What the node can still promise; a VM on several nodes takes equal parts of them. */
  long freeBytes(NumaNode node) {
    if (topology.memoryBytes() == 0) {
      return Long.MAX_VALUE;
    }
    return node.memoryBytes() - pages.bytes(node) - nodeTakenBytes.getOrDefault(node.id(), 0L);
  }

  private static long share(long bytes, NumaNode node, List<NumaNode> nodes) {
    return nodes.contains(node) ? Math.ceilDiv(bytes, nodes.size()) : 0;
  }

  /** The nodes with memory that have any of the CPUs. */
  List<NumaNode> nodesOf(CpuSet cpus) {
    List<NumaNode> nodes = new ArrayList<>();
    for (NumaNode node : topology.numaNodes()) {
      if (node.cpus().intersects(cpus)) {
        nodes.add(node);
      }
    }
    return nodes;
  }

  /** The whole cores of the VMs that own their CPUs. */
  CpuSet dedicatedCpus() {
    CpuSet result = dedicatedCpus;
    if (result == null) {
      result = CpuSet.EMPTY;
      for (Occupant occupant : occupants.values()) {
        if (occupant.dedicated()) {
          result = result.union(wholeCores(occupant.vcpuCpus()));
        }
      }
      dedicatedCpus = result;
    }
    return result;
  }

  /** The CPUs and all others of their cores. */
  CpuSet wholeCores(CpuSet cpus) {
    List<CpuSet> cores = new ArrayList<>();
    for (int cpu = cpus.next(0); cpu >= 0; cpu = cpus.next(cpu + 1)) {
      cores.add(wholeCore(cpu));
    }
    return CpuSet.union(cores);
  }

  /** The CPU's core; the CPU alone where the topology knows of none. */
  CpuSet wholeCore(int cpu) {
    CpuSet core = coreOf.get(cpu);
    return core == null ? CpuSet.of(cpu) : core;
  }

  /** The CPUs that any VM uses and that cannot become another's own. */
  CpuSet takenCpus() {
    CpuSet result = takenCpus;
    if (result == null) {
      result = dedicatedCpus();
      for (Occupant occupant : occupants.values()) {
        result = result.union(occupant.heldCpus());
      }
      takenCpus = result;
    }
    return result;
  }
}
