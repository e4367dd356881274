package dev.ballast.agent.host.libvirt;

import dev.ballast.core.model.MemoryNodes;
import dev.ballast.core.model.VmLimits;
import dev.ballast.core.topology.CpuSet;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The limits of a domain, with what restores them exactly.
 *
 * @param shares as written; many shares are one weight
 * @param memoryBytes what the balloon leaves to the guest, limited or not
 * @param disks the targets of all disks
 * @param nics the MAC addresses of all NICs, in their order
 * @param memory the NUMA nodes of its memory; absent where it keeps to none
 * @param iothreads where each I/O thread may run; empty for one that may run anywhere
 * @param tied why its memory cannot move to other nodes while it runs; empty when it can
 */
public record Tuning(
    VmLimits limits,
    Optional<Long> shares,
    long memoryBytes,
    List<String> disks,
    List<String> nics,
    Optional<MemoryNodes> memory,
    SortedMap<Integer, CpuSet> iothreads,
    String tied) {
  /** A domain whose memory keeps to no nodes, without I/O threads. */
  public Tuning(
      VmLimits limits,
      Optional<Long> shares,
      long memoryBytes,
      List<String> disks,
      List<String> nics) {
    this(limits, shares, memoryBytes, disks, nics, Optional.empty(), new TreeMap<>(), "");
  }

  public Tuning {
    iothreads = Collections.unmodifiableSortedMap(new TreeMap<>(iothreads));
    disks = List.copyOf(disks);
    nics = List.copyOf(nics);
  }

  /** The same domain with other limits, by their weight's shares. */
  public Tuning with(VmLimits newLimits, Optional<Long> newShares) {
    return new Tuning(newLimits, newShares, memoryBytes, disks, nics, memory, iothreads, tied);
  }

  /** The same domain with its memory on other nodes. */
  public Tuning withMemory(Optional<MemoryNodes> newMemory) {
    return new Tuning(limits, shares, memoryBytes, disks, nics, newMemory, iothreads, tied);
  }

  /** The same domain with its I/O threads elsewhere. */
  public Tuning withIothreads(SortedMap<Integer, CpuSet> newIothreads) {
    return new Tuning(limits, shares, memoryBytes, disks, nics, memory, newIothreads, tied);
  }
}
