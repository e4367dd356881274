package dev.ballast.core.planning;

import dev.ballast.core.action.Expectation.SwitchRecord;
import dev.ballast.core.action.LinkRules;
import dev.ballast.core.action.Reversible.SetSwitch;
import dev.ballast.core.drift.DesiredSwitch;
import dev.ballast.core.model.HostName;
import dev.ballast.core.model.HostView;
import dev.ballast.core.model.Identity;
import dev.ballast.core.model.NetworkName;
import dev.ballast.core.model.NetworkSpec;
import dev.ballast.core.model.ObservedSwitch;
import dev.ballast.core.model.Snapshot;
import dev.ballast.core.model.SwitchBridge;
import dev.ballast.core.model.SwitchPort;
import dev.ballast.core.model.VmName;
import dev.ballast.core.plan.Decision;
import dev.ballast.core.plan.DesiredChange;
import dev.ballast.core.planning.PlanDraft.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The steps that make each host's Open vSwitch what the networks say: at most one on a host. */
final class SwitchSteps {
  private final Snapshot snapshot;
  private final SortedMap<NetworkName, NetworkSpec> wanted;
  private final PlanDraft draft;
  private final SortedMap<HostName, Step> steps = new TreeMap<>();

  /** What can only be done once guests have left a bridge. */
  private final SortedMap<HostName, SetSwitch> late = new TreeMap<>();

  SwitchSteps(Snapshot snapshot, SortedMap<NetworkName, NetworkSpec> wanted, PlanDraft draft) {
    this.snapshot = snapshot;
    this.wanted = wanted;
    this.draft = draft;
  }

  /**
   * Remembers the networks that change, and adds the steps for the bridges.
   *
   * @param concerned networks that are declared anew or given up, whose bridges are to be looked at
   * @param leaving VMs that the plan removes: their ports do not hold a bridge
   */
  void add(Set<NetworkName> concerned, Set<VmName> leaving) {
    DesiredSwitch.contradictions(wanted.values()).forEach(text -> draft.problem("networks", text));
    DesiredSwitch.troubles(wanted.values(), snapshot.hosts())
        .forEach(text -> draft.problem("networks", text));
    SortedSet<String> bridges = new TreeSet<>();
    for (NetworkName name : concerned) {
      remember(name);
      bridges.addAll(bridgesOf(wanted, name));
      bridges.addAll(bridgesOf(snapshot.networks(), name));
    }
    for (HostView host : snapshot.hosts().values()) {
      host(host, bridges, leaving);
    }
  }

  private static Optional<String> bridgeOf(
      SortedMap<NetworkName, NetworkSpec> networks, NetworkName name) {
    return Optional.ofNullable(networks.get(name)).map(NetworkSpec::bridge);
  }

  /** The network's bridge and those that it is patched to. */
  private static Set<String> bridgesOf(
      SortedMap<NetworkName, NetworkSpec> networks, NetworkName name) {
    NetworkSpec network = networks.get(name);
    return network == null ? Set.of() : DesiredSwitch.bridges(network);
  }

  private void remember(NetworkName name) {
    NetworkSpec target = wanted.get(name);
    if (target == null) {
      draft.change(new DesiredChange.RemoveNetwork(name));
    } else if (!target.equals(snapshot.networks().get(name))) {
      draft.change(new DesiredChange.PutNetwork(target));
    }
  }

  private void host(HostView host, SortedSet<String> concerned, Set<VmName> leaving) {
    var targets = DesiredSwitch.of(snapshot, wanted.values(), host.name());
    var former = DesiredSwitch.of(snapshot, snapshot.networks().values(), host.name());
    if (concerned.stream().noneMatch(b -> targets.containsKey(b) || former.containsKey(b))) {
      return;
    }
    if (!host.connected()) {
      unreachable(host, concerned, targets, former);
      return;
    }
    if (host.ovs().isEmpty()) {
      draft.problem(host.name(), "has no Open vSwitch: install and start openvswitch-switch");
      return;
    }
    ObservedSwitch seen = host.ovs().get();
    SortedMap<String, SwitchBridge> changed = new TreeMap<>();
    SortedSet<String> removed = new TreeSet<>();
    for (String name : concerned) {
      SwitchBridge target = targets.get(name);
      SwitchBridge found = seen.bridges().get(name);
      if (target != null && differs(host, target, found, seen)) {
        changed.put(name, target);
      } else if (target == null && found != null && found.isOwnedBy(snapshot.cluster())) {
        removed.add(name);
      }
    }
    if (changed.isEmpty() && removed.isEmpty()) {
      return;
    }
    SetSwitch action = new SetSwitch(changed, removed);
    if (guestsLeave(host, seen, removed, leaving)) {
      late.put(host.name(), action);
    } else {
      step(host.name(), seen, action, List.of());
    }
  }

