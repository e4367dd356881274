package dev.ballast.core.placement;

import dev.ballast.core.model.CpuPolicy;
import dev.ballast.core.model.HostName;
import dev.ballast.core.model.VmSpec;
import dev.ballast.core.topology.CpuSet;
import dev.ballast.core.topology.NumaNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A place for a VM on one NUMA node.
 *
 * @param leftBytes memory that stays free on the node
 * @param missingBytes memory that the node lacks
 * @param sharesPerCpu vCPUs on each CPU of the node afterwards, in millionths
 */
record NodeSeat(
    NumaNode node, List<Veto> vetoes, long leftBytes, long missingBytes, long sharesPerCpu) {
  static final Comparator<NodeSeat> FIT =
      Comparator.comparingLong((NodeSeat seat) -> Math.max(HostUse.WHOLE_VCPU, seat.sharesPerCpu()))
          .thenComparingLong(NodeSeat::leftBytes)
          .thenComparingInt(seat -> seat.node().id());

  static NodeSeat find(
      HostUse use, VmSpec vm, NumaNode node, long needBytes, PlacementPolicy policy) {
    List<Veto> vetoes = new ArrayList<>();
    long left = use.freeBytes(node) - needBytes;
    if (left < 0) {
      vetoes.add(new Veto.NotEnoughNodeMemory(use.view().name(), node.id(), -left));
    }
    if (vm.cpuPolicy() == CpuPolicy.DEDICATED) {
      checkDedicated(use, vm, node, vetoes);
    } else {
      checkShared(use, vm, node, policy, vetoes);
    }
    long shares = use.cpuShares(node.cpus()) + vm.vcpus() * HostUse.WHOLE_VCPU;
    return new NodeSeat(node, vetoes, left, Math.max(0, -left), shares / node.cpus().size());
  }

  /** The CPU of each vCPU, on a node without vetoes. */
  List<Integer> order(HostUse use, VmSpec vm) {
    return vm.cpuPolicy() == CpuPolicy.DEDICATED
        ? dedicated(use, node).subList(0, vm.vcpus())
        : leastUsed(use, node.cpus().minus(use.dedicatedCpus()), vm.vcpus());
  }

  private static void checkShared(
      HostUse use, VmSpec vm, NumaNode node, PlacementPolicy policy, List<Veto> vetoes) {
    HostName host = use.view().name();
    CpuSet cpus = node.cpus().minus(use.dedicatedCpus());
    if (cpus.size() < vm.vcpus()) {
      vetoes.add(new Veto.TooFewCpus(host, node.id(), vm.vcpus(), cpus.size()));
      return;
    }
    long room = (long) policy.vcpusPerCpu() * cpus.size() * HostUse.WHOLE_VCPU;
    long over = use.cpuShares(cpus) + vm.vcpus() * HostUse.WHOLE_VCPU - room;
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

  private static void checkDedicated(HostUse use, VmSpec vm, NumaNode node, List<Veto> vetoes) {
    int free = dedicated(use, node).size();
    if (free < vm.vcpus()) {
      vetoes.add(new Veto.NoDedicatedCores(use.view().name(), node.id(), vm.vcpus(), free));
    }
  }

  /** Whole cores that nobody uses, by number. */
  private static List<Integer> dedicated(HostUse use, NumaNode node) {
    List<Integer> cpus = new ArrayList<>();
    CpuSet untaken = node.cpus().minus(use.takenCpus());
    for (CpuSet core : use.topology().cores()) {
      if (!core.isEmpty() && untaken.containsAll(core)) {
        for (int cpu = core.next(0); cpu >= 0; cpu = core.next(cpu + 1)) {
          cpus.add(cpu);
        }
      }
    }
    return cpus;
  }

  /** The whole cores of the node that nobody uses. */
  static CpuSet freeCores(HostUse use, NumaNode node) {
    CpuSet untaken = node.cpus().minus(use.takenCpus());
    return CpuSet.union(use.topology().cores().stream().filter(untaken::containsAll).toList());
  }
}
