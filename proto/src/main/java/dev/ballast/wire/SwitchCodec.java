package dev.ballast.wire;

import dev.ballast.core.action.Expectation;
import dev.ballast.core.action.Reversible;
import dev.ballast.core.model.HostName;
import dev.ballast.core.model.NetworkName;
import dev.ballast.core.model.NetworkSpec;
import dev.ballast.core.model.ObservedSwitch;
import dev.ballast.core.model.SwitchBridge;
import dev.ballast.core.model.SwitchOptions;
import dev.ballast.core.model.SwitchPort;
import dev.ballast.v1.SetSwitch;
import dev.ballast.v1.StoredNetwork;
import dev.ballast.v1.SwitchRecord;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** Bridges and networks. Every {@code fromProto} throws {@link WireException}. */
public final class SwitchCodec {
  private SwitchCodec() {}

  public static dev.ballast.v1.ObservedSwitch toProto(ObservedSwitch observed) {
    return dev.ballast.v1.ObservedSwitch.newBuilder()
        .addAllBridges(bridges(observed.bridges()))
        .putAllLinks(observed.links())
        .setDatapath(observed.datapath())
        .putAllNotes(observed.notes())
        .build();
  }

  public static ObservedSwitch fromProto(dev.ballast.v1.ObservedSwitch observed) {
    return observed(observed, new At("ObservedSwitch"));
  }

  static ObservedSwitch observed(dev.ballast.v1.ObservedSwitch p, At at) {
    return new ObservedSwitch(
        bridges("bridges", p.getBridgesList(), at),
        texts("links", p.getLinksMap(), at),
        at.shortText("datapath", p.getDatapath()),
        texts("notes", p.getNotesMap(), at));
  }

  private static List<dev.ballast.v1.SwitchBridge> bridges(
      SortedMap<String, SwitchBridge> bridges) {
    return bridges.values().stream().map(SwitchCodec::toProto).toList();
  }

  private static dev.ballast.v1.SwitchBridge toProto(SwitchBridge bridge) {
    dev.ballast.v1.SwitchBridge.Builder result =
        dev.ballast.v1.SwitchBridge.newBuilder()
            .setName(bridge.name())
            .addAllPorts(bridge.ports().values().stream().map(SwitchCodec::toProto).toList())
            .putAllGuests(bridge.guests())
            .putAllSettings(bridge.settings());
    bridge.owner().ifPresent(result::setOwner);
    return result.build();
  }

  private static SortedMap<String, SwitchBridge> bridges(
      String field, List<dev.ballast.v1.SwitchBridge> bridges, At at) {
    SortedMap<String, SwitchBridge> result = new TreeMap<>();
    at.list(field, bridges, WireLimits.LIST_ENTRIES, SwitchCodec::bridge)
        .forEach(bridge -> result.put(bridge.name(), bridge));
    return result;
  }

  private static SwitchBridge bridge(dev.ballast.v1.SwitchBridge p, At at) {
    SortedMap<String, SwitchPort> ports = new TreeMap<>();
    at.list("ports", p.getPortsList(), WireLimits.LIST_ENTRIES, SwitchCodec::port)
        .forEach(port -> ports.put(port.name(), port));
    return new SwitchBridge(
        at.shortText("name", p.getName()),
        p.hasOwner() ? Optional.of(at.shortText("owner", p.getOwner())) : Optional.empty(),
        ports,
        texts("guests", p.getGuestsMap(), at),
        texts("settings", p.getSettingsMap(), at));
  }

  private static dev.ballast.v1.SwitchPort toProto(SwitchPort port) {
    dev.ballast.v1.SwitchPort.Builder result =
        dev.ballast.v1.SwitchPort.newBuilder()
            .setName(port.name())
            .setType(port.type())
            .addAllTrunks(port.trunks())
            .setVlanMode(port.vlanMode())
            .putAllSettings(port.settings());
    port.tag().ifPresent(result::setTag);
    port.peer().ifPresent(result::setPeer);
    port.owner().ifPresent(result::setOwner);
    return result.build();
  }

