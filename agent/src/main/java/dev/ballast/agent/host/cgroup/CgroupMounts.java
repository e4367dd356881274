package dev.ballast.agent.host.cgroup;

import dev.ballast.agent.host.kernel.KernelFiles;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Where the control group hierarchies are mounted.
 *
 * @param version1 mount point by controller
 * @param unified mount point of version 2, if any
 * @param unifiedControllers what the root of version 2 controls
 */
public record CgroupMounts(
    SortedMap<String, String> version1, Optional<String> unified, Set<String> unifiedControllers) {
  private static final int MOUNTS_LIMIT_BYTES = 256 * 1024;
  private static final Set<String> CONTROLLERS =
      Set.of(
          "blkio",
          "cpu",
          "cpuacct",
          "cpuset",
          "devices",
          "freezer",
          "hugetlb",
          "memory",
          "net_cls",
          "net_prio",
          "perf_event",
          "pids",
          "rdma");

  public CgroupMounts {
    version1 = Collections.unmodifiableSortedMap(new TreeMap<>(version1));
    unifiedControllers = Set.copyOf(unifiedControllers);
  }

  public static CgroupMounts read(KernelFiles files) {
    SortedMap<String, String> version1 = new TreeMap<>();
    Optional<String> unified = Optional.empty();
    String mounts = files.read("/proc/mounts", MOUNTS_LIMIT_BYTES).orElse("");
    for (String line : mounts.split("\n", -1)) {
      String[] fields = line.split(" ", -1);
      if (fields.length < 4) {
        continue;
      }
      String directory = fields[1].replace("\\040", " ");
      if (fields[2].equals("cgroup2") && unified.isEmpty()) {
        unified = Optional.of(directory);
      } else if (fields[2].equals("cgroup")) {
        for (String option : fields[3].split(",", -1)) {
          if (CONTROLLERS.contains(option)) {
            version1.putIfAbsent(option, directory);
          }
        }
      }
    }
    Set<String> controllers =
        unified
            .flatMap(directory -> files.read(directory + "/cgroup.controllers"))
            .map(text -> Set.copyOf(List.of(text.strip().split("\\s+"))))
            .orElse(Set.of());
    return new CgroupMounts(version1, unified, controllers);
  }

  /** The version that controls CPUs: 1, 2, or 0 for none. */
  public int version() {
    if (version1.containsKey("cpu")) {
      return 1;
    }
    return unified.isPresent() && unifiedControllers.contains("cpu") ? 2 : 0;
  }

  /** All controllers of both versions, sorted. */
  public List<String> controllers() {
    return Stream.concat(version1.keySet().stream(), unifiedControllers.stream())
        .filter(name -> !name.isEmpty())
        .sorted()
        .distinct()
        .toList();
  }

  /** The mount point that holds this controller's files. */
  public Optional<String> directory(String controller) {
    String directory = version1.get(controller);
    if (directory != null) {
      return Optional.of(directory);
    }
    // Version 2 accounts for CPU time in every group, whatever it controls.
    boolean served = unifiedControllers.contains(controller) || controller.equals("cpuacct");
    return served ? unified : Optional.empty();
  }

  /**
   * The group of a process or thread under that controller, from its {@code cgroup} file.
   *
   * @param cgroupFile the text of {@code /proc/PID/task/TID/cgroup}
   */
  public Optional<String> groupOf(String cgroupFile, String controller) {
    boolean first = version1.containsKey(controller);
    for (String line : cgroupFile.split("\n", -1)) {
      String[] fields = line.split(":", 3);
      if (fields.length == 3) {
        boolean matches =
            first
                ? List.of(fields[1].split(",", -1)).contains(controller)
                : fields[0].equals("0") && fields[1].isEmpty();
        if (matches) {
          return Optional.of(fields[2].equals("/") ? "" : fields[2]);
        }
      }
    }
    return Optional.empty();
  }
}