  private void unreachable(
      HostView host,
      SortedSet<String> concerned,
      SortedMap<String, SwitchBridge> targets,
      SortedMap<String, SwitchBridge> former) {
    boolean changes =
        concerned.stream()
            .anyMatch(
                name ->
                    !Optional.ofNullable(targets.get(name))
                        .equals(Optional.ofNullable(former.get(name))));
    if (changes) {
      draft.problem(host.name(), "is not connected, and a network on it changes: start its agent");
    }
  }

  /** Whether the bridge is to be made or changed; what stands against it is told. */
  private boolean differs(
      HostView host, SwitchBridge target, @Nullable SwitchBridge found, ObservedSwitch seen) {
    if (found == null) {
      if (seen.links().containsKey(target.name())) {
        draft.problem(
            host.name(),
            "has a link " + target.name() + " that is no bridge of Open vSwitch: name another");
      }
      target.ports().values().forEach(port -> joins(host, target, port, Set.of(), seen));
      return true;
    }
    if (!found.isOwnedBy(snapshot.cluster())) {
      shared(host, target, found);
      return false;
    }
    if (found.withoutGuests().equals(target)) {
      return false;
    }
    for (SwitchPort port : found.ports().values()) {
      if (!target.ports().containsKey(port.name()) && !SwitchRollback.canRestore(port)) {
        draft.problem(
            host.name(),
            "bridge "
                + found.name()
                + " has the port "
                + port.name()
                + " ("
                + port.describe()
                + "), which Ballast could not put back: remove it by hand");
      }
    }
    String datapath = found.settings().getOrDefault(DesiredSwitch.DATAPATH, seen.datapath());
    if (!target.settings().getOrDefault(DesiredSwitch.DATAPATH, seen.datapath()).equals(datapath)) {
      draft.problem(
          host.name(),
          "bridge "
              + found.name()
              + " has the datapath "
              + datapath
              + ", which does not change while it stands: remove the bridge first");
    }
    Set<String> own = new TreeSet<>();
    found.ports().values().forEach(port -> own.addAll(port.cards()));
    for (SwitchPort port : target.ports().values()) {
      if (!found.ports().containsKey(port.name())
          || !found.ports().get(port.name()).cards().equals(port.cards())) {
        joins(host, target, port, own, seen);
      }
    }
    return true;
  }

  /** A bridge of another owner is used as it is. */
  private void shared(HostView host, SwitchBridge target, SwitchBridge found) {
    for (String port : target.ports().keySet()) {
      if (!found.ports().containsKey(port)) {
        draft.problem(
            host.name(),
            "bridge "
                + target.name()
                + " belongs to another owner, so Ballast does not add the uplink "
                + port
                + ": add it by hand, or leave it out");
        return;
      }
    }
    decide(
        "bridge " + target.name() + " of " + host.name() + " belongs to another owner: used as is",
        "none",
        "VMs can attach to it");
  }

  /**
   * Whether a port may join the bridge.
   *
   * @param own network cards that the bridge has already
   */
  private void joins(
      HostView host, SwitchBridge target, SwitchPort port, Set<String> own, ObservedSwitch seen) {
    if (port.name().equals(target.name())) {
      return;
    }
    for (SwitchBridge other : seen.bridges().values()) {
      boolean elsewhere = !other.name().equals(target.name());
      if (elsewhere
          && (other.ports().containsKey(port.name()) || other.guests().containsKey(port.name()))) {
        String what = port.type().equals(SwitchPort.NETWORK_CARD) ? "uplink " : "port ";
        draft.problem(
            host.name(), what + port.name() + " is on bridge " + other.name() + " already");
        return;
      }
    }
    for (String card : port.cards()) {
      if (!own.contains(card)) {
        card(host, target.name(), card, seen);
      }
    }
  }

