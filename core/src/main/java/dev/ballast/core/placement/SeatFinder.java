package dev.ballast.core.placement;

import dev.ballast.core.model.Assignment;
import dev.ballast.core.model.CpuPins;
import dev.ballast.core.model.CpuPolicy;
import dev.ballast.core.model.HostInventory;
import dev.ballast.core.model.HostName;
import dev.ballast.core.model.VmName;
import dev.ballast.core.model.VmSpec;
import dev.ballast.core.placement.Pages.Need;
import dev.ballast.core.topology.CpuSet;
import dev.ballast.core.topology.NumaNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The place of one VM on one host, or the vetoes against it. */
final class SeatFinder {
  private final HostUse use;
  private final VmSpec vm;
  private final PlacementPolicy policy;
  private final HostName host;
  private final boolean trial; // of a VM with fewer vCPUs than the one that asks
  private final Need need;
  private final DevicePick devices;
  private final List<Veto> vetoes = new ArrayList<>();

  private SeatFinder(HostUse use, VmSpec vm, PlacementPolicy policy, boolean trial) {
    this.trial = trial;
    this.use = use;
    this.vm = vm;
    this.policy = policy;
    this.host = use.view().name();
    this.need = use.need(vm);
    this.devices = new DevicePick(use, vm);
  }

  /** Either a seat, or at least one veto. */
  record Found(Optional<Seat> seat, List<Veto> vetoes) {}

  static Found find(HostUse use, VmSpec vm, Neighbours neighbours, PlacementPolicy policy) {
    SeatFinder finder = new SeatFinder(use, vm, policy, false);
    finder.vetoes.addAll(use.hostVetoes(vm));
    finder.checkMovable();
    finder.checkMemory();
    finder.vetoes.addAll(finder.devices.vetoes());
    finder.checkNeighbours();
    finder.vetoes.addAll(neighbours.vetoes(vm, use.view()));
    Optional<Seat> seat =
        vm.pins().isPresent() ? finder.asWritten(vm.pins().get()) : finder.bestNode();
    boolean free = finder.vetoes.isEmpty();
    return new Found(free ? seat : Optional.empty(), List.copyOf(finder.vetoes));
  }

  private void checkMovable() {
    Optional<Assignment> running = use.runningElsewhere(vm.name());
    if (running.filter(there -> !there.devices().isEmpty()).isPresent()) {
      vetoes.add(new ResourceVeto.NotMovable(host, vm.name(), "it has devices of its host"));
    }
    if (running.filter(there -> there.cells() > 1).isPresent()) {
      vetoes.add(
          new ResourceVeto.NotMovable(
              host, vm.name(), "its memory is bound to the NUMA nodes that it is split over"));
    }
  }

