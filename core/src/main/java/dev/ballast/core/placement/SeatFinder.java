package dev.ballast.core.placement;

import dev.ballast.core.model.CpuPins;
import dev.ballast.core.model.CpuPolicy;
import dev.ballast.core.model.HostInventory;
import dev.ballast.core.model.HostName;
import dev.ballast.core.model.VmName;
import dev.ballast.core.model.VmSpec;
import dev.ballast.core.topology.CpuSet;
import dev.ballast.core.topology.NumaNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** The place of one VM on one host, or the vetoes against it. */
final class SeatFinder {
  private final HostUse use;
  private final VmSpec vm;
  private final PlacementPolicy policy;
  private final HostName host;
  private final long needBytes;
  private final List<Veto> vetoes = new ArrayList<>();

  private SeatFinder(HostUse use, VmSpec vm, PlacementPolicy policy) {
    this.use = use;
    this.vm = vm;
    this.policy = policy;
    this.host = use.view().name();
    this.needBytes = use.demandBytes(vm);
  }

  /** Either a seat, or at least one veto. */
  record Found(Optional<Seat> seat, List<Veto> vetoes) {}

  static Found find(HostUse use, VmSpec vm, Neighbours neighbours, PlacementPolicy policy) {
    SeatFinder finder = new SeatFinder(use, vm, policy);
    finder.vetoes.addAll(use.hostVetoes(vm));
    finder.checkMemory();
    finder.checkNeighbours();
    finder.vetoes.addAll(neighbours.vetoes(vm, use.view()));
    Optional<Seat> seat =
        vm.pins().isPresent() ? finder.asWritten(vm.pins().get()) : finder.bestNode();
    boolean free = finder.vetoes.isEmpty();
    return new Found(free ? seat : Optional.empty(), List.copyOf(finder.vetoes));
  }

  private void checkMemory() {
    long missing = needBytes - use.freeBytes(policy);
    if (missing > 0) {
      vetoes.add(new Veto.NotEnoughMemory(host, missing));
    }
  }

  private void checkNeighbours() {
    for (Occupant occupant : use.occupants()) {
      for (String group : vm.antiAffinity()) {
        if (occupant.groups().contains(group)) {
          vetoes.add(new Veto.AntiAffinity(host, group, occupant.vm()));
        }
      }
    }
  }

  private Optional<Seat> asWritten(CpuPins pins) {
    CpuSet all = pins.allVcpuCpus().union(pins.emulator());
    CpuSet missing = all.minus(use.topology().onlineCpus());
    if (!missing.isEmpty()) {
      vetoes.add(new Veto.PinsNotOnHost(host, missing));
      return Optional.empty();
    }
    boolean dedicated = vm.cpuPolicy() == CpuPolicy.DEDICATED;
    CpuSet own = dedicated ? use.wholeCores(pins.allVcpuCpus()) : CpuSet.EMPTY;
    for (Occupant occupant : use.occupants()) {
      CpuSet clash = all.intersect(ownedBy(occupant)).union(own.intersect(occupant.heldCpus()));
      if (!clash.isEmpty()) {
        vetoes.add(new Veto.PinsTaken(host, clash, occupant.vm()));
      }
    }
    checkNodesOf(pins.allVcpuCpus());
    return seat(pins, "CPUs as written: " + pins.allVcpuCpus(), own);
  }

  private CpuSet ownedBy(Occupant occupant) {
    return occupant.dedicated() ? use.wholeCores(occupant.vcpuCpus()) : CpuSet.EMPTY;
  }

  private void checkNodesOf(CpuSet cpus) {
    List<NumaNode> nodes = use.nodesOf(cpus);
    for (NumaNode node : nodes) {
      long missing = Math.ceilDiv(needBytes, nodes.size()) - use.freeBytes(node);
      if (missing > 0) {
        vetoes.add(new Veto.NotEnoughNodeMemory(host, node.id(), missing));
      }
    }
  }

