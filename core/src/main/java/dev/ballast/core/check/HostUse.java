package dev.ballast.core.check;

import dev.ballast.core.model.CpuPins;
import dev.ballast.core.topology.CpuSet;
import dev.ballast.core.topology.NumaNode;
import dev.ballast.core.topology.Topology;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What VMs take of a host and, where their pins are known, of each of its NUMA nodes. */
final class HostUse {
  /**
   * What a VM takes; pins are absent where nobody knows them.
   *
   * @param memoryBytes of ordinary memory
   * @param pageBytes 0 where its memory is no hugepages
   */
  record Taken(long memoryBytes, long pageBytes, long pages, Optional<CpuPins> pins) {}

  private final Topology topology;
  private final long[] nodeBytes;
  private final List<Map<Long, Long>> nodePages = new ArrayList<>();
  private long memoryBytes;

  HostUse(Topology topology) {
    this.topology = topology;
    nodeBytes = new long[topology.numaNodes().size()];
    topology.numaNodes().forEach(_ -> nodePages.add(new TreeMap<>()));
  }

  private HostUse(HostUse other) {
    topology = other.topology;
    nodeBytes = other.nodeBytes.clone();
    other.nodePages.forEach(pages -> nodePages.add(new TreeMap<>(pages)));
    memoryBytes = other.memoryBytes;
  }

  HostUse copy() {
    return new HostUse(this);
  }

  void add(Taken taken) {
    count(taken, 1);
  }

  void remove(Taken taken) {
    count(taken, -1);
  }

  /** Equal parts on each of the nodes that it is on. */
  private void count(Taken taken, int sign) {
    memoryBytes += sign * taken.memoryBytes();
    CpuSet cpus = taken.pins().map(CpuPins::allVcpuCpus).orElse(CpuSet.EMPTY);
    List<NumaNode> nodes = topology.numaNodes();
    long parts = nodes.stream().filter(node -> node.cpus().intersects(cpus)).count();
    for (int i = 0; i < nodes.size(); i++) {
      if (nodes.get(i).cpus().intersects(cpus)) {
        nodeBytes[i] += sign * ((taken.memoryBytes() + parts - 1) / parts);
        if (taken.pageBytes() > 0) {
          long pages = sign * ((taken.pages() + parts - 1) / parts);
          nodePages.get(i).merge(taken.pageBytes(), pages, Long::sum);
        }
      }
    }
  }

  long memoryBytes() {
    return memoryBytes;
  }

  /** By the node's place in the topology. */
  long nodeBytes(int index) {
    return nodeBytes[index];
  }

  /** Pages by their size, by the node's place in the topology. */
  Map<Long, Long> nodePages(int index) {
    return nodePages.get(index);
  }
}
