package dev.ballast.core.placement;

import dev.ballast.core.model.CpuPolicy;
import dev.ballast.core.model.HostName;
import dev.ballast.core.model.VmSpec;
import dev.ballast.core.placement.Pages.Need;
import dev.ballast.core.topology.CpuSet;
import dev.ballast.core.topology.NumaNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A place for a VM, or for one of several equal parts of it, on one NUMA node.
 *
 * @param leftBytes memory that stays free on the node
 * @param missingBytes memory that the node lacks
 * @param sharesPerCpu vCPUs on each CPU of the node afterwards, in millionths
 * @param remoteDevices of those that the VM wants, how many would be at other nodes
 */
record NodeSeat(
    NumaNode node,
    List<Veto> vetoes,
    long leftBytes,
    long missingBytes,
    long sharesPerCpu,
    int remoteDevices) {
  /** How much of a VM sits on one node. */
  record Part(int vcpus, Need need) {}

  static final Comparator<NodeSeat> FIT =
      Comparator.comparingLong((NodeSeat seat) -> Math.max(HostUse.WHOLE_VCPU, seat.sharesPerCpu()))
          .thenComparingInt(NodeSeat::remoteDevices)
          .thenComparingLong(NodeSeat::leftBytes)
          .thenComparingInt(seat -> seat.node().id());

  static NodeSeat find(
      HostUse use,
      VmSpec vm,
      NumaNode node,
      Part part,
      DevicePick devices,
      PlacementPolicy policy) {
    List<Veto> vetoes = new ArrayList<>();
    Need need = part.need();
    long left = use.freeBytes(node) - need.bytes();
    if (left < 0) {
      vetoes.add(new Veto.NotEnoughNodeMemory(use.view().name(), node.id(), -left));
    }
    long missingPages = checkPages(use, node, need, left, policy, vetoes);
    if (vm.cpuPolicy() == CpuPolicy.DEDICATED) {
      checkDedicated(use, part, node, vetoes);
    } else {
      checkShared(use, part, node, policy, vetoes);
    }
    long shares = use.cpuShares(node.cpus()) + part.vcpus() * HostUse.WHOLE_VCPU;
    long missing = Math.max(0, -left) + missingPages * need.pageBytes();
    return new NodeSeat(
        node,
        vetoes,
        need.pages() == 0 ? left : pagesLeft(use, node, need),
        missing,
        shares / Math.max(1, node.cpus().size()),
        devices.remote(node));
  }

  private static long pagesLeft(HostUse use, NumaNode node, Need need) {
    return (use.pages().free(node, need.pageBytes()) - need.pages()) * need.pageBytes();
  }

  /** How many pages the node lacks; a veto tells it. */
  static long checkPages(
      HostUse use,
      NumaNode node,
      Need need,
      long leftBytes,
      PlacementPolicy policy,
      List<Veto> vetoes) {
    if (need.pages() == 0) {
      return 0;
    }
    long missing = need.pages() - use.pages().free(node, need.pageBytes());
    if (missing > 0) {
      long spare = Math.min(leftBytes, use.freeBytes(policy) - need.bytes());
      vetoes.add(
          new ResourceVeto.NotEnoughHugepages(
              use.view().name(),
              node.id(),
              need.pageBytes(),
              missing,
              use.pages().total(node, need.pageBytes()),
              spare / need.pageBytes() >= missing));
    }
    return Math.max(0, missing);
  }

  /** The CPU of each vCPU, on a node without vetoes. */
  List<Integer> order(HostUse use, VmSpec vm, int vcpus) {
    return vm.cpuPolicy() == CpuPolicy.DEDICATED
        ? DedicatedCores.pick(use, node, vcpus)
        : leastUsed(use, node.cpus().minus(use.dedicatedCpus()), vcpus);
  }

  private static void checkShared(
      HostUse use, Part part, NumaNode node, PlacementPolicy policy, List<Veto> vetoes) {
    HostName host = use.view().name();
    CpuSet cpus = node.cpus().minus(use.dedicatedCpus());
    if (cpus.size() < part.vcpus()) {
      vetoes.add(new Veto.TooFewCpus(host, node.id(), part.vcpus(), cpus.size()));
      return;
    }
    long room = (long) policy.vcpusPerCpu() * cpus.size() * HostUse.WHOLE_VCPU;
    long over = use.cpuShares(cpus) + part.vcpus() * HostUse.WHOLE_VCPU - room;
    if (over > 0) {
      int missing = Math.toIntExact(Math.ceilDiv(over, HostUse.WHOLE_VCPU));
      vetoes.add(new Veto.CpusOvercommitted(host, node.id(), missing));
    }
  }

  /**
   * So many CPUs, those that carry least first: by CPU, by core, by what is measured, by number.
   */
  private static List<Integer> leastUsed(HostUse use, CpuSet cpus, int count) {
    int[] open = cpus.stream().toArray();
    long[] coreShares = new long[open.length];
    for (int i = 0; i < open.length; i++) {
      coreShares[i] = use.cpuShares(use.wholeCore(open[i]));
    }
    boolean[] taken = new boolean[open.length];
    List<Integer> order = new ArrayList<>(count);
    while (order.size() < count) {
      int best = -1;
      for (int i = 0; i < open.length; i++) {
        if (!taken[i] && (best < 0 || carriesLess(use, open, coreShares, i, best))) {
          best = i;
        }
      }
      taken[best] = true;
      order.add(open[best]);
      CpuSet core = use.wholeCore(open[best]);
      for (int i = 0; i < open.length; i++) {
        coreShares[i] += core.contains(open[i]) ? HostUse.WHOLE_VCPU : 0;
      }
    }
    return order;
  }

  private static boolean carriesLess(HostUse use, int[] cpus, long[] coreShares, int a, int b) {
    long shares = use.cpuShares(cpus[a]) - use.cpuShares(cpus[b]);
    if (shares != 0) {
      return shares < 0;
    }
    if (coreShares[a] != coreShares[b]) {
      return coreShares[a] < coreShares[b];
    }
    long busy = use.busyMillis(cpus[a]) - use.busyMillis(cpus[b]);
    return busy != 0 ? busy < 0 : cpus[a] < cpus[b];
  }

  private static void checkDedicated(HostUse use, Part part, NumaNode node, List<Veto> vetoes) {
    int free = DedicatedCores.free(use, node).size();
    if (free < part.vcpus()) {
      vetoes.add(new Veto.NoDedicatedCores(use.view().name(), node.id(), part.vcpus(), free));
    }
  }
}
