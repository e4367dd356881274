package dev.ballast.core.planning;

import dev.ballast.core.model.HostSetting;
import dev.ballast.core.model.HostSetting.PortForwards;
import dev.ballast.core.model.HostSetting.VirtualNetworks;
import dev.ballast.core.model.HostView;
import dev.ballast.core.model.LibvirtNetworkSpec;
import dev.ballast.core.model.LinkSetting.InFiles;
import dev.ballast.core.model.Snapshot;
import dev.ballast.core.model.Subnet;
import dev.ballast.core.model.VirtualNetwork;
import dev.ballast.core.plan.Decision;
import dev.ballast.core.plan.DesiredChange;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The steps that give each host the networks of libvirt and the port forwards that files declare,
 * besides those that verbs made. What a file declared and none does any more goes with pruning.
 */
final class LibvirtNetworkSteps {
  private final Snapshot snapshot;
  private final List<LibvirtNetworkSpec> declared;
  private final boolean prune;
  private final PlanDraft draft;

  LibvirtNetworkSteps(
      Snapshot snapshot, List<LibvirtNetworkSpec> declared, boolean prune, PlanDraft draft) {
    this.snapshot = snapshot;
    this.declared = declared;
    this.prune = prune;
    this.draft = draft;
  }

  void add() {
    snapshot.hosts().values().forEach(this::host);
  }

  private void host(HostView host) {
    SortedMap<String, VirtualNetwork> networks = new TreeMap<>();
    SortedMap<String, String> forwards = new TreeMap<>();
    SortedSet<String> masquerades = new TreeSet<>();
    for (LibvirtNetworkSpec spec : declared) {
      if (spec.isOn(host.name())) {
        networks.put(spec.name(), spec.network());
        forwards.putAll(spec.forwards());
        if (spec.masquerade()) {
          masquerades.add(spec.subnet());
        }
      }
    }
    SortedSet<String> ways = new TreeSet<>(forwards.keySet());
    ways.addAll(masquerades);
    InFiles former =
        snapshot.desiredSetting(host.name(), InFiles.KEY).orElse(null) instanceof InFiles found
            ? found
            : new InFiles(new TreeSet<>(), new TreeSet<>());
    InFiles now =
        prune
            ? new InFiles(new TreeSet<>(networks.keySet()), ways)
            : former.with(networks.keySet(), ways);
    if (now.isEmpty() && former.isEmpty()) {
      return;
    }
    SortedSet<String> gone = new TreeSet<>(former.networks());
    gone.removeAll(now.networks());
    SortedSet<String> closed = new TreeSet<>(former.forwards());
    closed.removeAll(now.forwards());
    PortForwards open = new PortForwards(forwards, masquerades, 0);
    boolean waits = !standing(host, networks, open);
    if (waits) {
      // The host checks a forward before anything is done: its network must stand by then.
      draft.decide(
          new Decision(
              "wait",
              Optional.empty(),
              "ports of " + host.name() + " lead into networks that this plan makes: apply again",
              "none",
              "none",
              List.of()));
      now = new InFiles(now.networks(), former.forwards());
    } else if (!ways.isEmpty() || !closed.isEmpty()) {
      merge(host, open, closed);
    }
    boolean stillOpen = gone.stream().anyMatch(name -> leadsInto(host, name, closed));
    if (stillOpen) {
      draft.decide(
          new Decision(
              "wait",
              Optional.empty(),
              "networks "
                  + gone
                  + " of "
                  + host.name()
                  + " go when no port leads there: apply again",
              "none",
              "none",
              List.of()));
      SortedSet<String> kept = new TreeSet<>(now.networks());
      kept.addAll(gone);
      now = new InFiles(kept, now.forwards());
      gone.clear();
    }
    if (!networks.isEmpty() || !gone.isEmpty()) {
      merge(host, new VirtualNetworks(networks), gone);
    }
    if (!now.equals(former)) {
      draft.change(
          now.isEmpty()
              ? new DesiredChange.RemoveHostSetting(host.name(), InFiles.KEY)
              : new DesiredChange.PutHostSetting(host.name(), now));
    }
  }

  private void merge(HostView host, HostSetting added, Set<String> removed) {
    if (!host.connected()) {
      draft.decide(
          new Decision(
              "wait",
              Optional.empty(),
              host.name() + " is not connected: its " + added.key() + " cannot be seen now",
              "none",
              "none",
              List.of()));
      return;
    }
    HostSettingPlanner.merge(snapshot, host, added, removed, draft);
  }

  /** Whether every network that a port leads into is there as it is to be. */
  private static boolean standing(
      HostView host, SortedMap<String, VirtualNetwork> wanted, PortForwards open) {
    SortedMap<String, VirtualNetwork> found = found(host);
    return wanted.entrySet().stream()
        .filter(entry -> isLedInto(entry.getValue(), open))
        .allMatch(entry -> entry.getValue().equals(found.get(entry.getKey())));
  }

  private static boolean isLedInto(VirtualNetwork network, PortForwards open) {
    Subnet subnet = Subnet.parse(network.address());
    return open.masquerades().contains(subnet.toString())
        || open.forwards().values().stream()
            .anyMatch(to -> subnet.contains(to.replaceFirst(":.*", "")));
  }

  /** Whether ports of the host lead into the network, as it is found. */
  private static boolean leadsInto(HostView host, String name, Set<String> closed) {
    VirtualNetwork network = found(host).get(name);
    return network != null
        && !closed.isEmpty()
        && host.settings().get(PortForwards.KEY) instanceof PortForwards open
        && isLedInto(network, open);
  }

  private static SortedMap<String, VirtualNetwork> found(HostView host) {
    return host.settings().get(VirtualNetworks.KEY) instanceof VirtualNetworks(var networks)
        ? networks
        : new TreeMap<>();
  }
}
