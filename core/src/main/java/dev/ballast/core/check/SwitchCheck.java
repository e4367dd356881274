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
        present.put(name, new SwitchBridge(name, found.owner(), found.ports(), new TreeMap<>()));
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
    for (SwitchPort port : target.ports().values()) {
      boolean own = port.name().equals(target.name());
      if (!own && !uplinks.containsKey(port.name()) && origin != Origin.ROLLBACK) {
        report(step, "gives bridge " + target.name() + " a port " + port.name() + " too many");
      }
      if (!own && (found == null || !found.ports().containsKey(port.name()))) {
        joins(step, port, seen);
      }
    }
  }

  private void joins(PlanStep step, SwitchPort port, ObservedSwitch seen) {
    boolean elsewhere =
        seen.bridges().values().stream()
            .anyMatch(
                b -> b.ports().containsKey(port.name()) || b.guests().containsKey(port.name()));
    boolean card = port.type().isEmpty();
    if (elsewhere || (card && !"".equals(seen.links().get(port.name())))) {
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
                action instanceof Final stop
                    && !(stop instanceof StartDomain)
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
