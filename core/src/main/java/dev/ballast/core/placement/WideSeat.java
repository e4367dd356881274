package dev.ballast.core.placement;

import dev.ballast.core.model.Assignment;
import dev.ballast.core.model.VmSpec;
import dev.ballast.core.placement.NodeSeat.Part;
import dev.ballast.core.placement.Pages.Need;
import dev.ballast.core.topology.NumaNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * A place for a VM that is larger than each NUMA node of its host: equal parts of it on the fewest
 * nodes that have room, near each other; its guest sees as many nodes.
 *
 * @param seats one for each part, by node; empty where there is no room
 * @param nearest where there is no room the parts that lack least; empty too where no nodes are
 *     large enough for equal parts
 */
record WideSeat(List<NodeSeat> seats, List<NodeSeat> nearest) {
  /** Whether no node is large enough, were it empty. */
  static boolean isNeeded(HostUse use, VmSpec vm, Need need) {
    Part whole = new Part(vm.vcpus(), need);
    List<NumaNode> nodes = nodes(use);
    return nodes.size() > 1 && nodes.stream().noneMatch(node -> isLargeEnough(use, node, whole));
  }

  private static List<NumaNode> nodes(HostUse use) {
    return use.topology().numaNodes().stream().filter(node -> !node.cpus().isEmpty()).toList();
  }

  private static boolean isLargeEnough(HostUse use, NumaNode node, Part part) {
    Need need = part.need();
    boolean memory =
        use.topology().memoryBytes() == 0
            || node.memoryBytes() >= need.bytes() + need.pages() * need.pageBytes();
    return memory && part.vcpus() <= node.cpus().size();
  }

  static WideSeat find(
      HostUse use, VmSpec vm, Need need, DevicePick devices, PlacementPolicy policy) {
    List<NumaNode> nodes = nodes(use);
    Optional<WideSeat> nearest = Optional.empty();
    int most = Math.min(nodes.size(), Assignment.CELL_LIMIT);
    for (int count = 2; count <= most; count++) {
      if (vm.vcpus() % count != 0) {
        continue;
      }
      Part part = new Part(vm.vcpus() / count, need.part(count));
      List<NodeSeat> seats =
          nodes.stream()
              .filter(node -> isLargeEnough(use, node, part))
              .map(node -> NodeSeat.find(use, vm, node, part, devices, policy))
              .toList();
      List<NodeSeat> open = seats.stream().filter(seat -> seat.vetoes().isEmpty()).toList();
      if (open.size() >= count) {
        return new WideSeat(closest(use, open, count), List.of());
      }
      if (nearest.isEmpty() && seats.size() >= count) {
        nearest = Optional.of(new WideSeat(List.of(), lackingLeast(seats, count)));
      }
    }
    return nearest.orElseGet(() -> new WideSeat(List.of(), List.of()));
  }

  private static List<NodeSeat> lackingLeast(List<NodeSeat> seats, int count) {
    return seats.stream()
        .sorted(
            Comparator.comparingInt((NodeSeat seat) -> seat.vetoes().size())
                .thenComparingLong(NodeSeat::missingBytes)
                .thenComparingInt(seat -> seat.node().id()))
        .limit(count)
        .toList();
  }

  /** Of each node and those nearest to it, the set with the shortest ways. */
  private static List<NodeSeat> closest(HostUse use, List<NodeSeat> open, int count) {
    List<NodeSeat> best = List.of();
    long shortest = Long.MAX_VALUE;
    for (NodeSeat seed : open.stream().sorted(NodeSeat.FIT).toList()) {
      List<NodeSeat> set =
          open.stream()
              .sorted(
                  Comparator.comparingInt((NodeSeat seat) -> distance(use, seed, seat))
                      .thenComparing(NodeSeat.FIT))
              .limit(count)
              .toList();
      long ways = set.stream().mapToLong(seat -> distance(use, seed, seat)).sum();
      if (ways < shortest) {
        shortest = ways;
        best = set;
      }
    }
    return best.stream().sorted(Comparator.comparingInt(seat -> seat.node().id())).toList();
  }

  private static int distance(HostUse use, NodeSeat from, NodeSeat to) {
    if (from.equals(to)) {
      return 0;
    }
    int column = use.topology().numaNodes().indexOf(to.node());
    List<Integer> row = from.node().distances();
    return column >= 0 && column < row.size() ? row.get(column) : 0;
  }

  /** Numbers of vCPUs below what the VM has that would divide, the largest first. */
  static List<Integer> narrower(HostUse use, VmSpec vm) {
    List<Integer> sizes = new ArrayList<>();
    nodes(use).forEach(node -> sizes.add(node.cpus().size()));
    sizes.sort(Comparator.reverseOrder());
    SortedSet<Integer> numbers = new TreeSet<>(Comparator.reverseOrder());
    for (int count = 1; count <= Math.min(sizes.size(), Assignment.CELL_LIMIT); count++) {
      int most = Math.min(count * sizes.get(count - 1), (vm.vcpus() - 1) / count * count);
      for (int vcpus = most; vcpus > Math.max(0, most - 2 * count); vcpus -= count) {
        numbers.add(vcpus);
      }
    }
    return List.copyOf(numbers);
  }
}
