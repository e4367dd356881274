package dev.ballast.core.drift;

import dev.ballast.core.model.HostName;
import dev.ballast.core.model.NetworkSpec;
import dev.ballast.core.model.SwitchBridge;
import dev.ballast.core.model.SwitchPort;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;

/** The bridges that networks ask for on a host; networks may share one. */
public final class DesiredSwitch {
  private DesiredSwitch() {}

  /** Whole targets by name, owned by the cluster. */
  public static SortedMap<String, SwitchBridge> of(
      String cluster, Collection<NetworkSpec> networks, HostName host) {
    SortedMap<String, SortedMap<String, SwitchPort>> ports = new TreeMap<>();
    for (NetworkSpec network : networks) {
      if (!network.isOn(host)) {
        continue;
      }
      SortedMap<String, SwitchPort> own =
          ports.computeIfAbsent(network.bridge(), bridge -> new TreeMap<>());
      own.put(network.bridge(), SwitchPort.local(network.bridge(), cluster));
      for (String uplink : network.uplinks()) {
        own.put(uplink, SwitchPort.uplink(uplink, network.trunks(), cluster));
      }
    }
    SortedMap<String, SwitchBridge> bridges = new TreeMap<>();
    ports.forEach(
        (name, own) ->
            bridges.put(name, new SwitchBridge(name, Optional.of(cluster), own, new TreeMap<>())));
    return bridges;
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
    for (String uplink : a.uplinks()) {
      if (b.uplinks().contains(uplink) && !a.bridge().equals(b.bridge())) {
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
    return Optional.empty();
  }

  private static boolean meet(SortedSet<HostName> a, SortedSet<HostName> b) {
    return a.isEmpty() || b.isEmpty() || a.stream().anyMatch(host -> b.contains(host));
  }
}
