package dev.ballast.wire;

import dev.ballast.core.model.HostSetting;
import dev.ballast.core.model.VirtualNetwork;
import dev.ballast.v1.IpForwarding;
import dev.ballast.v1.OtherNetworks;
import dev.ballast.v1.PortForwards;
import dev.ballast.v1.VirtualNetworks;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/** Networks of libvirt, port forwards and forwarding, among the things of hosts. */
final class NetworkSettingCodec {
  private NetworkSettingCodec() {}

  static IpForwarding toProto(HostSetting.IpForwarding forwarding) {
    return IpForwarding.newBuilder().setIpv4(forwarding.ipv4()).setIpv6(forwarding.ipv6()).build();
  }

  static VirtualNetworks toProto(HostSetting.VirtualNetworks networks) {
    VirtualNetworks.Builder result = VirtualNetworks.newBuilder();
    networks.networks().forEach((name, network) -> result.putNetworks(name, toProto(network)));
    return result.build();
  }

  private static dev.ballast.v1.VirtualNetwork toProto(VirtualNetwork network) {
    return dev.ballast.v1.VirtualNetwork.newBuilder()
        .setMode(network.mode())
        .setBridge(network.bridge())
        .setAddress(network.address())
        .setRangeStart(network.rangeStart())
        .setRangeEnd(network.rangeEnd())
        .putAllLeases(network.leases())
        .setActive(network.active())
        .setAutostart(network.autostart())
        .setExtra(network.extra())
        .build();
  }

  static OtherNetworks toProto(HostSetting.OtherNetworks networks) {
    return OtherNetworks.newBuilder().putAllNetworks(networks.networks()).build();
  }

  static PortForwards toProto(HostSetting.PortForwards forwards) {
    return PortForwards.newBuilder()
        .putAllForwards(forwards.forwards())
        .addAllMasquerades(forwards.masquerades())
        .setForeignRules(forwards.foreignRules())
        .build();
  }

  static HostSetting.VirtualNetworks networks(VirtualNetworks p, At at) {
    SortedMap<String, VirtualNetwork> networks = new TreeMap<>();
    p.getNetworksMap()
        .forEach(
            (name, n) ->
                networks.put(
                    name,
                    new VirtualNetwork(
                        n.getMode(),
                        n.getBridge(),
                        n.getAddress(),
                        n.getRangeStart(),
                        n.getRangeEnd(),
                        new TreeMap<>(n.getLeasesMap()),
                        n.getActive(),
                        n.getAutostart(),
                        n.getExtra())));
    return at.make(() -> new HostSetting.VirtualNetworks(networks));
  }

  static HostSetting.PortForwards forwards(PortForwards p, At at) {
    return at.make(
        () ->
            new HostSetting.PortForwards(
                new TreeMap<>(p.getForwardsMap()),
                new TreeSet<>(p.getMasqueradesList()),
                at.natural(p.getForeignRules())));
  }
}
