package dev.ballast.core.drift;

import dev.ballast.core.action.ObjectKey;
import dev.ballast.core.model.HostView;
import dev.ballast.core.model.ObservedSwitch;
import dev.ballast.core.model.Snapshot;
import dev.ballast.core.model.SwitchBridge;
import dev.ballast.core.model.SwitchPort;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Where a host's Open vSwitch differs from the networks: on bridges that Ballast made, every port
 * but guests' own; of other bridges only that they are there.
 */
final class SwitchDrift {
  private static final String ABSENT = "none";

  private final String cluster;
  private final HostView host;
  private final List<Drift> drifts;

  private SwitchDrift(String cluster, HostView host, List<Drift> drifts) {
    this.cluster = cluster;
    this.host = host;
    this.drifts = drifts;
  }

  static void add(Snapshot snapshot, HostView host, List<Drift> drifts) {
    host.ovs()
        .ifPresent(
            seen -> new SwitchDrift(snapshot.cluster(), host, drifts).compare(snapshot, seen));
  }

  private void compare(Snapshot snapshot, ObservedSwitch seen) {
    var wanted = DesiredSwitch.of(snapshot, snapshot.networks().values(), host.name());
    wanted.forEach(
        (name, target) -> {
          SwitchBridge found = seen.bridges().get(name);
          if (found == null) {
            drift("bridge " + name, "present", "missing");
          } else if (found.isOwnedBy(cluster)) {
            ports(name, target, found);
          }
        });
    for (SwitchBridge found : seen.bridges().values()) {
      if (found.isOwnedBy(cluster) && !wanted.containsKey(found.name())) {
        drift("bridge " + found.name(), ABSENT, "present, made by Ballast");
      }
    }
  }

  private void ports(String bridge, SwitchBridge target, SwitchBridge found) {
    SortedSet<String> names = new TreeSet<>(target.ports().keySet());
    names.addAll(found.ports().keySet());
    for (String name : names) {
      String expected = text(target.ports().get(name));
      String now = text(found.ports().get(name));
      if (!expected.equals(now)) {
        drift("bridge " + bridge + " port " + name, expected, now);
      }
    }
    SortedSet<String> keys = new TreeSet<>(target.settings().keySet());
    keys.addAll(found.settings().keySet());
    for (String key : keys) {
      String expected = target.settings().getOrDefault(key, ABSENT);
      String now = found.settings().getOrDefault(key, ABSENT);
      if (!expected.equals(now)) {
        drift("bridge " + bridge + " " + key, expected, now);
      }
    }
  }

  private static String text(@Nullable SwitchPort port) {
    return port == null ? ABSENT : port.describe();
  }

  private void drift(String field, String expected, String found) {
    drifts.add(new Drift(host.name(), ObjectKey.OVS, field, expected, found));
  }
}
