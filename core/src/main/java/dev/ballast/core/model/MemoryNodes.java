package dev.ballast.core.model;

import dev.ballast.core.topology.CpuSet;
import dev.ballast.core.topology.NumaNode;
import dev.ballast.core.topology.Topology;
import java.util.Optional;

/**
 * The NUMA nodes that hold a domain's memory.
 *
 * @param nodes numbers of nodes; of one preferred node, exactly one
 */
public record MemoryNodes(MemoryMode mode, CpuSet nodes) {
  public MemoryNodes {
    if (mode == MemoryMode.NONE || nodes.isEmpty()) {
      throw new IllegalArgumentException("memory on nodes needs a mode and a node");
    }
  }

  /**
   * Where the memory of a VM so assigned belongs: on the nodes of its vCPUs, or on all where these
   * are too small for it. Absent on a host of one node, for a VM that leaves it to the kernel, for
   * one that sees several nodes itself or has devices of its host, which tie it down, and for an
   * adopted one, which keeps its definition.
   */
  public static Optional<MemoryNodes> of(VmSpec spec, Assignment assignment, Topology topology) {
    CpuPins pins = assignment.pins();
    MemoryMode mode = spec.tuning().memoryMode();
    if (mode == MemoryMode.NONE
        || spec.adopted().isPresent()
        || assignment.cells() > 1
        || !assignment.devices().isEmpty()
        || topology.numaNodes().size() < 2) {
      return Optional.empty();
    }
    CpuSet own = CpuSet.EMPTY;
    CpuSet all = CpuSet.EMPTY;
    long ownBytes = 0;
    for (NumaNode node : topology.numaNodes()) {
      all = all.union(CpuSet.of(node.id()));
      if (node.cpus().intersects(pins.allVcpuCpus())) {
        own = own.union(CpuSet.of(node.id()));
        ownBytes += node.memoryBytes();
      }
    }
    if (own.isEmpty()) {
      return Optional.empty();
    }
    if (mode == MemoryMode.PREFERRED) {
      return Optional.of(new MemoryNodes(mode, CpuSet.of(own.stream().min().orElseThrow())));
    }
    return Optional.of(new MemoryNodes(mode, ownBytes < spec.memoryBytes() ? all : own));
  }

  @Override
  public String toString() {
    return mode.word() + " " + nodes;
  }
}
