package dev.ballast.core.check;

import dev.ballast.core.action.Expectation;
import dev.ballast.core.action.Expectation.SwitchRecord;
import dev.ballast.core.action.Final;
import dev.ballast.core.action.Final.StartDomain;
import dev.ballast.core.action.Reversible.SetSwitch;
import dev.ballast.core.check.Violation.Rule;
import dev.ballast.core.model.HostView;
import dev.ballast.core.model.Identity;
import dev.ballast.core.model.NetworkSpec;
import dev.ballast.core.model.NicSpec;
import dev.ballast.core.model.ObservedSwitch;
import dev.ballast.core.model.Snapshot;
import dev.ballast.core.model.SwitchBridge;
import dev.ballast.core.model.SwitchOptions;
import dev.ballast.core.model.SwitchPort;
import dev.ballast.core.model.VmName;
import dev.ballast.core.plan.Origin;
import dev.ballast.core.plan.PlanStep;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The bridges that a plan makes and removes, and the VMs that need them. */
final class SwitchCheck {
  private final Snapshot snapshot;
  private final PlanChecker.Wanted wanted;
  private final Origin origin;
  private final Order order;
  private final List<Violation> violations;

  SwitchCheck(
      Snapshot snapshot,
      PlanChecker.Wanted wanted,
      Origin origin,
      Order order,
      List<Violation> violations) {
    this.snapshot = snapshot;
    this.wanted = wanted;
    this.origin = origin;
    this.order = order;
    this.violations = violations;
  }

  void run() {
    for (PlanStep step : order.steps()) {
      HostView host = snapshot.hosts().get(step.host());
      if (host == null) {
        continue;
      }
      if (step.planned().action() instanceof SetSwitch change) {
        change(step, host, change);
      } else if (step.planned().action() instanceof StartDomain(VmName vm)) {
        attaches(step, host, vm);
      }
    }
  }

  private void change(PlanStep step, HostView host, SetSwitch change) {
    if (host.ovs().isEmpty()) {
      report(step, host.name() + " has no Open vSwitch");
      return;
    }
    ObservedSwitch seen = host.ovs().get();
    expects(step, change, seen);
    change.bridges().values().forEach(target -> target(step, host, target, seen));
    for (String name : change.removed()) {
      if (networksOn(host, name).findAny().isPresent()) {
        report(step, "removes bridge " + name + ", which a network needs");
      }
      SwitchBridge found = seen.bridges().get(name);
      if (found != null) {
        removal(step, found);
      }
    }
  }

  private void expects(PlanStep step, SetSwitch change, ObservedSwitch seen) {
    SortedMap<String, SwitchBridge> present = new TreeMap<>();
    SortedSet<String> absent = new TreeSet<>();
    for (String name : change.names()) {
      SwitchBridge found = seen.bridges().get(name);
      if (found == null) {
        absent.add(name);
      } else {
        present.put(
            name,
            new SwitchBridge(
                name, found.owner(), found.ports(), new TreeMap<>(), found.settings()));
      }
    }
    Expectation expectation = step.planned().expectation();
    if (!(expectation instanceof SwitchRecord record)
        || !record.present().equals(present)
        || !record.absent().equals(absent)) {
      violations.add(
          new Violation(
              Rule.EXPECTATION, step.number(), "does not expect the bridges as they are"));
    }
  }

  private Stream<NetworkSpec> networksOn(HostView host, String bridge) {
    return wanted.networks().values().stream()
        .filter(network -> network.bridge().equals(bridge))
        .filter(network -> network.hosts().isEmpty() || network.hosts().contains(host.name()));
  }

  private void target(PlanStep step, HostView host, SwitchBridge target, ObservedSwitch seen) {
    SwitchBridge found = seen.bridges().get(target.name());
    if (found != null && !found.owner().equals(Optional.of(snapshot.cluster()))) {
      report(step, "changes bridge " + target.name() + ", which belongs to another owner");
    }
    SortedMap<String, SortedSet<Integer>> uplinks = new TreeMap<>();
    networksOn(host, target.name())
        .forEach(network -> network.uplinks().forEach(up -> uplinks.put(up, network.trunks())));
    if (networksOn(host, target.name()).findAny().isEmpty()) {
      report(step, "makes bridge " + target.name() + ", which no network needs");
    }
    uplinks.forEach(
        (name, trunks) -> {
          SwitchPort port = target.ports().get(name);
          if (port == null || !port.type().isEmpty() || !port.trunks().equals(trunks)) {
            report(step, "bridge " + target.name() + " lacks the uplink " + name + " as specified");
          }
        });
    settings(step, host, target, found);
    for (SwitchPort port : target.ports().values()) {
      boolean own = port.name().equals(target.name()) || isAsked(host, target, port);
      if (!own && !uplinks.containsKey(port.name()) && origin != Origin.ROLLBACK) {
        report(step, "gives bridge " + target.name() + " a port " + port.name() + " too many");
      }
      if (!port.name().equals(target.name())) {
        SwitchPort former = found == null ? null : found.ports().get(port.name());
        if (former == null) {
          joins(step, target.name(), port, seen);
        }
        cards(step, target.name(), port, found, seen);
      }
    }
  }

