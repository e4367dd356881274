package dev.ballast.core.placement;

import dev.ballast.core.model.HostSetting;
import dev.ballast.core.model.HostSetting.Hugepages;
import dev.ballast.core.model.HostView;
import dev.ballast.core.model.MemoryDemand;
import dev.ballast.core.model.VmSpec;
import dev.ballast.core.topology.HugepagePool;
import dev.ballast.core.topology.NumaNode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The hugepages of one host by size and NUMA node, and how many of them VMs have. The memory that
 * the pages take is no ordinary memory, whether they are free or not.
 */
final class Pages {
  private final Map<Pool, Long> total = new TreeMap<>();
  private final Map<Pool, Long> taken = new TreeMap<>();
  private final Map<Integer, Long> nodeBytes = new HashMap<>();
  private final long hostBytes;

  private record Pool(int node, long pageBytes) implements Comparable<Pool> {
    @Override
    public int compareTo(Pool other) {
      return node != other.node
          ? Integer.compare(node, other.node)
          : Long.compare(pageBytes, other.pageBytes);
    }
  }

  /**
   * What a VM takes of ordinary memory and of pages.
   *
   * @param bytes of ordinary memory, QEMU's own with it
   * @param pageBytes 0 where it has no pages
   */
  record Need(long bytes, long pageBytes, long pages) {
    /** Of a guest of that size, as the VM's specification wants it. */
    static Need of(VmSpec vm, long guestBytes) {
      long hostBytes = MemoryDemand.onHostBytes(guestBytes);
      if (vm.resources().hugepageBytes().isEmpty()) {
        return new Need(hostBytes, 0, 0);
      }
      long size = vm.resources().hugepageBytes().get();
      return new Need(hostBytes - guestBytes, size, Math.ceilDiv(guestBytes, size));
    }

    /** Of a guest in ordinary memory. */
    static Need ordinary(long guestBytes) {
      return new Need(MemoryDemand.onHostBytes(guestBytes), 0, 0);
    }

    /** The part of one of so many nodes. */
    Need part(int nodes) {
      return new Need(Math.ceilDiv(bytes, nodes), pageBytes, Math.ceilDiv(pages, nodes));
    }
  }

  /** What the agent saw last counts, else what the host had when the agent began. */
  Pages(HostView view) {
    for (NumaNode node : view.inventory().topology().numaNodes()) {
      for (HugepagePool pool : node.hugepages()) {
        total.put(new Pool(node.id(), pool.pageSizeBytes()), pool.totalPages());
      }
    }
    for (HostSetting setting : view.settings().values()) {
      if (setting instanceof Hugepages pages) {
        total.put(new Pool(pages.node(), pages.pageSizeBytes()), pages.count());
      }
    }
    total.forEach(
        (pool, count) -> nodeBytes.merge(pool.node(), pool.pageBytes() * count, Long::sum));
    hostBytes = nodeBytes.values().stream().mapToLong(Long::longValue).sum();
  }

  /** The memory that is kept for pages on the node. */
  long bytes(NumaNode node) {
    return nodeBytes.getOrDefault(node.id(), 0L);
  }

  /** The memory that is kept for pages on the host. */
  long bytes() {
    return hostBytes;
  }

  /** Whether the host's kernel has pages of that size, were it none at present. */
  boolean knows(long pageBytes) {
    return total.keySet().stream().anyMatch(pool -> pool.pageBytes() == pageBytes);
  }

  /** The sizes of pages that the host's kernel has. */
  SortedSet<Long> sizes() {
    SortedSet<Long> sizes = new TreeSet<>();
    total.keySet().forEach(pool -> sizes.add(pool.pageBytes()));
    return sizes;
  }

  long total(NumaNode node, long pageBytes) {
    return total.getOrDefault(new Pool(node.id(), pageBytes), 0L);
  }

  long free(NumaNode node, long pageBytes) {
    return total(node, pageBytes) - taken.getOrDefault(new Pool(node.id(), pageBytes), 0L);
  }

  /** A VM on these nodes, in equal parts, comes or leaves. */
  void count(Need need, List<NumaNode> nodes, int sign) {
    for (NumaNode node : nodes) {
      long pages = need.part(nodes.size()).pages();
      if (pages > 0) {
        taken.merge(new Pool(node.id(), need.pageBytes()), sign * pages, Long::sum);
      }
    }
  }

  /** How much of the host's pages of that size are taken, once so many more are. */
  long percent(long pageBytes, long more) {
    long all = 0;
    long used = more;
    for (Map.Entry<Pool, Long> pool : total.entrySet()) {
      if (pool.getKey().pageBytes() == pageBytes) {
        all += pool.getValue();
        used += taken.getOrDefault(pool.getKey(), 0L);
      }
    }
    return Math.ceilDiv(100 * used, Math.max(1, all));
  }
}