  private void checkMemory() {
    long missing = need.bytes() - use.freeBytes(policy);
    if (missing > 0) {
      vetoes.add(new Veto.NotEnoughMemory(host, missing));
    }
    if (need.pages() > 0 && !use.pages().knows(need.pageBytes())) {
      vetoes.add(new ResourceVeto.NoHugepageSize(host, need.pageBytes(), use.pages().sizes()));
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
    List<NumaNode> nodes = use.nodesOf(pins.allVcpuCpus());
    checkNodes(nodes);
    int cells =
        use.former(vm.name())
            .filter(former -> former.pins().equals(pins))
            .map(Assignment::cells)
            .orElse(1);
    return seat(pins, "CPUs as written: " + pins.allVcpuCpus(), own, cells, nodes);
  }

  private CpuSet ownedBy(Occupant occupant) {
    return occupant.dedicated() ? use.wholeCores(occupant.vcpuCpus()) : CpuSet.EMPTY;
  }

  private void checkNodes(List<NumaNode> nodes) {
    for (NumaNode node : nodes) {
      Need part = need.part(nodes.size());
      long left = use.freeBytes(node) - part.bytes();
      if (left < 0) {
        vetoes.add(new Veto.NotEnoughNodeMemory(host, node.id(), -left));
      }
      NodeSeat.checkPages(use, node, part, left, policy, vetoes);
    }
  }

  /**
   * Best fit over the nodes: of the nodes that take the vCPUs without sharing a CPU the one whose
   * memory fits tightest, else the one with the fewest vCPUs for its CPUs.
   */
  private Optional<Seat> bestNode() {
    // A running guest goes on seeing one node.
    if (use.runningElsewhere(vm.name()).isEmpty() && WideSeat.isNeeded(use, vm, need)) {
      return wide();
    }
    List<NodeSeat> nodes = wholeOnEach();
    Optional<NodeSeat> best =
        nodes.stream().filter(node -> node.vetoes().isEmpty()).min(NodeSeat.FIT);
    if (best.isEmpty()) {
      noNode(nodes);
      return Optional.empty();
    }
    return onNodes(List.of(best.get()));
  }

  private List<NodeSeat> wholeOnEach() {
    NodeSeat.Part whole = new NodeSeat.Part(vm.vcpus(), need);
    return use.topology().numaNodes().stream()
        .filter(node -> !node.cpus().isEmpty())
        .map(node -> NodeSeat.find(use, vm, node, whole, devices, policy))
        .toList();
  }

  private Optional<Seat> wide() {
    WideSeat wide = WideSeat.find(use, vm, need, devices, policy);
    List<CpuSet> own = new ArrayList<>();
    for (NodeSeat part : wide.nearest()) {
      vetoes.addAll(part.vetoes());
      int each = vm.vcpus() / wide.nearest().size();
      own.add(use.wholeCores(CpuSet.of(DedicatedCores.pick(use, part.node(), each))));
    }
    boolean dedicated = vm.cpuPolicy() == CpuPolicy.DEDICATED && !own.isEmpty();
    if (dedicated && sharedCpus(List.of(), CpuSet.union(own)).isEmpty()) {
      vetoes.add(new Veto.NoSharedCpuLeft(host));
    }
    if (wide.seats().isEmpty() && wide.nearest().isEmpty()) {
      narrower()
          .ifPresentOrElse(
              vcpus -> vetoes.add(new ResourceVeto.TooWide(host, vcpus)),
              () -> noNode(wholeOnEach()));
    }
    return wide.seats().isEmpty() ? Optional.empty() : onNodes(wide.seats());
  }

  /** The most vCPUs, below what the VM has, with which it would find a place as things are. */
  private Optional<Integer> narrower() {
    if (trial) {
      return Optional.empty();
    }
    for (int vcpus : WideSeat.narrower(use, vm)) {
      SeatFinder finder = new SeatFinder(use, vm.withVcpus(vcpus), policy, true);
      if (finder.bestNode().isPresent() && finder.vetoes.isEmpty()) {
        return Optional.of(vcpus);
      }
    }
    return Optional.empty();
  }

  /** Equal parts of the VM on each of the nodes. */
  private Optional<Seat> onNodes(List<NodeSeat> seats) {
    List<Integer> order = new ArrayList<>();
    for (NodeSeat seat : seats) {
      order.addAll(seat.order(use, vm, vm.vcpus() / seats.size()));
    }
    List<NumaNode> nodes = seats.stream().map(NodeSeat::node).toList();
    CpuSet cpus = CpuSet.of(order);
    boolean dedicated = vm.cpuPolicy() == CpuPolicy.DEDICATED;
    CpuSet own = dedicated ? use.wholeCores(cpus) : CpuSet.EMPTY;
    Optional<CpuSet> emulator = sharedCpus(nodes, own);
    if (emulator.isEmpty()) {
      vetoes.add(new Veto.NoSharedCpuLeft(host));
      return Optional.empty();
    }
    List<CpuSet> vcpus = order.stream().map(CpuSet::of).toList();
    String ids =
        nodes.stream().map(node -> Integer.toString(node.id())).collect(Collectors.joining(", "));
    String where = (nodes.size() == 1 ? "NUMA node " : "NUMA nodes ") + ids + ", CPUs " + cpus;
    return seat(new CpuPins(vcpus, emulator.get()), where, own, nodes.size(), nodes);
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
            .minus(DedicatedCores.free(use, nearest.get().node()))
            .isEmpty()) {
      vetoes.add(new Veto.NoSharedCpuLeft(host));
    }
  }

  /** CPUs for emulator threads: of the nodes, else of the host, that no VM owns. */
  private Optional<CpuSet> sharedCpus(List<NumaNode> nodes, CpuSet own) {
    CpuSet owned = use.dedicatedCpus().union(own);
    CpuSet inNode = CpuSet.union(nodes.stream().map(NumaNode::cpus).toList()).minus(owned);
    CpuSet shared = inNode.isEmpty() ? use.topology().onlineCpus().minus(owned) : inNode;
    return shared.isEmpty() ? Optional.empty() : Optional.of(shared);
  }

  private Optional<Seat> seat(
      CpuPins pins, String where, CpuSet own, int cells, List<NumaNode> nodes) {
    Optional<SortedMap<VmName, CpuPins>> yielding = yielding(own);
    if (yielding.isEmpty()) {
      vetoes.add(new Veto.NoSharedCpuLeft(host));
      return Optional.empty();
    }
    HostInventory inventory = use.view().inventory();
    long capacity = Math.max(1, inventory.cpuCapacityMillis());
    long memory = Math.max(1, use.ordinaryBytes());
    long cpuPercent = Math.ceilDiv(100_000L * (use.vcpus() + vm.vcpus()), capacity);
    long memoryPercent = percent(use.promisedBytes() + need.bytes(), memory);
    if (need.pages() > 0) {
      memoryPercent = Math.max(memoryPercent, use.pages().percent(need.pageBytes(), need.pages()));
    }
    return Optional.of(
        new Seat(
            host,
            pins,
            where,
            cells,
            devices.pick(nodes),
            yielding.get(),
            cpuPercent,
            memoryPercent));
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