  /** A bridge is given what networks ask for, and nothing that cuts off what they need. */
  private void settings(
      PlanStep step, HostView host, SwitchBridge target, @Nullable SwitchBridge found) {
    if (origin == Origin.ROLLBACK) {
      return;
    }
    List<SwitchOptions> options =
        networksOn(host, target.name()).map(network -> network.options()).toList();
    for (String key : target.settings().keySet()) {
      boolean asked =
          switch (key) {
            case "fail_mode" -> options.stream().anyMatch(o -> !o.failMode().isEmpty());
            case "stp_enable" -> options.stream().anyMatch(o -> o.stp());
            case "rstp_enable" -> options.stream().anyMatch(o -> o.rstp());
            case "datapath_type" ->
                found != null || options.stream().anyMatch(o -> !o.datapath().isEmpty());
            default ->
                key.startsWith("sflow.")
                    ? options.stream().anyMatch(o -> o.sflow().isPresent())
                    : options.stream()
                        .flatMap(o -> o.mirrors().keySet().stream())
                        .anyMatch(name -> key.startsWith("mirror." + name + "."));
          };
      if (!asked) {
        report(step, "gives bridge " + target.name() + " " + key + ", which no network asks for");
      }
    }
  }

  /** Whether a network asks for a port that is no uplink of its own. */
  private boolean isAsked(HostView host, SwitchBridge target, SwitchPort port) {
    return switch (port.type()) {
      case SwitchPort.BOND ->
          networksOn(host, target.name())
              .flatMap(network -> network.options().bond().stream())
              .anyMatch(
                  bond -> bond.name().equals(port.name()) && bond.members().equals(port.cards()));
      case SwitchPort.VXLAN ->
          "true".equals(port.settings().get("protected"))
              && networksOn(host, target.name())
                  .flatMap(network -> network.options().vxlan().stream())
                  .anyMatch(
                      vxlan ->
                          Integer.toString(vxlan.vni()).equals(port.settings().get("options.key")));
      case SwitchPort.PATCH ->
          wanted.networks().values().stream()
              .anyMatch(
                  network ->
                      network.options().patches().contains(target.name())
                          || (network.bridge().equals(target.name())
                              && !network.options().patches().isEmpty()));
      default -> false;
    };
  }

  private void cards(
      PlanStep step,
      String bridge,
      SwitchPort port,
      @Nullable SwitchBridge found,
      ObservedSwitch seen) {
    SortedSet<String> former = new TreeSet<>();
    if (found != null) {
      found.ports().values().forEach(own -> former.addAll(own.cards()));
    }
    for (String card : port.cards()) {
      if (!former.contains(card) && !"".equals(seen.links().get(card))) {
        report(step, card + " is no free link of the host, and joins bridge " + bridge);
      }
    }
  }

  private void joins(PlanStep step, String bridge, SwitchPort port, ObservedSwitch seen) {
    boolean elsewhere =
        seen.bridges().values().stream()
            .filter(other -> !other.name().equals(bridge))
            .anyMatch(
                b -> b.ports().containsKey(port.name()) || b.guests().containsKey(port.name()));
    if (elsewhere) {
      report(step, port.name() + " is no free link of the host");
    }
  }

  private void removal(PlanStep step, SwitchBridge found) {
    if (!found.owner().equals(Optional.of(snapshot.cluster()))) {
      report(step, "removes bridge " + found.name() + ", which belongs to another owner");
    }
    found
        .guests()
        .forEach(
            (port, uuid) -> {
              if (!stoppedBefore(step, uuid)) {
                report(step, "removes bridge " + found.name() + " from under the guest of " + port);
              }
            });
  }

  private boolean stoppedBefore(PlanStep step, String domainUuid) {
    return order.steps().stream()
        .filter(earlier -> order.isAfter(step.number(), earlier.number()))
        .filter(earlier -> earlier.host().equals(step.host()))
        .map(earlier -> earlier.planned().action())
        .anyMatch(
            action ->
                action instanceof Final.OnDomain stop
                    && (stop instanceof Final.ShutdownDomain
                        || stop instanceof Final.DestroyDomain
                        || stop instanceof Final.MigrateDomain)
                    && Identity.domainUuid(snapshot.cluster(), stop.vm())
                        .toString()
                        .equals(domainUuid));
  }

  private void attaches(PlanStep step, HostView host, VmName vm) {
    var spec = wanted.specs().get(vm);
    if (spec == null) {
      return;
    }
    for (NicSpec nic : spec.nics()) {
      if (nic.network().isEmpty()) {
        continue;
      }
      NetworkSpec network = wanted.networks().get(nic.network().get());
      if (network == null
          || !(network.hosts().isEmpty() || network.hosts().contains(host.name()))) {
        report(step, vm + " is in network " + nic.network().get() + ", which is not there");
      } else if (!isThere(step, host, network.bridge())) {
        report(step, vm + " starts before there is a bridge " + network.bridge());
      }
    }
  }

  private boolean isThere(PlanStep start, HostView host, String bridge) {
    if (host.ovs().filter(seen -> seen.bridges().containsKey(bridge)).isPresent()) {
      return true;
    }
    return order.steps().stream()
        .filter(earlier -> order.isAfter(start.number(), earlier.number()))
        .filter(earlier -> earlier.host().equals(host.name()))
        .anyMatch(
            earlier ->
                earlier.planned().action() instanceof SetSwitch change
                    && change.bridges().containsKey(bridge));
  }

  private void report(PlanStep step, String message) {
    violations.add(new Violation(Rule.NETWORK, step.number(), message));
  }
}
