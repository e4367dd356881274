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
 * @param order the CPU of each vCPU; empty when there are vetoes
 * @param leftBytes memory that stays free on the node
 * @param missingBytes memory that the node lacks
 * @param sharesPerCpu vCPUs on each CPU of the node afterwards, in millionths
 */
record NodeSeat(
    NumaNode node,
    List<Integer> order,
    List<Veto> vetoes,
    long leftBytes,
    long missingBytes,
    long sharesPerCpu) {
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
    List<Integer> order =
        vm.cpuPolicy() == CpuPolicy.DEDICATED
            ? dedicated(use, vm, node, vetoes)
            : shared(use, vm, node, policy, vetoes);
    long shares = use.cpuShares(node.cpus()) + vm.vcpus() * HostUse.WHOLE_VCPU;
    return new NodeSeat(
        node,
        vetoes.isEmpty() ? order : List.of(),
        vetoes,
        left,
        Math.max(0, -left),
        shares / node.cpus().size());
  }

  CpuSet cpus() {
    return CpuSet.of(order);
  }

  private static List<Integer> shared(
      HostUse use, VmSpec vm, NumaNode node, PlacementPolicy policy, List<Veto> vetoes) {
    HostName host = use.view().name();
    CpuSet cpus = node.cpus().minus(use.dedicatedCpus());
    if (cpus.size() < vm.vcpus()) {
      vetoes.add(new Veto.TooFewCpus(host, node.id(), vm.vcpus(), cpus.size()));
      return List.of();
    }
    long room = (long) policy.vcpusPerCpu() * cpus.size() * HostUse.WHOLE_VCPU;
    long over = use.cpuShares(cpus) + vm.vcpus() * HostUse.WHOLE_VCPU - room;
    if (over > 0) {
      int missing = Math.toIntExact(Math.ceilDiv(over, HostUse.WHOLE_VCPU));
      vetoes.add(new Veto.CpusOvercommitted(host, node.id(), missing));
    }
    return leastUsed(use, cpus, vm.vcpus());
  }

  /**
   * So many CPUs, those that carry least first: by CPU, by core, by what is measured, by number.
   */
  private static List<Integer> leastUsed(HostUse use, CpuSet cpus, int count) {
    List<Choice> open = new ArrayList<>();
    cpus.stream().forEach(cpu -> open.add(Choice.of(use, cpu)));
    List<Integer> order = new ArrayList<>();
    while (order.size() < count) {
      Choice best = open.stream().min(Choice.LEAST).orElseThrow();
      open.remove(best);
      order.add(best.cpu());
      open.replaceAll(choice -> choice.besides(best));
    }
    return order;
  }

  /** A CPU that a vCPU may get, with the vCPUs on it and on its whole core. */
  private record Choice(int cpu, CpuSet core, long shares, long coreShares, long busyMillis) {
    static final Comparator<Choice> LEAST =
        Comparator.comparingLong(Choice::shares)
            .thenComparingLong(Choice::coreShares)
            .thenComparingLong(Choice::busyMillis)
            .thenComparingInt(Choice::cpu);

    static Choice of(HostUse use, int cpu) {
      CpuSet core = use.wholeCore(cpu);
      return new Choice(cpu, core, use.cpuShares(cpu), use.cpuShares(core), use.busyMillis(cpu));
    }

    /** The same after a vCPU was put onto the other CPU. */
    Choice besides(Choice other) {
      return core.contains(other.cpu)
          ? new Choice(cpu, core, shares, coreShares + HostUse.WHOLE_VCPU, busyMillis)
          : this;
    }
  }

  /** Whole cores that nobody uses, by number. */
  private static List<Integer> dedicated(HostUse use, VmSpec vm, NumaNode node, List<Veto> vetoes) {
    List<Integer> cpus = new ArrayList<>();
    CpuSet free = freeCores(use, node);
    for (CpuSet core : use.topology().cores()) {
      cpus.addAll(core.intersect(free).toList());
    }
    if (cpus.size() < vm.vcpus()) {
      vetoes.add(new Veto.NoDedicatedCores(use.view().name(), node.id(), vm.vcpus(), cpus.size()));
      return List.of();
    }
    return cpus.subList(0, vm.vcpus());
  }

  /** The whole cores of the node that nobody uses. */
  static CpuSet freeCores(HostUse use, NumaNode node) {
    CpuSet untaken = node.cpus().minus(use.takenCpus());
    return use.topology().cores().stream()
        .filter(untaken::containsAll)
        .reduce(CpuSet.EMPTY, CpuSet::union);
  }
}