  private static SwitchPort port(dev.ballast.v1.SwitchPort p, At at) {
    return new SwitchPort(
        at.shortText("name", p.getName()),
        at.shortText("type", p.getType()),
        p.hasTag() ? Optional.of(vlan("tag", p.getTag(), at)) : Optional.empty(),
        vlans("trunks", p.getTrunksList(), at),
        at.shortText("vlan_mode", p.getVlanMode()),
        p.hasPeer() ? Optional.of(at.shortText("peer", p.getPeer())) : Optional.empty(),
        p.hasOwner() ? Optional.of(at.shortText("owner", p.getOwner())) : Optional.empty(),
        texts("settings", p.getSettingsMap(), at));
  }

  // By hand, 0 and 4095 can be written into the database too: they are observed as they are.
  private static int vlan(String field, int id, At at) {
    return at.intWithin(field, id, 0, NetworkSpec.HIGHEST_VLAN + 1);
  }

  private static SortedSet<Integer> vlans(String field, List<Integer> ids, At at) {
    SortedSet<Integer> result = new TreeSet<>();
    ids.forEach(id -> result.add(vlan(field, id, at)));
    return result;
  }

  private static SortedMap<String, String> texts(String field, Map<String, String> map, At at) {
    if (map.size() > WireLimits.LIST_ENTRIES) {
      throw at.field(field).fault("has " + map.size() + " entries");
    }
    map.forEach(
        (key, value) -> {
          at.shortText(field, key);
          at.shortText(field, value);
        });
    return new TreeMap<>(map);
  }

  static SetSwitch toProto(Reversible.SetSwitch action) {
    return SetSwitch.newBuilder()
        .addAllBridges(bridges(action.bridges()))
        .addAllRemoved(action.removed())
        .build();
  }

  static Reversible.SetSwitch setSwitch(SetSwitch p, At at) {
    var targets = bridges("bridges", p.getBridgesList(), at);
    var removed = names("removed", p.getRemovedList(), at);
    return at.make(() -> new Reversible.SetSwitch(targets, removed));
  }

  private static SortedSet<String> names(String field, List<String> names, At at) {
    return new TreeSet<>(at.list(field, names, WireLimits.LIST_ENTRIES, (name, place) -> name));
  }

  static SwitchRecord toProto(Expectation.SwitchRecord record) {
    return SwitchRecord.newBuilder()
        .addAllPresent(bridges(record.present()))
        .addAllAbsent(record.absent())
        .build();
  }

  static Expectation.SwitchRecord record(SwitchRecord p, At at) {
    return new Expectation.SwitchRecord(
        bridges("present", p.getPresentList(), at), names("absent", p.getAbsentList(), at));
  }

  public static StoredNetwork toProto(NetworkSpec network) {
    StoredNetwork.Builder result =
        StoredNetwork.newBuilder()
            .setName(network.name().value())
            .setBridge(network.bridge())
            .addAllHosts(network.hosts().stream().map(HostName::value).toList())
            .addAllUplinks(network.uplinks())
            .addAllTrunks(network.trunks())
            .setOverride(network.override());
    network.vlan().ifPresent(result::setVlan);
    if (!network.options().equals(SwitchOptions.NONE)) {
      result.setOptions(SwitchOptionsCodec.toProto(network.options()));
    }
    return result.build();
  }

  public static NetworkSpec fromProto(StoredNetwork network) {
    At at = new At("StoredNetwork");
    at.refuseUnknown(network);
    return network(network, at);
  }

  static NetworkSpec network(StoredNetwork p, At at) {
    SortedSet<HostName> hosts = new TreeSet<>();
    p.getHostsList().forEach(host -> hosts.add(at.host("hosts", host)));
    return at.make(
        () ->
            new NetworkSpec(
                new NetworkName(p.getName()),
                p.getBridge(),
                hosts,
                new TreeSet<>(p.getUplinksList()),
                p.hasVlan() ? Optional.of(p.getVlan()) : Optional.empty(),
                new TreeSet<>(p.getTrunksList()),
                p.getOverride(),
                p.hasOptions()
                    ? SwitchOptionsCodec.fromProto(p.getOptions())
                    : SwitchOptions.NONE));
  }
}
