package dev.ballast.core.planning;

import dev.ballast.core.model.HostSetting;
import dev.ballast.core.model.HostSetting.OtherNetworks;
import dev.ballast.core.model.HostSetting.PortForwards;
import dev.ballast.core.model.HostSetting.VirtualNetworks;
import dev.ballast.core.model.HostView;
import dev.ballast.core.model.Subnet;
import dev.ballast.core.model.VirtualNetwork;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** Networks of libvirt and forwards into them: what stands against them on a host. */
final class NetworkSettings {
  private NetworkSettings() {}

  static List<String> problems(HostView host, VirtualNetworks target) {
    List<String> problems = new ArrayList<>();
    if (host.settings().get(OtherNetworks.KEY) instanceof OtherNetworks others) {
      for (String name : target.networks().keySet()) {
        if (others.networks().containsKey(name)) {
          problems.add(
              "has a network " + name + " of libvirt that Ballast did not make: name another");
        }
      }
    }
    List<Map.Entry<String, VirtualNetwork>> all = List.copyOf(target.networks().entrySet());
    for (int i = 0; i < all.size(); i++) {
      for (int j = i + 1; j < all.size(); j++) {
        if (overlap(all.get(i).getValue(), all.get(j).getValue())) {
          problems.add(
              "networks " + all.get(i).getKey() + " and " + all.get(j).getKey() + " overlap");
        }
      }
    }
    if (host.settings().get(PortForwards.KEY) instanceof PortForwards forwards) {
      problems.addAll(outside(target, forwards));
    }
    return problems;
  }

  private static boolean overlap(VirtualNetwork a, VirtualNetwork b) {
    Subnet one = Subnet.parse(a.address());
    Subnet other = Subnet.parse(b.address());
    return one.contains(address(b)) || other.contains(address(a));
  }

  private static String address(VirtualNetwork network) {
    return network.address().substring(0, network.address().indexOf('/'));
  }

  static List<String> problems(HostView host, PortForwards target) {
    if (host.settings().get(PortForwards.KEY) instanceof PortForwards found
        && found.foreignRules() > 0) {
      return List.of(
          "its table 'inet ballast' was changed by hand, which Ballast could not put back: remove"
              + " it ('nft delete table inet ballast')");
    }
    return host.settings().get(VirtualNetworks.KEY) instanceof VirtualNetworks networks
        ? outside(networks, target)
        : List.of("has no libvirt whose networks could be forwarded into");
  }

  /** Forwards lead only into networks whose rules are Ballast's own. */
  private static List<String> outside(VirtualNetworks networks, PortForwards forwards) {
    List<Subnet> open =
        networks.networks().values().stream()
            .filter(network -> network.mode().equals(VirtualNetwork.OPEN))
            .map(network -> Subnet.parse(network.address()))
            .toList();
    List<String> problems = new ArrayList<>();
    forwards
        .forwards()
        .forEach(
            (from, to) -> {
              String address = to.substring(0, to.indexOf(':'));
              if (open.stream().noneMatch(subnet -> subnet.contains(address))) {
                problems.add(
                    "would forward "
                        + from
                        + " to "
                        + to
                        + ", which is in no open network of Ballast's: make one ('ballast"
                        + " libvirt-network set NAME --mode open')");
              }
            });
    for (String subnet : forwards.masquerades()) {
      if (!open.contains(Subnet.parse(subnet))) {
        problems.add("would masquerade " + subnet + ", which is no open network of Ballast's");
      }
    }
    return problems;
  }

  /** The base with what is added and without what is removed. */
  static HostSetting merged(HostSetting base, HostSetting added, Set<String> removed) {
    if (base instanceof VirtualNetworks old && added instanceof VirtualNetworks fresh) {
      SortedMap<String, VirtualNetwork> networks = new TreeMap<>();
      old.networks().forEach((name, network) -> networks.put(name, network.running()));
      require(networks.keySet().containsAll(removed), "network", removed);
      networks.keySet().removeAll(removed);
      networks.putAll(fresh.networks());
      return new VirtualNetworks(networks);
    }
    if (base instanceof PortForwards old && added instanceof PortForwards fresh) {
      SortedMap<String, String> forwards = new TreeMap<>(old.forwards());
      SortedSet<String> masquerades = new TreeSet<>(old.masquerades());
      require(
          removed.stream().allMatch(n -> forwards.containsKey(n) || masquerades.contains(n)),
          "forward",
          removed);
      forwards.keySet().removeAll(removed);
      masquerades.removeAll(removed);
      forwards.putAll(fresh.forwards());
      masquerades.addAll(fresh.masquerades());
      return new PortForwards(forwards, masquerades, 0);
    }
    return added;
  }

  private static void require(boolean known, String what, Set<String> removed) {
    if (!known) {
      throw new IllegalArgumentException("has no " + what + " of all of " + removed);
    }
  }
}
