package dev.ballast.core.model;

import dev.ballast.core.topology.CpuSet;
import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * One thing of a host, besides KSM and switches, that actions set: how it is, or how it is to be.
 * The key tells which thing; what a host does not have, it has no setting of.
 */
public sealed interface HostSetting {
  /** Which thing of the host; unique on it. */
  String key();

  /** How it is, for people. */
  String value();

  /** Whether the host keeps it over a reboot. */
  default boolean survivesReboot() {
    return true;
  }

  /** One line for people. */
  default String describe() {
    return key() + " " + value();
  }

  /**
   * Hugepages of one size on one NUMA node.
   *
   * @param count how many pages the kernel keeps, used or free
   */
  record Hugepages(long pageSizeBytes, int node, long count) implements HostSetting {
    /** At most so many pages of one size on one node. */
    public static final long COUNT_LIMIT = 1L << 32;

    private static final long SMALLEST_BYTES = 64L << 10;
    private static final long LARGEST_BYTES = 16L << 30;
    private static final int NODE_LIMIT = 1024;

    public Hugepages {
      if (pageSizeBytes < SMALLEST_BYTES
          || pageSizeBytes > LARGEST_BYTES
          || Long.bitCount(pageSizeBytes) != 1) {
        throw new IllegalArgumentException(
            "a hugepage has a power of two of bytes, 64 KiB to 16 GiB, not " + pageSizeBytes);
      }
      if (node < 0 || node >= NODE_LIMIT) {
        throw new IllegalArgumentException("NUMA node is 0-" + (NODE_LIMIT - 1) + ", not " + node);
      }
      if (count < 0 || count > COUNT_LIMIT) {
        throw new IllegalArgumentException("hugepages are 0-" + COUNT_LIMIT + ", not " + count);
      }
    }

    /** The key of the pages of that size on that node. */
    public static String key(long pageSizeBytes, int node) {
      return "hugepages-" + LimitText.bytes(pageSizeBytes) + "-node" + node;
    }

    /** The kernel makes them anew at each boot, as its command line says. */
    @Override
    public boolean survivesReboot() {
      return false;
    }

    @Override
    public String key() {
      return key(pageSizeBytes, node);
    }

    @Override
    public String value() {
      return Long.toString(count);
    }

    /** The memory that the pages take. */
    public long bytes() {
      return Math.multiplyExact(pageSizeBytes, count);
    }
  }

  /**
   * CPUs that no guest runs on: they are the host's and its daemons'.
   *
   * @param cpus empty when guests may run anywhere
   */
  record ReservedCpus(CpuSet cpus) implements HostSetting {
    public static final String KEY = "reserved-cpus";

    @Override
    public String key() {
      return KEY;
    }

    @Override
    public String value() {
      return cpus.isEmpty() ? "none" : cpus.toString();
    }
  }

  /**
   * The time servers that Ballast wrote down for the host's chrony, beside those that others did.
   *
   * @param servers names or addresses
   */
  record TimeSources(SortedSet<String> servers) implements HostSetting {
    public static final String KEY = "time-sources";

    /** At most so many servers. */
    public static final int SERVER_LIMIT = 16;

    private static final Pattern SERVER = Pattern.compile("[A-Za-z0-9][A-Za-z0-9.:_-]{0,252}");

    public TimeSources {
      servers = Collections.unmodifiableSortedSet(new TreeSet<>(servers));
      if (servers.size() > SERVER_LIMIT) {
        throw new IllegalArgumentException(
            "at most " + SERVER_LIMIT + " time servers, not " + servers.size());
      }
      for (String server : servers) {
        if (!SERVER.matcher(server).matches()) {
          throw new IllegalArgumentException(
              "a time server is a host name or an address, not '" + server + "'");
        }
      }
    }

    @Override
    public String key() {
      return KEY;
    }

    @Override
    public String value() {
      return servers.isEmpty() ? "none" : String.join(", ", servers);
    }
  }
}
