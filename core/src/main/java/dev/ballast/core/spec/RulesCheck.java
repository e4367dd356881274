package dev.ballast.core.spec;

import dev.ballast.core.model.HostName;
import dev.ballast.core.model.HostView;
import dev.ballast.core.model.Snapshot;
import dev.ballast.core.model.SpreadRule;
import dev.ballast.core.model.VmName;
import dev.ballast.core.model.VmSpec;
import dev.ballast.core.settings.Suggestion;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/** Wishes of VMs that contradict one another, or that no host could ever grant. */
final class RulesCheck {
  private final Snapshot snapshot;
  private final Faults faults;
  private final Map<String, VmSpec> spreadBy = new TreeMap<>();

  RulesCheck(Snapshot snapshot, Faults faults) {
    this.snapshot = snapshot;
    this.faults = faults;
  }

  void check(List<LocatedVm> vms) {
    SortedMap<VmName, VmSpec> specs = new TreeMap<>(snapshot.specs());
    vms.forEach(vm -> specs.put(vm.spec().name(), vm.spec()));
    SortedMap<String, Set<VmName>> together = new TreeMap<>();
    for (VmSpec spec : specs.values()) {
      for (String group : spec.rules().affinity()) {
        together.computeIfAbsent(group, name -> new TreeSet<>()).add(spec.name());
      }
      spec.rules().spread().ifPresent(rule -> spreadBy.putIfAbsent(rule.group(), spec));
    }
    for (LocatedVm vm : vms) {
      apartAndTogether(vm, specs, together);
      vm.spec().rules().spread().ifPresent(rule -> spread(vm, rule));
      hostLabels(vm);
      banned(vm);
    }
  }

  private void apartAndTogether(
      LocatedVm vm, SortedMap<VmName, VmSpec> specs, SortedMap<String, Set<VmName>> together) {
    for (String group : vm.spec().rules().affinity()) {
      for (VmName name : together.getOrDefault(group, Set.of())) {
        VmSpec other = specs.get(name);
        TreeSet<String> apart = new TreeSet<>(vm.spec().antiAffinity());
        apart.retainAll(other == null ? List.of() : other.antiAffinity());
        if (!name.equals(vm.spec().name()) && !apart.isEmpty()) {
          faults.add(
              vm.locate("placement.affinity"),
              "'"
                  + group
                  + "' keeps '"
                  + vm.spec().name()
                  + "' and '"
                  + name
                  + "' together, anti-affinity group '"
                  + apart.first()
                  + "' keeps them apart",
              "take one of the two out of one group");
          return;
        }
      }
    }
  }

  private void spread(LocatedVm vm, SpreadRule rule) {
    VmSpec first = spreadBy.get(rule.group());
    if (first != null && !first.rules().spread().equals(vm.spec().rules().spread())) {
      faults.add(
          vm.locate("placement.spread"),
          "spread group '" + rule.group() + "' is " + rule + " here",
          "VM '"
              + first.name()
              + "' has "
              + first.rules().spread().map(SpreadRule::toString).orElse("none")
              + ": write the same");
    }
    boolean labelled =
        snapshot.hosts().values().stream()
            .anyMatch(
                host -> host.inventory().traits().domain(rule.over(), host.name()).isPresent());
    if (!labelled && !snapshot.hosts().isEmpty()) {
      faults.add(
          vm.locate("placement.spread.over"),
          "no host has a label '" + rule.over() + "' to spread over",
          "set host.labels." + rule.over() + " in the hosts' agent.yaml");
    }
  }

  private void hostLabels(LocatedVm vm) {
    vm.spec()
        .rules()
        .hostLabels()
        .forEach(
            (key, value) -> {
              TreeSet<String> known = new TreeSet<>();
              for (HostView host : snapshot.hosts().values()) {
                String has = host.inventory().traits().labels().get(key);
                if (has != null) {
                  known.add(has);
                }
              }
              if (!known.contains(value) && !snapshot.hosts().isEmpty()) {
                faults.add(
                    vm.locate("placement.hostLabels." + key),
                    "no host has the label " + key + ": " + value,
                    Suggestion.hint(value, List.copyOf(known))
                        .orElse(
                            known.isEmpty()
                                ? "set host.labels." + key + " in a host's agent.yaml"
                                : "hosts have " + key + ": " + String.join(", ", known)));
              }
            });
  }

  private void banned(LocatedVm vm) {
    TreeSet<HostName> left = new TreeSet<>(vm.spec().hosts());
    left.removeAll(vm.spec().rules().bannedHosts());
    if (left.isEmpty() && !vm.spec().hosts().isEmpty()) {
      faults.add(
          vm.locate("placement.notHosts"),
          "each of placement.hosts is also in placement.notHosts",
          "take one out");
    }
  }
}
