package dev.ballast.agent.inventory;

import dev.ballast.core.topology.CpuSet;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A family of CPU sets that never cross: any two are disjoint or one holds the other. Firmware
 * tables sometimes claim a package that cuts through another; as in hwloc the first claim stands
 * and the crossing one is left out.
 */
final class NestedSets {
  /**
   * What a set stands for.
   *
   * @param level of a cache; 0 for all others
   */
  record Kind(String name, int level) {
    static final Kind CORE = new Kind("core", 0);
    static final Kind CLUSTER = new Kind("cluster", 0);
    static final Kind DIE = new Kind("die", 0);
    static final Kind PACKAGE = new Kind("package", 0);

    static Kind cache(int level) {
      return new Kind("cache", level);
    }
  }

  private record Part(Kind kind, CpuSet cpus) {}

  private final Set<Part> parts = new LinkedHashSet<>();
  private final Map<Integer, List<CpuSet>> byCpu = new HashMap<>();

  /** Adds the set unless it is empty or crosses one that is there; a second equal one is one. */
  void add(Kind kind, CpuSet cpus) {
    Part part = new Part(kind, cpus);
    if (cpus.isEmpty() || parts.contains(part) || crosses(cpus)) {
      return;
    }
    parts.add(part);
    cpus.stream().forEach(cpu -> enter(cpu, cpus));
  }

  private void enter(int cpu, CpuSet cpus) {
    List<CpuSet> sets = byCpu.computeIfAbsent(cpu, _ -> new ArrayList<>());
    if (!sets.contains(cpus)) {
      sets.add(cpus);
    }
  }

  private boolean crosses(CpuSet cpus) {
    Set<CpuSet> touched = new LinkedHashSet<>();
    cpus.stream().forEach(cpu -> touched.addAll(byCpu.getOrDefault(cpu, List.of())));
    return touched.stream().anyMatch(set -> !set.containsAll(cpus) && !cpus.containsAll(set));
  }

  /** The sets of that kind, by their CPUs in ascending order. */
  List<CpuSet> of(Kind kind) {
    return parts.stream()
        .filter(part -> part.kind().equals(kind))
        .map(Part::cpus)
        .sorted()
        .toList();
  }
}
