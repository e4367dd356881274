package dev.ballast.agent.host.machine;

import dev.ballast.agent.host.kernel.KernelFiles;
import dev.ballast.agent.host.kernel.NodeMemory;
import dev.ballast.core.model.HostSetting;
import dev.ballast.core.model.HostSetting.Hugepages;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The kernel's hugepages by size and NUMA node. */
final class HugepagePools {
  private static final String NODES = "/sys/devices/system/node";
  private static final String WHOLE = "/sys/kernel/mm/hugepages";
  private static final Pattern NODE = Pattern.compile("node(\\d{1,3})");
  private static final Pattern POOL = Pattern.compile("hugepages-(\\d{1,9})kB");

  private final KernelFiles files;

  HugepagePools(KernelFiles files) {
    this.files = files;
  }

  /** Every pool by its key; a host that shows no nodes has one, numbered 0. */
  SortedMap<String, HostSetting> read() {
    SortedMap<String, HostSetting> pools = new TreeMap<>();
    for (String name : files.list(NODES)) {
      Matcher node = NODE.matcher(name);
      if (node.matches()) {
        add(pools, NODES + "/" + name + "/hugepages", Integer.parseInt(node.group(1)));
      }
    }
    if (pools.isEmpty()) {
      add(pools, WHOLE, 0);
    }
    return pools;
  }

  private void add(SortedMap<String, HostSetting> pools, String directory, int node) {
    for (String name : files.list(directory)) {
      Matcher pool = POOL.matcher(name);
      OptionalLong count = files.readLong(directory + "/" + name + "/nr_hugepages");
      if (pool.matches() && count.isPresent()) {
        try {
          Hugepages pages =
              new Hugepages(Long.parseLong(pool.group(1)) << 10, node, count.getAsLong());
          pools.put(pages.key(), pages);
        } catch (IllegalArgumentException e) {
          // A size or number that no kernel has: nothing that could be set.
        }
      }
    }
  }

  String countFile(Hugepages pages) {
    return directory(pages) + "/nr_hugepages";
  }

  private String directory(Hugepages pages) {
    String pool = "/hugepages-" + (pages.pageSizeBytes() >> 10) + "kB";
    String node = NODES + "/node" + pages.node() + "/hugepages";
    return files.isDirectory(node) ? node + pool : WHOLE + pool;
  }

  /** Why the pool cannot become so large, or so small, from what it is. */
  Optional<String> illegal(Hugepages target, Hugepages now) {
    if (target.count() < now.count()) {
      long free = files.readLong(directory(now) + "/free_hugepages").orElse(0);
      long used = Math.max(0, now.count() - free);
      return target.count() >= used
          ? Optional.empty()
          : Optional.of(
              used
                  + " of "
                  + now.describe()
                  + " are in use: at least so many stay, or stop the guests that use them");
    }
    long moreBytes =
        Math.multiplyExact(target.count() - now.count(), target.pageSizeBytes())
            + NodeMemory.MARGIN_BYTES;
    long freeBytes = new NodeMemory(files).freeBytes(target.node());
    return target.count() == now.count() || moreBytes <= freeBytes
        ? Optional.empty()
        : Optional.of(
            "node "
                + target.node()
                + " has "
                + (freeBytes >> 20)
                + " MiB free, the pages and a margin take "
                + (moreBytes >> 20)
                + " MiB");
  }
}
