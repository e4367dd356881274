package dev.ballast.core.model;

import dev.ballast.core.topology.CpuSet;
import java.util.Collections;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * One thing of a host, besides KSM and switches, that actions set: how it is, or how it is to be.
 * The key tells which thing; what a host does not have, it has no setting of.
 */
public sealed interface HostSetting
    permits HostSetting.Hugepages,
        HostSetting.ReservedCpus,
        HostSetting.TimeSources,
        HostSetting.IpForwarding,
        HostSetting.VirtualNetworks,
        HostSetting.OtherNetworks,
        HostSetting.PortForwards,
        LinkSetting,
        StoredFile,
        Trash {
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

  /** Whether the kernel passes packets on between links. */
  record IpForwarding(boolean ipv4, boolean ipv6) implements HostSetting {
    public static final String KEY = "ip-forwarding";

    @Override
    public boolean survivesReboot() {
      return false;
    }

    @Override
    public String key() {
      return KEY;
    }

    @Override
    public String value() {
      return "IPv4 " + (ipv4 ? "on" : "off") + ", IPv6 " + (ipv6 ? "on" : "off");
    }
  }

  /**
   * The networks of libvirt that Ballast made on the host; those of others are not among them.
   *
   * @param networks by name
   */
  record VirtualNetworks(SortedMap<String, VirtualNetwork> networks) implements HostSetting {
    public static final String KEY = "libvirt-networks";

    /** At most so many on one host. */
    public static final int NETWORK_LIMIT = 256;

    /** What libvirt and the kernel take. */
    public static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,49}");

    public VirtualNetworks {
      networks = Collections.unmodifiableSortedMap(new TreeMap<>(networks));
      if (networks.size() > NETWORK_LIMIT) {
        throw new IllegalArgumentException(
            "at most " + NETWORK_LIMIT + " networks of libvirt, not " + networks.size());
      }
      for (String name : networks.keySet()) {
        if (!NAME.matcher(name).matches()) {
          throw new IllegalArgumentException("'" + name + "' is no name of a network of libvirt");
        }
      }
    }

    @Override
    public String key() {
      return KEY;
    }

    @Override
    public String value() {
      StringBuilder text = new StringBuilder();
      networks.forEach(
          (name, network) ->
              text.append(text.isEmpty() ? "" : "; ")
                  .append(name)
                  .append(": ")
                  .append(network.describe()));
      return text.isEmpty() ? "none" : text.toString();
    }
  }

  /**
   * The networks of libvirt that others made: told, never set.
   *
   * @param networks by name, each with what it is
   */
  record OtherNetworks(SortedMap<String, String> networks) implements HostSetting {
    public static final String KEY = "other-libvirt-networks";

    public OtherNetworks {
      networks = Collections.unmodifiableSortedMap(new TreeMap<>(networks));
    }

    @Override
    public String key() {
      return KEY;
    }

    @Override
    public String value() {
      StringBuilder text = new StringBuilder();
      networks.forEach(
          (name, what) ->
              text.append(text.isEmpty() ? "" : "; ").append(name).append(": ").append(what));
      return text.isEmpty() ? "none" : text.toString();
    }
  }

  /**
   * The whole table of nftables that is Ballast's own.
   *
   * @param forwards where connections to a port of the host go, by {@code tcp 8080} or {@code tcp
   *     192.0.2.1:8080}, each with the address and port within a network
   * @param masquerades subnets whose hosts reach others under the host's own address
   * @param foreignRules rules of the table that Ballast did not write, or lacks
   */
  record PortForwards(
      SortedMap<String, String> forwards, SortedSet<String> masquerades, int foreignRules)
      implements HostSetting {
    public static final String KEY = "port-forwards";

    /** At most so many of each on one host. */
    public static final int ENTRY_LIMIT = 1_024;

    private static final String IPV4 = "[0-9]{1,3}(?:\\.[0-9]{1,3}){3}";
    private static final String PORT = "[1-9][0-9]{0,4}";

    public static final Pattern FROM =
        Pattern.compile("(tcp|udp) (?:(" + IPV4 + "):)?(" + PORT + ")");
    public static final Pattern TO = Pattern.compile("(" + IPV4 + "):(" + PORT + ")");

    public PortForwards {
      forwards = Collections.unmodifiableSortedMap(new TreeMap<>(forwards));
      masquerades = Collections.unmodifiableSortedSet(new TreeSet<>(masquerades));
      if (forwards.size() > ENTRY_LIMIT || masquerades.size() > ENTRY_LIMIT) {
        throw new IllegalArgumentException("at most " + ENTRY_LIMIT + " port forwards on a host");
      }
      forwards.forEach(PortForwards::check);
      masquerades.forEach(Subnet::parse);
    }

    private static void check(String from, String to) {
      if (!FROM.matcher(from).matches()) {
        throw new IllegalArgumentException(
            "'" + from + "' is no port of a host: write 'tcp 8080' or 'udp 192.0.2.1:53'");
      }
      if (!TO.matcher(to).matches()) {
        throw new IllegalArgumentException("'" + to + "' is no target: write 192.0.2.7:80");
      }
    }

    @Override
    public boolean survivesReboot() {
      return false;
    }

    @Override
    public String key() {
      return KEY;
    }

    @Override
    public String value() {
      StringBuilder text = new StringBuilder();
      forwards.forEach(
          (from, to) ->
              text.append(text.isEmpty() ? "" : ", ").append(from).append(" to ").append(to));
      masquerades.forEach(
          subnet -> text.append(text.isEmpty() ? "" : ", ").append("masquerade ").append(subnet));
      if (foreignRules > 0) {
        text.append(text.isEmpty() ? "" : ", ").append(foreignRules).append(" rules changed");
      }
      return text.isEmpty() ? "none" : text.toString();
    }
  }
}
