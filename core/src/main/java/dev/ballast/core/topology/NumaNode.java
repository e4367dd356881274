package dev.ballast.core.topology;

import java.util.List;

/**
 * One NUMA node under the kernel's id.
 *
 * @param cpus its online CPUs; empty for a node of memory alone
 * @param memoryBytes its memory, 0 where the kernel tells none
 * @param distances ACPI distances to all nodes in the order of {@link Topology#numaNodes()}; empty
 *     where unknown
 */
public record NumaNode(
    int id, CpuSet cpus, long memoryBytes, List<Integer> distances, List<HugepagePool> hugepages) {
  public NumaNode {
    distances = List.copyOf(distances);
    hugepages = List.copyOf(hugepages);
  }

  /** The same node with fewer CPUs. */
  NumaNode without(CpuSet others) {
    return new NumaNode(id, cpus.minus(others), memoryBytes, distances, hugepages);
  }
}
