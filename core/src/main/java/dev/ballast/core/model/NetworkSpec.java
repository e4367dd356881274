package dev.ballast.core.model;

import java.util.Collections;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * A network as people specify it: an Open vSwitch bridge of one name on each of its hosts.
 *
 * @param hosts where it is; empty means on every host
 * @param uplinks network cards of the host that join the bridge
 * @param vlan the VLAN that VMs are in; absent for untagged frames
 * @param trunks the VLANs that uplinks carry; empty for all
 * @param override whether an operator's verb wrote it, and no file
 * @param options what it asks of its bridge besides
 */
public record NetworkSpec(
    NetworkName name,
    String bridge,
    SortedSet<HostName> hosts,
    SortedSet<String> uplinks,
    Optional<Integer> vlan,
    SortedSet<Integer> trunks,
    boolean override,
    SwitchOptions options) {
  /** The name of a network link: the kernel's IFNAMSIZ leaves 15 characters. */
  public static final Pattern LINK = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,14}");

  public static final int LOWEST_VLAN = 1;
  public static final int HIGHEST_VLAN = 4_094;

  /** A network that asks no more of its bridge. */
  public NetworkSpec(
      NetworkName name,
      String bridge,
      SortedSet<HostName> hosts,
      SortedSet<String> uplinks,
      Optional<Integer> vlan,
      SortedSet<Integer> trunks,
      boolean override) {
    this(name, bridge, hosts, uplinks, vlan, trunks, override, SwitchOptions.NONE);
  }

  public NetworkSpec {
    hosts = Collections.unmodifiableSortedSet(new TreeSet<>(hosts));
    uplinks = Collections.unmodifiableSortedSet(new TreeSet<>(uplinks));
    trunks = Collections.unmodifiableSortedSet(new TreeSet<>(trunks));
    link(bridge);
    uplinks.forEach(NetworkSpec::link);
    vlan.ifPresent(NetworkSpec::vlan);
    trunks.forEach(NetworkSpec::vlan);
    options.nativeVlan().ifPresent(NetworkSpec::vlan);
    if (options.patches().contains(bridge)) {
      throw new IllegalArgumentException("bridge '" + bridge + "' cannot be patched to itself");
    }
    if (uplinks.contains(bridge)) {
      throw new IllegalArgumentException("bridge '" + bridge + "' cannot be its own uplink");
    }
  }

  private static void link(String name) {
    if (!LINK.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "'" + name + "' is no link's name: letters, digits, '-', '_' and '.', at most 15");
    }
  }

  private static void vlan(int id) {
    if (id < LOWEST_VLAN || id > HIGHEST_VLAN) {
      throw new IllegalArgumentException(
          "VLAN " + id + " is not within " + LOWEST_VLAN + " and " + HIGHEST_VLAN);
    }
  }

  /** Whether the network is wanted on that host. */
  public boolean isOn(HostName host) {
    return hosts.isEmpty() || hosts.contains(host);
  }

  /** The same network on other hosts. */
  public NetworkSpec withHosts(SortedSet<HostName> newHosts) {
    return new NetworkSpec(name, bridge, newHosts, uplinks, vlan, trunks, override, options);
  }
}
