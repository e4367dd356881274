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

  public long memoryBytes() {
    return numaNodes.stream().mapToLong(NumaNode::memoryBytes).sum();
  }

  /** The node that the CPU belongs to, if any. */
  public Optional<NumaNode> nodeOf(int cpu) {
    return numaNodes.stream().filter(node -> node.cpus().contains(cpu)).findFirst();
  }
}