  /**
   * Best fit over the nodes: of the nodes that take the vCPUs without sharing a CPU the one whose
   * memory fits tightest, else the one with the fewest vCPUs for its CPUs.
   */
  private Optional<Seat> bestNode() {
    List<NodeSeat> nodes =
        use.topology().numaNodes().stream()
            .filter(node -> !node.cpus().isEmpty())
            .map(node -> NodeSeat.find(use, vm, node, needBytes, policy))
            .toList();
    Optional<NodeSeat> best =
        nodes.stream().filter(node -> node.vetoes().isEmpty()).min(NodeSeat.FIT);
    if (best.isEmpty()) {
      noNode(nodes);
      return Optional.empty();
    }
    List<Integer> order = best.get().order(use, vm);
    CpuSet cpus = CpuSet.of(order);
    boolean dedicated = vm.cpuPolicy() == CpuPolicy.DEDICATED;
    CpuSet own = dedicated ? use.wholeCores(cpus) : CpuSet.EMPTY;
    Optional<CpuSet> emulator = sharedCpus(best.get().node(), own);
    if (emulator.isEmpty()) {
      vetoes.add(new Veto.NoSharedCpuLeft(host));
      return Optional.empty();
    }
    List<CpuSet> vcpus = order.stream().map(CpuSet::of).toList();
    String where = "NUMA node " + best.get().node().id() + ", CPUs " + cpus;
    return seat(new CpuPins(vcpus, emulator.get()), where, own);
  }

  /** Reports the node that lacks least. */
  private void noNode(List<NodeSeat> nodes) {
    Optional<NodeSeat> nearest =
        nodes.stream()
            .min(
                Comparator.comparingInt((NodeSeat node) -> node.vetoes().size())
                    .thenComparingLong(NodeSeat::missingBytes));
    if (nearest.isEmpty()) {
      vetoes.add(new Veto.TooFewCpus(host, 0, vm.vcpus(), 0));
      return;
    }
    vetoes.addAll(nearest.get().vetoes());
    if (vm.cpuPolicy() == CpuPolicy.DEDICATED
        && use.topology()
            .onlineCpus()
            .minus(use.dedicatedCpus())
            .minus(NodeSeat.freeCores(use, nearest.get().node()))
            .isEmpty()) {
      vetoes.add(new Veto.NoSharedCpuLeft(host));
    }
  }

  /** CPUs for emulator threads: of the node, else of the host, that no VM owns. */
  private Optional<CpuSet> sharedCpus(NumaNode node, CpuSet own) {
    CpuSet owned = use.dedicatedCpus().union(own);
    CpuSet inNode = node.cpus().minus(owned);
    CpuSet shared = inNode.isEmpty() ? use.topology().onlineCpus().minus(owned) : inNode;
    return shared.isEmpty() ? Optional.empty() : Optional.of(shared);
  }

  private Optional<Seat> seat(CpuPins pins, String where, CpuSet own) {
    Optional<SortedMap<VmName, CpuPins>> yielding = yielding(own);
    if (yielding.isEmpty()) {
      vetoes.add(new Veto.NoSharedCpuLeft(host));
      return Optional.empty();
    }
    HostInventory inventory = use.view().inventory();
    long capacity = Math.max(1, inventory.cpuCapacityMillis());
    long memory = Math.max(1, inventory.memoryBytes());
    long cpuPercent = Math.ceilDiv(100_000L * (use.vcpus() + vm.vcpus()), capacity);
    long memoryPercent = percent(use.promisedBytes() + needBytes, memory);
    return Optional.of(new Seat(host, pins, where, yielding.get(), cpuPercent, memoryPercent));
  }

  private static long percent(long part, long whole) {
    // Kibibytes, so that a hundredfold does not overflow.
    return Math.ceilDiv(100 * (part >> 10), Math.max(1, whole >> 10));
  }

  /**
   * Emulators that leave the CPUs which become the VM's own; absent when they have nowhere to go.
   */
  private Optional<SortedMap<VmName, CpuPins>> yielding(CpuSet own) {
    SortedMap<VmName, CpuPins> result = new TreeMap<>();
    if (own.isEmpty()) {
      return Optional.of(result);
    }
    CpuSet shared = use.topology().onlineCpus().minus(use.dedicatedCpus()).minus(own);
    for (Occupant occupant : use.occupants()) {
      CpuPins pins = occupant.pins();
      if (occupant.yields() && pins.emulator().intersects(own)) {
        CpuSet rest = pins.emulator().minus(own);
        CpuSet emulator = rest.isEmpty() ? shared : rest;
        if (emulator.isEmpty()) {
          return Optional.empty();
        }
        result.put(occupant.vm(), new CpuPins(pins.vcpus(), emulator));
      }
    }
    return Optional.of(result);
  }
}
