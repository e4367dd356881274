package dev.ballast.agent.executor;

import dev.ballast.agent.host.kernel.ProcessMemory;
import dev.ballast.core.model.VmName;
import dev.ballast.core.topology.CpuSet;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** What the kernel says about where the memory and the I/O threads of running domains are. */
public interface LiveMemory {
  /** Knows of no domain. */
  LiveMemory NONE = new LiveMemory() {};

  /** The nodes that the domain may take memory from; absent when that cannot be found. */
  default Optional<CpuSet> allowedNodes(VmName vm) {
    return Optional.empty();
  }

  /** Where each I/O thread may run. */
  default SortedMap<Integer, CpuSet> iothreads(VmName vm) {
    return new TreeMap<>();
  }

  /** Where the domain's memory lies; absent when that cannot be found. */
  default Optional<ProcessMemory> memory(VmName vm) {
    return Optional.empty();
  }

  /** What can be taken of the node now, of usual pages or of hugepages. */
  default long freeBytes(int node, boolean huge) {
    return 0;
  }

  /** Whether the kernel moves pages when the domain's nodes change. */
  default boolean migrates(VmName vm) {
    return true;
  }
}
