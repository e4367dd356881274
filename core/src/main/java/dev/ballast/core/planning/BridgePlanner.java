package dev.ballast.core.planning;

import dev.ballast.core.model.HostName;
import dev.ballast.core.model.NetworkName;
import dev.ballast.core.model.NetworkSpec;
import dev.ballast.core.model.Snapshot;
import dev.ballast.core.plan.Origin;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** Plans networks that an operator's verb adds or removes. Pure. */
public final class BridgePlanner {
  /** Plans a network, or another shape of one that a verb made before. */
  public PlanResult add(Snapshot snapshot, NetworkSpec network) {
    PlanDraft draft = new PlanDraft(snapshot);
    NetworkSpec former = snapshot.networks().get(network.name());
    if (former != null && !former.override()) {
      draft.problem(
          network.name(), "is specified in a file: change it there and apply, or name another");
    }
    knownHosts(snapshot, network.hosts(), draft);
    SortedMap<NetworkName, NetworkSpec> wanted = new TreeMap<>(snapshot.networks());
    wanted.put(network.name(), network);
    NetworkUsers.check(snapshot, snapshot.specs(), snapshot.assignments(), wanted, draft);
    if (!draft.hasProblems()) {
      new SwitchSteps(snapshot, wanted, draft).add(Set.of(network.name()), Set.of());
    }
    return draft.finish("bridge " + network.bridge() + " on " + on(network), Origin.OPERATOR);
  }

  /**
   * Plans that a network ends on hosts.
   *
   * @param hosts empty for all of its hosts
   */
  public PlanResult remove(Snapshot snapshot, NetworkName name, SortedSet<HostName> hosts) {
    PlanDraft draft = new PlanDraft(snapshot);
    NetworkSpec former = snapshot.networks().get(name);
    if (former == null) {
      draft.problem(name, "no such network is known; 'ballast networks' lists them");
      return draft.finish("", Origin.OPERATOR);
    }
    knownHosts(snapshot, hosts, draft);
    SortedMap<NetworkName, NetworkSpec> wanted = new TreeMap<>(snapshot.networks());
    SortedSet<HostName> left =
        new TreeSet<>(former.hosts().isEmpty() ? snapshot.hosts().keySet() : former.hosts());
    left.removeAll(hosts);
    if (hosts.isEmpty() || left.isEmpty()) {
      wanted.remove(name);
    } else {
      wanted.put(name, former.withHosts(left));
    }
    NetworkUsers.check(snapshot, snapshot.specs(), snapshot.assignments(), wanted, draft);
    if (!draft.hasProblems()) {
      new SwitchSteps(snapshot, wanted, draft).add(Set.of(name), Set.of());
    }
    return draft.finish(
        "remove network " + name + " from " + (hosts.isEmpty() ? "all hosts" : hosts.toString()),
        Origin.OPERATOR);
  }

  private static void knownHosts(Snapshot snapshot, SortedSet<HostName> hosts, PlanDraft draft) {
    for (HostName host : hosts) {
      if (!snapshot.hosts().containsKey(host)) {
        draft.problem(host, "no such host is known");
      }
    }
  }

  private static String on(NetworkSpec network) {
    return network.hosts().isEmpty() ? "all hosts" : network.hosts().toString();
  }
}
