package dev.ballast.core.model;

import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * A network of libvirt on one host.
 *
 * @param mode {@code nat}, {@code route}, {@code open} (libvirt writes no rules: Ballast's own do)
 *     or {@code isolated}
 * @param bridge the link that guests' ports join
 * @param address the host's address on it, with the prefix
 * @param rangeStart the first address that is given out; empty for none
 * @param leases addresses that cards always get, by MAC
 * @param active whether it is started; what is to be always is
 * @param autostart whether it starts with libvirt; what is to be always does
 * @param extra parts of its definition that Ballast does not set; nothing in what is to be
 */
public record VirtualNetwork(
    String mode,
    String bridge,
    String address,
    String rangeStart,
    String rangeEnd,
    SortedMap<String, String> leases,
    boolean active,
    boolean autostart,
    String extra) {
  public static final List<String> MODES = List.of("nat", "route", "open", "isolated");
  public static final String OPEN = "open";

  /** At most so many fixed leases. */
  public static final int LEASE_LIMIT = 4_096;

  private static final Pattern MAC = Pattern.compile("[0-9a-f]{2}(:[0-9a-f]{2}){5}");

  /** Of names of bridges that Ballast chose. */
  private static final String PREFIX = "bv";

  public VirtualNetwork {
    leases = Collections.unmodifiableSortedMap(new TreeMap<>(leases));
  }

  /**
   * A network that is to be.
   *
   * @param name chooses the bridge
   * @throws IllegalArgumentException naming what cannot be
   */
  public static VirtualNetwork wanted(
      String name,
      String mode,
      String address,
      String rangeStart,
      String rangeEnd,
      SortedMap<String, String> leases) {
    if (!MODES.contains(mode)) {
      throw new IllegalArgumentException("a network is one of " + MODES + ", not '" + mode + "'");
    }
    Subnet subnet = Subnet.parse(address);
    if (rangeStart.isEmpty() != rangeEnd.isEmpty()) {
      throw new IllegalArgumentException("a range has a first and a last address");
    }
    if (leases.size() > LEASE_LIMIT) {
      throw new IllegalArgumentException("at most " + LEASE_LIMIT + " leases");
    }
    if (rangeStart.isEmpty() && !leases.isEmpty()) {
      throw new IllegalArgumentException("fixed leases need a range of addresses");
    }
    leases.forEach(
        (mac, ip) -> {
          if (!MAC.matcher(mac).matches()) {
            throw new IllegalArgumentException("'" + mac + "' is no MAC in lower case");
          }
          inside(subnet, ip);
        });
    if (!rangeStart.isEmpty()) {
      inside(subnet, rangeStart);
      inside(subnet, rangeEnd);
    }
    return new VirtualNetwork(
        mode, LinkName.of(PREFIX, name), address, rangeStart, rangeEnd, leases, true, true, "");
  }

  private static void inside(Subnet subnet, String address) {
    if (!subnet.contains(address)) {
      throw new IllegalArgumentException("'" + address + "' is not within " + subnet);
    }
  }

  /** The same network, whether it runs or not. */
  public VirtualNetwork running() {
    return new VirtualNetwork(
        mode, bridge, address, rangeStart, rangeEnd, leases, true, true, extra);
  }

  /** For people. */
  public String describe() {
    StringBuilder text = new StringBuilder(mode + " " + address + " on " + bridge);
    if (!rangeStart.isEmpty()) {
      text.append(", range ").append(rangeStart).append('-').append(rangeEnd);
    }
    leases.forEach((mac, ip) -> text.append(", ").append(mac).append('=').append(ip));
    text.append(active ? "" : ", not started").append(autostart ? "" : ", no autostart");
    return text + (extra.isEmpty() ? "" : ", with " + extra);
  }
}
