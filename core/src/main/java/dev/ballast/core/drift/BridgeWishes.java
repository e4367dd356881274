package dev.ballast.core.drift;

import dev.ballast.core.model.HostName;
import dev.ballast.core.model.HostView;
import dev.ballast.core.model.LinkName;
import dev.ballast.core.model.NetworkSpec;
import dev.ballast.core.model.SwitchOptions;
import dev.ballast.core.model.SwitchOptions.Bond;
import dev.ballast.core.model.SwitchOptions.Mirror;
import dev.ballast.core.model.SwitchOptions.PortRate;
import dev.ballast.core.model.SwitchOptions.Vxlan;
import dev.ballast.core.model.SwitchPort;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What one network asks of a bridge: ports and settings in Open vSwitch's own words. */
final class BridgeWishes {
  private static final String NATIVE_UNTAGGED = "native-untagged";

  /** Of the names of ports: what they are for. */
  private static final String PATCH_PREFIX = "pt";

  private static final String VXLAN_PREFIX = "vx";

  private static final Pattern URI_HOST =
      Pattern.compile("^[a-z+]+://(?:[^/@]*@)?(\\[[^\\]]+\\]|[^/:]+)");

  private final String cluster;
  private final NetworkSpec network;

  BridgeWishes(String cluster, NetworkSpec network) {
    this.cluster = cluster;
    this.network = network;
  }

  /** Ports of the bridge besides tunnels, by name, with the bridge's own. */
  SortedMap<String, SwitchPort> ports() {
    SortedMap<String, SwitchPort> ports = new TreeMap<>();
    ports.put(network.bridge(), SwitchPort.local(network.bridge(), cluster));
    for (String uplink : network.uplinks()) {
      ports.put(uplink, trunk(uplink, SwitchPort.NETWORK_CARD, new TreeMap<>()));
    }
    network.options().bond().ifPresent(bond -> ports.put(bond.name(), bond(bond)));
    for (String other : network.options().patches()) {
      SwitchPort patch = end(network.bridge(), other);
      ports.put(patch.name(), patch);
    }
    network
        .options()
        .rates()
        .forEach(
            (name, rate) ->
                ports.computeIfPresent(name, (same, port) -> port.withSettings(rated(port, rate))));
    return ports;
  }

  private SwitchPort trunk(String name, String type, SortedMap<String, String> settings) {
    Optional<Integer> tag = network.options().nativeVlan();
    return new SwitchPort(
        name,
        type,
        tag,
        network.trunks(),
        tag.isPresent() ? NATIVE_UNTAGGED : "",
        Optional.empty(),
        Optional.of(cluster),
        settings);
  }

  private SwitchPort bond(Bond bond) {
    SortedMap<String, String> settings = new TreeMap<>();
    settings.put(SwitchPort.MEMBERS, String.join(",", bond.members()));
    settings.put("bond_mode", bond.mode());
    if (!bond.lacp().equals("off")) {
      settings.put("lacp", bond.lacp());
    }
    return trunk(bond.name(), SwitchPort.BOND, settings);
  }

  /** The end of a patch that is on the one bridge and leads to the other. */
  SwitchPort end(String here, String there) {
    return new SwitchPort(
        LinkName.of(PATCH_PREFIX, here, there),
        SwitchPort.PATCH,
        Optional.empty(),
        new TreeSet<>(),
        "",
        Optional.of(LinkName.of(PATCH_PREFIX, there, here)),
        Optional.of(cluster));
  }

  private static SortedMap<String, String> rated(SwitchPort port, PortRate rate) {
    SortedMap<String, String> settings = new TreeMap<>(port.settings());
    if (rate.maxKilobitsPerSecond() > 0) {
      settings.put("qos.type", "linux-htb");
      settings.put("qos.max-rate", Long.toString(rate.maxKilobitsPerSecond() * 1_000));
    }
    if (rate.ingressKilobitsPerSecond() > 0) {
      settings.put("ingress_policing_rate", Long.toString(rate.ingressKilobitsPerSecond()));
    }
    if (rate.ingressBurstKilobits() > 0) {
      settings.put("ingress_policing_burst", Long.toString(rate.ingressBurstKilobits()));
    }
    return settings;
  }

  /** Tunnels to every other host of the network whose address is known. */
  SortedMap<String, SwitchPort> tunnels(HostName here, SortedMap<HostName, HostView> hosts) {
    SortedMap<String, SwitchPort> ports = new TreeMap<>();
    if (network.options().vxlan().isEmpty()) {
      return ports;
    }
    Vxlan vxlan = network.options().vxlan().get();
    for (HostName peer : members(hosts)) {
      Optional<String> address = address(vxlan, peer, hosts);
      if (!peer.equals(here) && address.isPresent()) {
        SwitchPort port = tunnel(vxlan, peer, address.get());
        ports.put(port.name(), port);
      }
    }
    return ports;
  }

  /** The hosts that the network is on. */
  SortedSet<HostName> members(SortedMap<HostName, HostView> hosts) {
    SortedSet<HostName> members = new TreeSet<>(hosts.keySet());
    members.removeIf(host -> !network.isOn(host));
    return members;
  }

