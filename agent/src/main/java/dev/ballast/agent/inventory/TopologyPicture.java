package dev.ballast.agent.inventory;

import dev.ballast.core.topology.CacheLevel;
import dev.ballast.core.topology.CpuSet;
import dev.ballast.core.topology.HugepagePool;
import dev.ballast.core.topology.NumaNode;
import dev.ballast.core.topology.Topology;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * A topology as text: each node with its caches, below each cache its cores, each core in brackets
 * with its CPUs.
 */
public final class TopologyPicture {
  private static final double GIB = 1L << 30;
  private static final int CORES_PER_LINE = 8;

  private final Topology topology;
  private final StringBuilder text = new StringBuilder();

  private TopologyPicture(Topology topology) {
    this.topology = topology;
  }

  public static String of(Topology topology) {
    TopologyPicture picture = new TopologyPicture(topology);
    picture.drawAll();
    return picture.text.toString();
  }

  private void drawAll() {
    line(0, summary());
    CpuSet left = topology.onlineCpus();
    for (NumaNode node : topology.numaNodes()) {
      line(0, nodeTitle(node));
      drawCpus(node.cpus());
      left = left.minus(node.cpus());
    }
    if (!left.isEmpty()) {
      line(0, "no node    CPUs " + left);
      drawCpus(left);
    }
  }

  private String summary() {
    return "%s, %s, %s, %s, %s, CPUs %s"
        .formatted(
            count(topology.onlineCpus().size(), "CPU"),
            count(topology.cores().size(), "core"),
            count(topology.packages().size(), "package"),
            count(topology.numaNodes().size(), "NUMA node"),
            gib(topology.memoryBytes()),
            topology.onlineCpus());
  }

  private String nodeTitle(NumaNode node) {
    StringBuilder title = new StringBuilder("node %-5d %s".formatted(node.id(), cpusOf(node)));
    title.append(", ").append(node.memoryBytes() == 0 ? "memory unknown" : gib(node.memoryBytes()));
    if (node.distances().size() > 1) {
      title.append(", distances ").append(joined(node.distances()));
    }
    for (HugepagePool pool : node.hugepages()) {
      if (pool.totalPages() > 0) {
        title.append(
            ", %d of %d hugepages of %d KiB free"
                .formatted(pool.freePages(), pool.totalPages(), pool.pageSizeBytes() / 1024));
      }
    }
    return title.toString();
  }

  private void drawCpus(CpuSet cpus) {
    CpuSet left = cpus;
    CacheLevel cache = topology.lastLevelCache();
    for (CpuSet group : cache.groups()) {
      CpuSet here = group.intersect(cpus);
      if (!here.isEmpty()) {
        line(1, "L%d cache, CPUs %s".formatted(cache.level(), here));
        drawCores(here);
        left = left.minus(group);
      }
    }
    if (!left.isEmpty()) {
      line(1, "no shared cache known, CPUs " + left);
      drawCores(left);
    }
  }

  private void drawCores(CpuSet cpus) {
    List<String> cores =
        topology.cores().stream()
            .map(core -> core.intersect(cpus))
            .filter(core -> !core.isEmpty())
            .map(core -> "[" + joined(core.toList()) + "]")
            .toList();
    for (int i = 0; i < cores.size(); i += CORES_PER_LINE) {
      line(2, String.join(" ", cores.subList(i, Math.min(cores.size(), i + CORES_PER_LINE))));
    }
    if (cores.isEmpty()) {
      line(2, "cores unknown");
    }
  }

  private static String cpusOf(NumaNode node) {
    return node.cpus().isEmpty() ? "no CPUs" : "CPUs " + node.cpus();
  }

  private static String joined(List<Integer> numbers) {
    return numbers.stream().map(String::valueOf).collect(Collectors.joining(" "));
  }

  private static String count(int number, String noun) {
    return number + " " + noun + (number == 1 ? "" : "s");
  }

  private static String gib(long bytes) {
    return String.format(Locale.ROOT, "%.1f GiB", bytes / GIB);
  }

  private void line(int depth, String content) {
    text.append("  ".repeat(depth)).append(content).append('\n');
  }
}
