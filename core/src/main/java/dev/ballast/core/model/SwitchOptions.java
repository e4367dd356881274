package dev.ballast.core.model;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * What a network asks of its bridge besides uplinks and VLANs.
 *
 * @param nativeVlan the VLAN that uplinks carry untagged besides the tagged ones
 * @param bond network cards that join the bridge as one port
 * @param failMode {@code secure}, or empty for Open vSwitch's own ({@code standalone})
 * @param datapath {@code system} or {@code netdev}; empty for what the host has
 * @param patches bridges of other networks that this one is patched to
 * @param rates by the name of the port
 * @param mirrors by name
 */
public record SwitchOptions(
    Optional<Integer> nativeVlan,
    Optional<Bond> bond,
    String failMode,
    String datapath,
    boolean stp,
    boolean rstp,
    SortedSet<String> patches,
    Optional<Vxlan> vxlan,
    SortedMap<String, PortRate> rates,
    SortedMap<String, Mirror> mirrors,
    Optional<Sflow> sflow) {
  public static final SwitchOptions NONE =
      new SwitchOptions(
          Optional.empty(),
          Optional.empty(),
          "",
          "",
          false,
          false,
          new TreeSet<>(),
          Optional.empty(),
          new TreeMap<>(),
          new TreeMap<>(),
          Optional.empty());

  /** At most so many of anything that is listed. */
  public static final int ENTRY_LIMIT = 64;

  public static final String SECURE = "secure";
  public static final List<String> FAIL_MODES = List.of("standalone", SECURE);
  public static final List<String> DATAPATHS = List.of("system", "netdev");

  /** An address in figures: no name, for a tunnel must not wait for a resolver. */
  public static final Pattern ADDRESS =
      Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3}){3}|[0-9a-fA-F:]*:[0-9a-fA-F:.]*");

  public SwitchOptions {
    patches = Collections.unmodifiableSortedSet(new TreeSet<>(patches));
    rates = Collections.unmodifiableSortedMap(new TreeMap<>(rates));
    mirrors = Collections.unmodifiableSortedMap(new TreeMap<>(mirrors));
    failMode = failMode.equals("standalone") ? "" : failMode;
    require(failMode.isEmpty() || failMode.equals(SECURE), "fail mode '" + failMode + "'");
    require(datapath.isEmpty() || DATAPATHS.contains(datapath), "datapath '" + datapath + "'");
    require(!(stp && rstp), "both STP and RSTP");
    require(
        patches.size() <= ENTRY_LIMIT
            && rates.size() <= ENTRY_LIMIT
            && mirrors.size() <= ENTRY_LIMIT,
        "more than " + ENTRY_LIMIT + " patches, rates or mirrors");
    patches.forEach(SwitchOptions::link);
    rates.keySet().forEach(SwitchOptions::link);
    mirrors.keySet().forEach(SwitchOptions::link);
  }

  private static void require(boolean holds, String what) {
    if (!holds) {
      throw new IllegalArgumentException("a bridge cannot have " + what);
    }
  }

  private static void link(String name) {
    require(NetworkSpec.LINK.matcher(name).matches(), "'" + name + "': no link's name");
  }

  private static void address(String address) {
    require(ADDRESS.matcher(address).matches(), "the address '" + address + "'");
  }

  /**
   * Network cards as one port.
   *
   * @param mode how frames are spread; one of {@link #MODES}
   * @param lacp {@code off}, {@code active} or {@code passive}
   */
  public record Bond(String name, SortedSet<String> members, String mode, String lacp) {
    public static final List<String> MODES = List.of("active-backup", "balance-slb", "balance-tcp");
    public static final List<String> LACP = List.of("off", "active", "passive");

    public Bond {
      members = Collections.unmodifiableSortedSet(new TreeSet<>(members));
      link(name);
      members.forEach(SwitchOptions::link);
      require(members.size() >= 2 && members.size() <= ENTRY_LIMIT, "a bond of " + members.size());
      require(!members.contains(name), "a bond named as a member");
      require(MODES.contains(mode), "the bond mode '" + mode + "'");
      require(LACP.contains(lacp), "LACP '" + lacp + "'");
      require(!mode.equals("balance-tcp") || !lacp.equals("off"), "balance-tcp without LACP");
    }
  }

  /**
   * Tunnels from each of the network's hosts to each other one.
   *
   * @param vni the number of the virtual network
   * @param port the UDP port
   * @param addresses where each host is reached; a host that is missing is reached where its
   *     libvirt is
   */
  public record Vxlan(int vni, int port, SortedMap<HostName, String> addresses) {
    public static final int HIGHEST_VNI = (1 << 24) - 1;
    public static final int PORT = 4_789;
    public static final int HIGHEST_PORT = 65_535;

    public Vxlan {
      addresses = Collections.unmodifiableSortedMap(new TreeMap<>(addresses));
      addresses.values().forEach(SwitchOptions::address);
      require(vni >= 0 && vni <= HIGHEST_VNI, "the VNI " + vni);
      require(port > 0 && port <= HIGHEST_PORT, "the UDP port " + port);
    }
  }

  /**
   * How much a port may carry; 0 for as much as it can.
   *
   * @param maxKilobitsPerSecond out of the port, by a queue of type {@code linux-htb}
   * @param ingressKilobitsPerSecond into the port; what is more is dropped
   * @param ingressBurstKilobits 0 for Open vSwitch's own
   */
  public record PortRate(
      long maxKilobitsPerSecond, long ingressKilobitsPerSecond, long ingressBurstKilobits) {
    public static final long LIMIT = 1_000_000_000_000L;

    public PortRate {
      for (long rate :
          new long[] {maxKilobitsPerSecond, ingressKilobitsPerSecond, ingressBurstKilobits}) {
        require(rate >= 0 && rate <= LIMIT, "the rate " + rate);
      }
      require(ingressBurstKilobits == 0 || ingressKilobitsPerSecond > 0, "a burst without a rate");
    }
  }

  /**
   * A copy of frames.
   *
   * @param from ports whose frames are copied, in and out; empty for all of the bridge
   * @param toPort where copies go; else to {@code toVlan}
   */
  public record Mirror(SortedSet<String> from, Optional<String> toPort, Optional<Integer> toVlan) {
    public Mirror {
      from = Collections.unmodifiableSortedSet(new TreeSet<>(from));
      from.forEach(SwitchOptions::link);
      toPort.ifPresent(SwitchOptions::link);
      require(from.size() <= ENTRY_LIMIT, "a mirror of " + from.size() + " ports");
      require(toPort.isPresent() != toVlan.isPresent(), "a mirror to none or two places");
      toVlan.ifPresent(
          id ->
              require(
                  id >= NetworkSpec.LOWEST_VLAN && id <= NetworkSpec.HIGHEST_VLAN, "VLAN " + id));
    }
  }

  /**
   * Samples of flows for a collector.
   *
   * @param targets address:port
   * @param agent the link whose address the samples bear
   * @param sampling one frame of so many
   * @param pollingSeconds between two reports of counters
   */
  public record Sflow(SortedSet<String> targets, String agent, int sampling, int pollingSeconds) {
    private static final Pattern TARGET = Pattern.compile("[0-9a-zA-Z.:\\[\\]-]{1,120}:[0-9]{1,5}");
    private static final int LIMIT = 1_000_000_000;

    public Sflow {
      targets = Collections.unmodifiableSortedSet(new TreeSet<>(targets));
      require(
          !targets.isEmpty() && targets.size() <= ENTRY_LIMIT,
          "sFlow to " + targets.size() + " collectors");
      for (String target : targets) {
        require(TARGET.matcher(target).matches(), "the collector '" + target + "'");
      }
      link(agent);
      require(sampling > 0 && sampling <= LIMIT, "a sampling of " + sampling);
      require(pollingSeconds >= 0 && pollingSeconds <= LIMIT, "a polling of " + pollingSeconds);
    }
  }
}