  private void card(HostView host, String bridge, String card, ObservedSwitch seen) {
    String held = seen.links().get(card);
    if (held == null) {
      draft.problem(host.name(), "has no network card " + card);
    } else if (LinkRules.owner(held).isPresent()) {
      draft.problem(host.name(), LinkRules.otherOwner(card, LinkRules.owner(held).get()));
    } else if (!held.isEmpty()) {
      draft.problem(
          host.name(),
          card
              + " "
              + held
              + ": moving it into bridge "
              + bridge
              + " would cut that off; Ballast refuses");
    }
  }

  /** Whether guests that the plan removes still hold a bridge; others are told as a problem. */
  private boolean guestsLeave(
      HostView host, ObservedSwitch seen, SortedSet<String> removed, Set<VmName> leaving) {
    boolean wait = false;
    for (String name : removed) {
      SwitchBridge bridge = seen.bridges().get(name);
      if (bridge == null) {
        continue;
      }
      for (SwitchPort port : bridge.ports().values()) {
        if (!port.owner().equals(Optional.of(snapshot.cluster()))) {
          draft.problem(
              host.name(),
              "bridge " + name + " has the port " + port.name() + " of another owner: remove it");
        }
      }
      for (Map.Entry<String, String> guest : bridge.guests().entrySet()) {
        if (leaving.stream().anyMatch(vm -> owns(vm, guest.getValue()))) {
          wait = true;
        } else {
          draft.problem(
              host.name(),
              "bridge " + name + " has the guest port " + guest.getKey() + ": shut the VM off");
        }
      }
    }
    return wait;
  }

  private boolean owns(VmName vm, String domainUuid) {
    return Identity.domainUuid(snapshot.cluster(), vm).toString().equals(domainUuid);
  }

  /** Adds what had to wait; the steps on each host's domains come before it. */
  void addLate(Function<HostName, List<Step>> before) {
    for (Map.Entry<HostName, SetSwitch> waiting : late.entrySet()) {
      HostView host = snapshot.hosts().get(waiting.getKey());
      if (host != null && host.ovs().isPresent()) {
        step(host.name(), host.ovs().get(), waiting.getValue(), before.apply(host.name()));
      }
    }
  }

  private void step(HostName host, ObservedSwitch seen, SetSwitch action, List<Step> after) {
    steps.put(host, draft.step(host, action, SwitchRecord.of(seen, action.names()), after));
    boolean repairs =
        DesiredSwitch.of(snapshot, snapshot.networks().values(), host)
            .entrySet()
            .containsAll(action.bridges().entrySet());
    decide(
        action.describe()
            + " on "
            + host
            + (repairs && action.removed().isEmpty() ? ": drift is repaired" : ""),
        action.removed().isEmpty() ? "none" : "links of these bridges",
        "networks as specified");
    HostView view = snapshot.hosts().get(host);
    if (view != null) {
      Announced.missing(view, action.bridges().values())
          .forEach(line -> decide("warning: " + line, "none", "none"));
    }
  }

  private void decide(String reason, String cost, String gain) {
    draft.decide(new Decision("operator", Optional.empty(), reason, cost, gain, List.of()));
  }

  /** The steps that a VM on the host, with NICs in these networks, has to wait for. */
  List<Step> before(HostName host, Set<NetworkName> networks) {
    List<Step> result = new ArrayList<>();
    SortedSet<String> bridges = new TreeSet<>();
    networks.forEach(name -> bridgeOf(wanted, name).ifPresent(bridge -> bridges.add(bridge)));
    Step step = steps.get(host);
    if (step != null
        && step.planned().action() instanceof SetSwitch action
        && action.bridges().keySet().stream().anyMatch(name -> bridges.contains(name))) {
      result.add(step);
    }
    SetSwitch waiting = late.get(host);
    if (waiting != null
        && waiting.bridges().keySet().stream().anyMatch(name -> bridges.contains(name))) {
      draft.problem(
          host, "bridges " + bridges + " and removed VMs wait for each other: apply in two goes");
    }
    return result;
  }
}
