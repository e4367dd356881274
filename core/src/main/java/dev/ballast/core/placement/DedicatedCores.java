package dev.ballast.core.placement;

import dev.ballast.core.topology.CpuSet;
import dev.ballast.core.topology.NumaNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The whole cores of a NUMA node that nobody uses, for VMs that own their CPUs.
 *
 * <p>A VM gets cores that share as few last-level caches as possible: while some cache has cores
 * enough for all that is left, the one with the fewest such; else all cores of the cache that has
 * most; within a cache by number.
 */
final class DedicatedCores {
  private DedicatedCores() {}

  /** All free ones. */
  static CpuSet free(HostUse use, NumaNode node) {
    CpuSet untaken = node.cpus().minus(use.takenCpus());
    List<CpuSet> cores = new ArrayList<>();
    for (CpuSet core : use.topology().cores()) {
      if (!core.isEmpty() && untaken.containsAll(core)) {
        cores.add(core);
      }
    }
    return CpuSet.union(cores);
  }

  /** So many CPUs of those, or as many as there are. */
  static List<Integer> pick(HostUse use, NumaNode node, int count) {
    List<CpuSet> left = new ArrayList<>(byCache(use, free(use, node)));
    List<Integer> picked = new ArrayList<>();
    while (picked.size() < count && !left.isEmpty()) {
      int wanted = count - picked.size();
      CpuSet best =
          left.stream()
              .filter(group -> group.size() >= wanted)
              .min(Comparator.comparingInt(CpuSet::size).thenComparingInt(CpuSet::first))
              .orElseGet(() -> largest(left));
      left.remove(best);
      picked.addAll(byCore(use, best).subList(0, Math.min(wanted, best.size())));
    }
    return picked;
  }

  private static CpuSet largest(List<CpuSet> groups) {
    return groups.stream()
        .max(Comparator.comparingInt(CpuSet::size).thenComparingInt(group -> -group.first()))
        .orElse(CpuSet.EMPTY);
  }

  private static List<CpuSet> byCache(HostUse use, CpuSet free) {
    List<CpuSet> groups = new ArrayList<>();
    CpuSet rest = free;
    for (CpuSet cache : use.topology().lastLevelCache().groups()) {
      CpuSet within = rest.intersect(cache);
      if (!within.isEmpty()) {
        groups.add(within);
        rest = rest.minus(cache);
      }
    }
    if (!rest.isEmpty()) {
      groups.add(rest);
    }
    return groups;
  }

  /** Siblings one after the other, so that a VM uses up the cores that it owns. */
  private static List<Integer> byCore(HostUse use, CpuSet cpus) {
    List<Integer> order = new ArrayList<>();
    CpuSet left = cpus;
    while (!left.isEmpty()) {
      CpuSet core = use.wholeCore(left.first()).intersect(left);
      for (int cpu = core.next(0); cpu >= 0; cpu = core.next(cpu + 1)) {
        order.add(cpu);
      }
      left = left.minus(core);
    }
    return order;
  }
}
