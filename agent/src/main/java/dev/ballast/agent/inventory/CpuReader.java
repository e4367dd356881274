package dev.ballast.agent.inventory;

import dev.ballast.agent.host.kernel.KernelFiles;
import dev.ballast.agent.inventory.NestedSets.Kind;
import dev.ballast.core.topology.CacheLevel;
import dev.ballast.core.topology.CpuSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.IntStream;

/**
 * Reads packages, cores and caches from /sys/devices/system/cpu.
 *
 * <p>Each CPU in ascending order names the core, cluster, die, package and caches that it is the
 * first CPU of; sets are narrowed to the online CPUs. A cache whose map of sharing CPUs is empty
 * belongs to the CPU's core.
 */
final class CpuReader {
  private static final String BASE = "/sys/devices/system/cpu";
  private static final int CACHE_INDEX_LIMIT = 10;
  private static final int CACHE_LEVEL_LIMIT = 5;
  private static final List<Integer> LAST_LEVELS = List.of(4, 3, 2);

  private final KernelFiles files;
  private final ProcCpuInfo cpuInfo;
  private final CpuSet online;
  private final NestedSets sets = new NestedSets();

  /**
   * Whether siblings of one compute unit are cores of their own; unknown until two are compared.
   */
  private Optional<Boolean> siblingsAreCores;

  CpuReader(KernelFiles files, ProcCpuInfo cpuInfo) {
    this.files = files;
    this.cpuInfo = cpuInfo;
    this.online = readOnline();
    this.siblingsAreCores = cpuInfo.hasComputeUnits() ? Optional.empty() : Optional.of(false);
    online.stream().forEach(this::readCpu);
  }

  CpuSet online() {
    return online;
  }

  List<CpuSet> packages() {
    return sets.of(Kind.PACKAGE);
  }

  List<CpuSet> cores() {
    return sets.of(Kind.CORE);
  }

  CacheLevel lastLevelCache() {
    for (int level : LAST_LEVELS) {
      List<CpuSet> groups = sets.of(Kind.cache(level));
      if (!groups.isEmpty()) {
        return new CacheLevel(level, groups);
      }
    }
    return CacheLevel.NONE;
  }

  private CpuSet readOnline() {
    CpuSet present = CpuSet.of(presentCpus());
    CpuSet running = present.intersect(runningOf(present));
    CpuSet described =
        CpuSet.of(running.stream().filter(cpu -> files.isDirectory(cpuPath(cpu) + "/topology")));
    if (!described.isEmpty()) {
      return described;
    }
    return running.isEmpty() ? CpuSet.of(listedProcessors()) : running;
  }

  private IntStream presentCpus() {
    return files.list(BASE).stream()
        .mapToInt(name -> CpuText.indexAfter("cpu", name))
        .filter(cpu -> cpu >= 0 && cpu < CpuSet.CPU_LIMIT);
  }

  private CpuSet runningOf(CpuSet present) {
    return files
        .read(BASE + "/online")
        .map(CpuText::list)
        .filter(list -> !list.isEmpty())
        .orElseGet(
            () ->
                CpuSet.of(
                    present.stream()
                        .filter(cpu -> files.readLong(cpuPath(cpu) + "/online").orElse(1) != 0)));
  }

  /** Kernels without CPUs in sysfs: what /proc/cpuinfo lists, else one CPU. */
  private IntStream listedProcessors() {
    List<Integer> listed =
        cpuInfo.processors().stream().filter(cpu -> cpu >= 0 && cpu < CpuSet.CPU_LIMIT).toList();
    return listed.isEmpty()
        ? IntStream.of(0)
        : listed.stream().mapToInt(Integer::intValue).distinct();
  }

  private void readCpu(int cpu) {
    Optional<CpuSet> core = topologySet(cpu, "core_cpus", "thread_siblings");
    boolean firstOfCore = core.map(set -> isFirst(cpu, set)).orElse(true);
    core.ifPresent(set -> addCore(cpu, set, firstOfCore));
    if (firstOfCore) {
      readAboveCore(cpu);
    }
    for (int index = 0; index < CACHE_INDEX_LIMIT; index++) {
      readCache(cpu, cpuPath(cpu) + "/cache/index" + index);
    }
  }

  private void addCore(int cpu, CpuSet siblings, boolean firstOfCore) {
    if (siblings.size() > 1 && siblingsAreCores.isEmpty()) {
      siblingsAreCores = Optional.of(hasOwnCoreId(cpu, siblings));
    }
    if (siblingsAreCores.orElse(false)) {
      sets.add(Kind.CORE, CpuSet.of(cpu));
    } else if (firstOfCore) {
      sets.add(Kind.CORE, siblings);
    }
  }

  private boolean hasOwnCoreId(int cpu, CpuSet siblings) {
    int sibling = siblings.minus(CpuSet.of(cpu)).first();
    return !coreId(cpu).equals(coreId(sibling));
  }

  private OptionalLong coreId(int cpu) {
    return files.readLong(cpuPath(cpu) + "/topology/core_id");
  }

  private void readAboveCore(int cpu) {
    Optional<CpuSet> cluster = shared(topologySet(cpu, "cluster_cpus", "cluster_cpus"));
    if (cluster.isPresent() && !isFirst(cpu, cluster.get())) {
      return;
    }
    Optional<CpuSet> die = shared(topologySet(cpu, "die_cpus", "die_cpus"));
    if (die.isEmpty() || isFirst(cpu, die.get())) {
      topologySet(cpu, "package_cpus", "core_siblings")
          .filter(set -> isFirst(cpu, set))
          .ifPresent(set -> sets.add(Kind.PACKAGE, set));
    }
    cluster.ifPresent(set -> sets.add(Kind.CLUSTER, set));
    die.filter(set -> isFirst(cpu, set)).ifPresent(set -> sets.add(Kind.DIE, set));
  }

  /** Clusters and dies of one CPU are the kernel's default where it knows nothing. */
  private static Optional<CpuSet> shared(Optional<CpuSet> set) {
    return set.filter(cpus -> cpus.size() != 1);
  }

  private void readCache(int cpu, String path) {
    Optional<CpuSet> sharing = cpuSet(path + "/shared_cpu_map", path + "/shared_cpu_list");
    if (sharing.isEmpty() || !holdsData(path)) {
      return;
    }
    CpuSet cpus = sharing.get();
    if (cpus.isEmpty()) {
      cpus = topologySet(cpu, "core_cpus", "thread_siblings").orElse(CpuSet.EMPTY);
    }
    cpus = cpus.intersect(online);
    int level = (int) files.readLong(path + "/level").orElse(0);
    if (isFirst(cpu, cpus) && level >= 1 && level <= CACHE_LEVEL_LIMIT) {
      sets.add(Kind.cache(level), cpus);
    }
  }

  private boolean holdsData(String path) {
    return !files.read(path + "/type", 64).orElse("").startsWith("Instruction");
  }

  private Optional<CpuSet> topologySet(int cpu, String name, String oldName) {
    String path = cpuPath(cpu) + "/topology/";
    return cpuSet(path + name, path + name + "_list")
        .or(() -> cpuSet(path + oldName, path + oldName + "_list"))
        .map(online::intersect);
  }

  private Optional<CpuSet> cpuSet(String maskPath, String listPath) {
    return files
        .read(maskPath)
        .map(CpuText::mask)
        .or(() -> files.read(listPath).map(CpuText::list));
  }

  private static boolean isFirst(int cpu, CpuSet set) {
    return !set.isEmpty() && set.first() == cpu;
  }

  private static String cpuPath(int cpu) {
    return BASE + "/cpu" + cpu;
  }
}
