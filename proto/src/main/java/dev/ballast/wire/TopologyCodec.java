package dev.ballast.wire;

import dev.ballast.core.topology.CacheLevel;
import dev.ballast.core.topology.CpuSet;
import dev.ballast.core.topology.HugepagePool;
import dev.ballast.core.topology.NumaNode;
import dev.ballast.core.topology.Topology;
import java.util.List;

/** A host's processors and memory. {@code fromProto} throws {@link WireException}. */
public final class TopologyCodec {
  private static final int HIGHEST_CACHE_LEVEL = 4;

  private TopologyCodec() {}

  public static dev.ballast.v1.Topology toProto(Topology topology) {
    return dev.ballast.v1.Topology.newBuilder()
        .setOnlineCpus(topology.onlineCpus().toString())
        .addAllPackages(texts(topology.packages()))
        .addAllCores(texts(topology.cores()))
        .addAllNumaNodes(topology.numaNodes().stream().map(TopologyCodec::toProto).toList())
        .setLastLevelCache(topology.lastLevelCache().level())
        .addAllCacheGroups(texts(topology.lastLevelCache().groups()))
        .build();
  }

  public static Topology fromProto(dev.ballast.v1.Topology topology) {
    return topology(topology, new At("Topology"));
  }

  static Topology topology(dev.ballast.v1.Topology p, At at) {
    return new Topology(
        at.cpus("online_cpus", p.getOnlineCpus()),
        cpuSets("packages", p.getPackagesList(), at),
        cpuSets("cores", p.getCoresList(), at),
        at.list("numa_nodes", p.getNumaNodesList(), CpuSet.CPU_LIMIT, TopologyCodec::node),
        new CacheLevel(
            at.intWithin("last_level_cache", p.getLastLevelCache(), 0, HIGHEST_CACHE_LEVEL),
            cpuSets("cache_groups", p.getCacheGroupsList(), at)));
  }

  private static List<String> texts(List<CpuSet> sets) {
    return sets.stream().map(CpuSet::toString).toList();
  }

  private static List<CpuSet> cpuSets(String name, List<String> lists, At at) {
    return at.list(name, lists, CpuSet.CPU_LIMIT, (list, place) -> place.cpuSet(list));
  }

  private static dev.ballast.v1.NumaNode toProto(NumaNode node) {
    return dev.ballast.v1.NumaNode.newBuilder()
        .setId(node.id())
        .setCpus(node.cpus().toString())
        .setMemoryBytes(node.memoryBytes())
        .addAllDistances(node.distances())
        .addAllHugepages(node.hugepages().stream().map(TopologyCodec::toProto).toList())
        .build();
  }

  private static NumaNode node(dev.ballast.v1.NumaNode p, At at) {
    return new NumaNode(
        at.intWithin("id", p.getId(), 0, Integer.MAX_VALUE),
        at.cpus("cpus", p.getCpus()),
        at.natural("memory_bytes", p.getMemoryBytes()),
        at.list(
            "distances",
            p.getDistancesList(),
            CpuSet.CPU_LIMIT,
            (distance, place) -> place.natural(distance)),
        at.list("hugepages", p.getHugepagesList(), CpuSet.CPU_LIMIT, TopologyCodec::pool));
  }

  private static dev.ballast.v1.HugepagePool toProto(HugepagePool pool) {
    return dev.ballast.v1.HugepagePool.newBuilder()
        .setPageSizeBytes(pool.pageSizeBytes())
        .setTotalPages(pool.totalPages())
        .setFreePages(pool.freePages())
        .build();
  }

  private static HugepagePool pool(dev.ballast.v1.HugepagePool p, At at) {
    return new HugepagePool(
        at.natural("page_size_bytes", p.getPageSizeBytes()),
        at.natural("total_pages", p.getTotalPages()),
        at.natural("free_pages", p.getFreePages()));
  }
}
