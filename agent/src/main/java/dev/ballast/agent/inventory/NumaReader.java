package dev.ballast.agent.inventory;

import dev.ballast.agent.host.kernel.KernelFiles;
import dev.ballast.core.topology.CpuSet;
import dev.ballast.core.topology.HugepagePool;
import dev.ballast.core.topology.NumaNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Reads NUMA nodes from /sys/devices/system/node. A node whose CPUs overlap an earlier node's, one
 * without a map of CPUs, and the memory of a GPU are left out; a host that shows no node is one
 * node of all its CPUs and memory.
 */
final class NumaReader {
  private static final String BASE = "/sys/devices/system/node";
  private static final String GPUS = "/proc/driver/nvidia/gpus";
  private static final Pattern MEM_TOTAL = Pattern.compile("MemTotal:\\s+(\\d{1,15})");
  private static final Pattern HUGEPAGES = Pattern.compile("hugepages-(\\d{1,12})kB");
  private static final Pattern GPU_NODE = Pattern.compile("Node:\\s*(\\d{1,6})");
  private static final int DISTANCE_LIMIT = 4096;
  private static final long KIB = 1024;

  private final KernelFiles files;
  private final CpuSet online;

  NumaReader(KernelFiles files, CpuSet online) {
    this.files = files;
    this.online = online;
  }

  /** The nodes by id; at least one. */
  List<NumaNode> nodes() {
    List<Integer> ids = nodeIds();
    SortedMap<Integer, CpuSet> kept = keptNodes(ids);
    if (kept.isEmpty()) {
      return List.of(wholeMachine());
    }
    List<Integer> columns = columnsOf(kept, ids);
    List<NumaNode> nodes = new ArrayList<>();
    kept.forEach(
        (id, cpus) ->
            nodes.add(
                new NumaNode(
                    id,
                    cpus.intersect(online),
                    memTotalBytes(nodePath(id) + "/meminfo"),
                    distances(id, ids.size(), columns),
                    hugepages(nodePath(id) + "/hugepages"))));
    return nodes;
  }

  private SortedMap<Integer, CpuSet> keptNodes(List<Integer> ids) {
    Set<Integer> gpuNodes = gpuNodes();
    SortedMap<Integer, CpuSet> kept = new TreeMap<>();
    CpuSet taken = CpuSet.EMPTY;
    for (int id : ids) {
      Optional<CpuSet> cpus = cpusOf(id);
      if (cpus.isEmpty() || cpus.get().intersects(taken)) {
        continue;
      }
      taken = taken.union(cpus.get());
      if (!gpuNodes.contains(id)) {
        kept.put(id, cpus.get());
      }
    }
    return kept;
  }

  private List<Integer> nodeIds() {
    Optional<CpuSet> online =
        files.read(BASE + "/online").map(CpuText::list).filter(list -> !list.isEmpty());
    if (online.isPresent()) {
      return online.get().toList();
    }
    return files.list(BASE).stream()
        .map(name -> CpuText.indexAfter("node", name))
        .filter(id -> id >= 0)
        .sorted()
        .toList();
  }

  private Optional<CpuSet> cpusOf(int id) {
    return files
        .read(nodePath(id) + "/cpumap")
        .map(CpuText::mask)
        .or(() -> files.read(nodePath(id) + "/cpulist").map(CpuText::list));
  }

  private Set<Integer> gpuNodes() {
    return files.list(GPUS).stream()
        .map(gpu -> files.read(GPUS + "/" + gpu + "/numa_status").orElse(""))
        .map(GPU_NODE::matcher)
        .filter(Matcher::find)
        .map(matcher -> Integer.parseInt(matcher.group(1)))
        .collect(Collectors.toSet());
  }

  private NumaNode wholeMachine() {
    return new NumaNode(
        0,
        online,
        memTotalBytes("/proc/meminfo"),
        List.of(),
        hugepages("/sys/kernel/mm/hugepages"));
  }

  private long memTotalBytes(String path) {
    Matcher matcher = MEM_TOTAL.matcher(files.read(path).orElse(""));
    return matcher.find() ? Long.parseLong(matcher.group(1)) * KIB : 0;
  }

  /** The kernel writes one column for each online node: where the kept nodes stand among them. */
  private static List<Integer> columnsOf(SortedMap<Integer, CpuSet> kept, List<Integer> ids) {
    return IntStream.range(0, ids.size())
        .filter(i -> kept.containsKey(ids.get(i)))
        .boxed()
        .toList();
  }

  private List<Integer> distances(int id, int nodeCount, List<Integer> columns) {
    String text = files.read(nodePath(id) + "/distance").orElse("").strip();
    List<Integer> row = new ArrayList<>();
    for (String word : text.split("\\s+", DISTANCE_LIMIT)) {
      if (!word.matches("\\d{1,6}")) {
        return List.of();
      }
      row.add(Integer.parseInt(word));
    }
    return row.size() == nodeCount ? columns.stream().map(row::get).toList() : List.of();
  }

  private List<HugepagePool> hugepages(String directory) {
    List<HugepagePool> pools = new ArrayList<>();
    for (String name : files.list(directory)) {
      Matcher matcher = HUGEPAGES.matcher(name);
      if (matcher.matches()) {
        String pool = directory + "/" + name;
        pools.add(
            new HugepagePool(
                Long.parseLong(matcher.group(1)) * KIB,
                files.readLong(pool + "/nr_hugepages").orElse(0),
                files.readLong(pool + "/free_hugepages").orElse(0)));
      }
    }
    pools.sort(Comparator.comparingLong(HugepagePool::pageSizeBytes));
    return pools;
  }

  private static String nodePath(int id) {
    return BASE + "/node" + id;
  }
}
