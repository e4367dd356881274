package dev.ballast.core.drift;

import dev.ballast.core.model.HostName;
import dev.ballast.core.model.HostView;
import dev.ballast.core.model.NetworkSpec;
import dev.ballast.core.model.ObservedSwitch;
import dev.ballast.core.model.Snapshot;
import dev.ballast.core.model.SwitchBridge;
import dev.ballast.core.model.SwitchPort;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** The bridges that networks ask for on a host; networks may share one. */
public final class DesiredSwitch {
  /** The setting of a bridge that is only made with it. */
  public static final String DATAPATH = "datapath_type";

  private DesiredSwitch() {}

  /** Whole targets of a snapshot's host by name, owned by the cluster. */
  public static SortedMap<String, SwitchBridge> of(
      Snapshot snapshot, Collection<NetworkSpec> networks, HostName host) {
    SortedMap<String, Target> targets = new TreeMap<>();
    for (NetworkSpec network : networks) {
      if (network.isOn(host)) {
        BridgeWishes wishes = new BridgeWishes(snapshot.cluster(), network);
        Target target = targets.computeIfAbsent(network.bridge(), bridge -> new Target());
        target.ports.putAll(wishes.ports());
        target.ports.putAll(wishes.tunnels(host, snapshot.hosts()));
        target.settings.putAll(wishes.settings());
        if (!network.options().datapath().isEmpty()) {
          target.datapath = network.options().datapath();
        }
      }
    }
    otherEnds(snapshot.cluster(), networks, host, targets);
    Optional<ObservedSwitch> seen =
        Optional.ofNullable(snapshot.hosts().get(host)).flatMap(HostView::ovs);
    SortedMap<String, SwitchBridge> bridges = new TreeMap<>();
    targets.forEach(
        (name, target) -> {
          target.datapath(name, seen);
          bridges.put(
              name,
              new SwitchBridge(
                  name,
                  Optional.of(snapshot.cluster()),
                  target.ports,
                  new TreeMap<>(),
                  target.settings));
        });
    return bridges;
  }

  /** A patch stands on both bridges, whichever network asked for it. */
  private static void otherEnds(
      String cluster,
      Collection<NetworkSpec> networks,
      HostName host,
      SortedMap<String, Target> targets) {
    for (NetworkSpec network : networks) {
      if (network.isOn(host)) {
        for (String other : network.options().patches()) {
          SwitchPort end = new BridgeWishes(cluster, network).end(other, network.bridge());
          Optional.ofNullable(targets.get(other)).ifPresent(t -> t.ports.put(end.name(), end));
        }
      }
    }
  }

  /** A bridge that is put together. */
  private static final class Target {
    private final SortedMap<String, SwitchPort> ports = new TreeMap<>();
    private final SortedMap<String, String> settings = new TreeMap<>();
    private String datapath = "";

    /** Said only where it is not what the host has by itself; as found where nobody asks. */
    private void datapath(String name, Optional<ObservedSwitch> seen) {
      Optional<String> found =
          seen.flatMap(ovs -> Optional.ofNullable(ovs.bridges().get(name)))
              .map(bridge -> bridge.settings().getOrDefault(DATAPATH, ""));
      String own = seen.map(ObservedSwitch::datapath).orElse("");
      String wanted = datapath.equals(own) ? "" : datapath;
      if (datapath.isEmpty()) {
        wanted = found.orElse("");
      }
      if (!wanted.isEmpty()) {
        settings.put(DATAPATH, wanted);
      }
    }
  }

  /** The bridges of the networks and those that they are patched to. */
  public static SortedSet<String> bridges(NetworkSpec network) {
    SortedSet<String> bridges = new TreeSet<>(network.options().patches());
    bridges.add(network.bridge());
    return bridges;
  }

  /** What stands against networks on these hosts; each sentence names the network. */
  public static List<String> troubles(
      Collection<NetworkSpec> networks, SortedMap<HostName, HostView> hosts) {
    return networks.stream()
        .flatMap(network -> BridgeWishes.trouble(network, networks, hosts).stream())
        .toList();
  }

  /** Where two networks ask for what cannot be at once; each sentence names both. */
  public static List<String> contradictions(Collection<NetworkSpec> networks) {
    List<String> found = new ArrayList<>();
    List<NetworkSpec> all = List.copyOf(networks);
    for (int i = 0; i < all.size(); i++) {
      for (int j = i + 1; j < all.size(); j++) {
        contradiction(all.get(i), all.get(j)).ifPresent(found::add);
      }
    }
    return found;
  }

  /** Why the two networks cannot be at once, if they cannot. */
  public static Optional<String> contradiction(NetworkSpec a, NetworkSpec b) {
    if (!meet(a.hosts(), b.hosts())) {
      return Optional.empty();
    }
    if (a.uplinks().contains(b.bridge()) || b.uplinks().contains(a.bridge())) {
      return Optional.of(
          "networks " + a.name() + " and " + b.name() + " use a bridge of the one as uplink");
    }
    for (String uplink : BridgeWishes.cards(a)) {
      if (BridgeWishes.cards(b).contains(uplink) && !a.bridge().equals(b.bridge())) {
        return Optional.of(
            "networks "
                + a.name()
                + " and "
                + b.name()
                + " put uplink "
                + uplink
                + " on different bridges");
      }
      if (b.uplinks().contains(uplink) && !a.trunks().equals(b.trunks())) {
        return Optional.of(
            "networks "
                + a.name()
                + " and "
                + b.name()
                + " share bridge "
                + a.bridge()
                + " and give uplink "
                + uplink
                + " different trunks");
      }
    }
    return a.bridge().equals(b.bridge()) ? sharing(a, b) : Optional.empty();
  }

  private static Optional<String> sharing(NetworkSpec a, NetworkSpec b) {
    BridgeWishes first = new BridgeWishes("", a);
    BridgeWishes second = new BridgeWishes("", b);
    SortedMap<String, SwitchPort> ports = second.ports();
    SortedSet<String> differ = new TreeSet<>();
    first
        .ports()
        .forEach(
            (name, port) -> {
              if (ports.containsKey(name) && !port.equals(ports.get(name))) {
                differ.add("port " + name);
              }
            });
    SortedMap<String, String> settings = second.settings();
    first
        .settings()
        .forEach(
            (key, value) -> {
              if (settings.containsKey(key) && !value.equals(settings.get(key))) {
                differ.add(key);
              }
            });
    String one = a.options().datapath();
    String other = b.options().datapath();
    if (!one.isEmpty() && !other.isEmpty() && !one.equals(other)) {
      differ.add(DATAPATH);
    }
    return differ.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "networks "
                + a.name()
                + " and "
                + b.name()
                + " share bridge "
                + a.bridge()
                + " and differ in "
                + String.join(", ", differ));
  }

  private static boolean meet(SortedSet<HostName> a, SortedSet<HostName> b) {
    return a.isEmpty() || b.isEmpty() || a.stream().anyMatch(host -> b.contains(host));
  }
}
