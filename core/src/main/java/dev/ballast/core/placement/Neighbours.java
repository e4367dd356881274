package dev.ballast.core.placement;

import dev.ballast.core.model.Assignment;
import dev.ballast.core.model.HostName;
import dev.ballast.core.model.HostView;
import dev.ballast.core.model.ObservedDomain;
import dev.ballast.core.model.Snapshot;
import dev.ballast.core.model.SpreadRule;
import dev.ballast.core.model.VmName;
import dev.ballast.core.model.VmSpec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Where the VMs of affinity and spread groups are while placement goes on; what it answers costs as
 * much as the groups have members.
 */
final class Neighbours {
  private final Snapshot snapshot;
  private final Map<String, SortedMap<VmName, HostName>> together = new HashMap<>();
  private final Map<String, SortedMap<VmName, HostName>> spread = new HashMap<>();

  Neighbours(Snapshot snapshot, Set<VmName> thoughtAway) {
    this.snapshot = snapshot;
    for (HostView view : snapshot.hosts().values()) {
      for (ObservedDomain domain : view.domains().values()) {
        VmSpec spec = snapshot.specs().get(domain.name());
        if (domain.state().isActive() && spec != null && !thoughtAway.contains(spec.name())) {
          enter(spec, view.name());
        }
      }
    }
    for (Assignment assignment : snapshot.assignments().values()) {
      VmSpec spec = snapshot.specs().get(assignment.vm());
      if (spec != null && !thoughtAway.contains(spec.name())) {
        enter(spec, assignment.host());
      }
    }
  }

  void enter(VmSpec vm, HostName host) {
    for (String group : vm.rules().affinity()) {
      together.computeIfAbsent(group, name -> new TreeMap<>()).put(vm.name(), host);
    }
    vm.rules()
        .spread()
        .ifPresent(
            rule ->
                spread.computeIfAbsent(rule.group(), name -> new TreeMap<>()).put(vm.name(), host));
  }

  void leave(VmSpec vm) {
    for (String group : vm.rules().affinity()) {
      together.getOrDefault(group, new TreeMap<>()).remove(vm.name());
    }
    vm.rules()
        .spread()
        .ifPresent(rule -> spread.getOrDefault(rule.group(), new TreeMap<>()).remove(vm.name()));
  }

  /** What stands against the VM on that host. */
  List<Veto> vetoes(VmSpec vm, HostView host) {
    List<Veto> vetoes = new ArrayList<>();
    for (String group : vm.rules().affinity()) {
      for (Map.Entry<VmName, HostName> other :
          together.getOrDefault(group, new TreeMap<>()).entrySet()) {
        if (!other.getKey().equals(vm.name()) && !other.getValue().equals(host.name())) {
          vetoes.add(new Veto.Affinity(host.name(), group, other.getKey(), other.getValue()));
        }
      }
    }
    vm.rules().spread().ifPresent(rule -> spread(vm, host, rule, vetoes));
    return vetoes;
  }

  private void spread(VmSpec vm, HostView host, SpreadRule rule, List<Veto> vetoes) {
    // Where it wishes for a label of its own, the host would have that one.
    Optional<String> domain =
        Optional.ofNullable(vm.rules().hostLabels().get(rule.over()))
            .or(() -> host.inventory().traits().domain(rule.over(), host.name()));
    if (domain.isEmpty()) {
      vetoes.add(new Veto.NoDomain(host.name(), rule));
    }
    int inside = 0;
    for (Map.Entry<VmName, HostName> other :
        spread.getOrDefault(rule.group(), new TreeMap<>()).entrySet()) {
      // Whatever domain a host is in, the VMs on it are in one.
      boolean same =
          other.getValue().equals(host.name())
              || (domain.isPresent() && domain.equals(domainOf(other.getValue(), rule)));
      inside += same && !other.getKey().equals(vm.name()) ? 1 : 0;
    }
    if (inside >= rule.atMost()) {
      String name = domain.orElse(host.name().value());
      vetoes.add(new Veto.SpreadFull(host.name(), rule, name, inside));
    }
  }

  private Optional<String> domainOf(HostName name, SpreadRule rule) {
    return Optional.ofNullable(snapshot.hosts().get(name))
        .flatMap(view -> view.inventory().traits().domain(rule.over(), name));
  }
}