  private SwitchPort tunnel(Vxlan vxlan, HostName peer, String address) {
    SortedMap<String, String> settings = new TreeMap<>();
    settings.put("options.remote_ip", address);
    settings.put("options.key", Integer.toString(vxlan.vni()));
    if (vxlan.port() != Vxlan.PORT) {
      settings.put("options.dst_port", Integer.toString(vxlan.port()));
    }
    // What comes out of one tunnel never goes into another: a full mesh would circle for ever.
    settings.put("protected", "true");
    return new SwitchPort(
        LinkName.of(VXLAN_PREFIX, network.bridge(), Integer.toString(vxlan.vni()), peer.value()),
        SwitchPort.VXLAN,
        Optional.empty(),
        new TreeSet<>(),
        "",
        Optional.empty(),
        Optional.of(cluster),
        settings);
  }

  /** Where the host is reached: as written, else where its libvirt is. */
  static Optional<String> address(Vxlan vxlan, HostName host, SortedMap<HostName, HostView> hosts) {
    String written = vxlan.addresses().get(host);
    if (written != null) {
      return Optional.of(written);
    }
    return Optional.ofNullable(hosts.get(host))
        .flatMap(view -> view.inventory().migrationUri())
        .flatMap(BridgeWishes::figures);
  }

  private static Optional<String> figures(String uri) {
    Matcher matcher = URI_HOST.matcher(uri);
    return matcher.find()
        ? Optional.of(matcher.group(1).replaceAll("[\\[\\]]", ""))
            .filter(text -> SwitchOptions.ADDRESS.matcher(text).matches())
        : Optional.empty();
  }

  /** Settings of the bridge itself, without its datapath. */
  SortedMap<String, String> settings() {
    SwitchOptions options = network.options();
    SortedMap<String, String> settings = new TreeMap<>();
    put(settings, "fail_mode", options.failMode());
    put(settings, "stp_enable", options.stp() ? "true" : "");
    put(settings, "rstp_enable", options.rstp() ? "true" : "");
    options.mirrors().forEach((name, mirror) -> mirror(settings, "mirror." + name + ".", mirror));
    options
        .sflow()
        .ifPresent(
            sflow -> {
              settings.put("sflow.targets", String.join(",", sflow.targets()));
              settings.put("sflow.agent", sflow.agent());
              settings.put("sflow.sampling", Integer.toString(sflow.sampling()));
              settings.put("sflow.polling", Integer.toString(sflow.pollingSeconds()));
            });
    return settings;
  }

  private static void mirror(SortedMap<String, String> settings, String key, Mirror mirror) {
    if (mirror.from().isEmpty()) {
      settings.put(key + "select_all", "true");
    } else {
      settings.put(key + "select_src_port", String.join(",", mirror.from()));
      settings.put(key + "select_dst_port", String.join(",", mirror.from()));
    }
    mirror.toPort().ifPresent(port -> settings.put(key + "output_port", port));
    mirror.toVlan().ifPresent(id -> settings.put(key + "output_vlan", Integer.toString(id)));
  }

  private static void put(SortedMap<String, String> settings, String key, String value) {
    if (!value.isEmpty()) {
      settings.put(key, value);
    }
  }

  /** The network cards that it takes. */
  static SortedSet<String> cards(NetworkSpec network) {
    SortedSet<String> cards = new TreeSet<>(network.uplinks());
    network.options().bond().ifPresent(bond -> cards.addAll(bond.members()));
    return cards;
  }

  /** What stands against the network by itself and among the others of a host, for people. */
  static Optional<String> trouble(
      NetworkSpec network, Collection<NetworkSpec> all, SortedMap<HostName, HostView> hosts) {
    BridgeWishes wishes = new BridgeWishes("", network);
    Optional<String> unknown = unknownPort(network, all);
    if (unknown.isPresent()) {
      return unknown;
    }
    for (HostName host : wishes.members(hosts)) {
      if (network.options().vxlan().isPresent()
          && address(network.options().vxlan().get(), host, hosts).isEmpty()) {
        return Optional.of(
            "network "
                + network.name()
                + " knows no address of "
                + host
                + " for its tunnels: write it under 'vxlan.addresses'");
      }
      for (String other : network.options().patches()) {
        if (all.stream().noneMatch(n -> n.bridge().equals(other) && n.isOn(host))) {
          return Optional.of(
              "network "
                  + network.name()
                  + " is patched to bridge "
                  + other
                  + ", which no network has on "
                  + host
                  + ": add a network with that bridge");
        }
      }
    }
    return Optional.empty();
  }

  private static Optional<String> unknownPort(NetworkSpec network, Collection<NetworkSpec> all) {
    SortedSet<String> ports = new TreeSet<>();
    all.stream()
        .filter(other -> other.bridge().equals(network.bridge()))
        .forEach(other -> ports.addAll(new BridgeWishes("", other).ports().keySet()));
    for (Map.Entry<String, Mirror> entry : network.options().mirrors().entrySet()) {
      SortedSet<String> named = new TreeSet<>(entry.getValue().from());
      entry.getValue().toPort().ifPresent(port -> named.add(port));
      named.removeAll(ports);
      if (!named.isEmpty()) {
        return Optional.of(
            "network "
                + network.name()
                + ": mirror "
                + entry.getKey()
                + " names port "
                + named.iterator().next()
                + ", which bridge "
                + network.bridge()
                + " does not have: add it as uplink");
      }
    }
    SortedSet<String> own = new TreeSet<>(new BridgeWishes("", network).ports().keySet());
    return network.options().rates().keySet().stream()
        .filter(port -> !own.contains(port))
        .findFirst()
        .map(
            port ->
                "network "
                    + network.name()
                    + ": rate of port "
                    + port
                    + ", which is none of its uplinks, its bond or its bridge");
  }
}
