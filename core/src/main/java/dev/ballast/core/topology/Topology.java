package dev.ballast.core.topology;

import java.util.List;
import java.util.Optional;

/**
 * A host's processors and memory as an operator expects them (the view of hwloc): online CPUs only.
 *
 * @param onlineCpus the CPUs that can run
 * @param packages the CPUs of each package (socket), ordered by first CPU
 * @param cores the CPUs (SMT siblings) of each core, ordered by first CPU
 * @param numaNodes ordered by id; at least one
 * @param lastLevelCache the highest cache level present
 */
public record Topology(
    CpuSet onlineCpus,
    List<CpuSet> packages,
    List<CpuSet> cores,
    List<NumaNode> numaNodes,
    CacheLevel lastLevelCache) {
  public Topology {
    packages = List.copyOf(packages);
    cores = List.copyOf(cores);
    numaNodes = List.copyOf(numaNodes);
  }

  /** The same host with fewer CPUs; nodes keep their memory. */
  public Topology without(CpuSet cpus) {
    return onlineCpus.intersects(cpus)
        ? new Topology(
            onlineCpus.minus(cpus),
            left(packages, cpus),
            left(cores, cpus),
            numaNodes.stream().map(node -> node.without(cpus)).toList(),
            lastLevelCache)
        : this;
  }

  private static List<CpuSet> left(List<CpuSet> sets, CpuSet cpus) {
    return sets.stream().map(set -> set.minus(cpus)).filter(set -> !set.isEmpty()).toList();
  }

  public long memoryBytes() {
    return numaNodes.stream().mapToLong(NumaNode::memoryBytes).sum();
  }

  /** The node that the CPU belongs to, if any. */
  public Optional<NumaNode> nodeOf(int cpu) {
    return numaNodes.stream().filter(node -> node.cpus().contains(cpu)).findFirst();
  }
}
