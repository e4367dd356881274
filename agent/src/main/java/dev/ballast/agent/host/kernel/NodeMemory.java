package dev.ballast.agent.host.kernel;

import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What NUMA nodes could still give: free memory, and file pages that nobody used lately. */
public final class NodeMemory {
  /** What is always left to a node. */
  public static final long MARGIN_BYTES = 64L << 20;

  private static final String NODES = "/sys/devices/system/node";
  private static final Pattern NODE = Pattern.compile("node\\d{1,3}");
  private static final Pattern FREE =
      Pattern.compile("(?:MemFree|Inactive\\(file\\)):\\s+(\\d{1,15})");

  private final KernelFiles files;

  public NodeMemory(KernelFiles files) {
    this.files = files;
  }

  /** Of one node; of the whole machine where it shows no nodes. */
  public long freeBytes(int node) {
    String file = NODES + "/node" + node + "/meminfo";
    return free(files.exists(file) ? file : "/proc/meminfo");
  }

  /** Of the node that has least; absent where the kernel does not tell. */
  public OptionalLong leastFreeBytes() {
    OptionalLong least =
        files.list(NODES).stream()
            .filter(name -> NODE.matcher(name).matches())
            .map(name -> NODES + "/" + name + "/meminfo")
            .filter(files::exists)
            .mapToLong(this::free)
            .min();
    if (least.isPresent()) {
      return least;
    }
    return files.exists("/proc/meminfo")
        ? OptionalLong.of(free("/proc/meminfo"))
        : OptionalLong.empty();
  }

  private long free(String file) {
    Matcher matcher = FREE.matcher(files.read(file).orElse(""));
    long kib = 0;
    while (matcher.find()) {
      kib += Long.parseLong(matcher.group(1));
    }
    return kib << 10;
  }
}
