package dev.ballast.core.check;

import dev.ballast.core.check.Violation.Rule;
import dev.ballast.core.model.Assignment;
import dev.ballast.core.model.HostName;
import dev.ballast.core.model.HostTraits;
import dev.ballast.core.model.HostView;
import dev.ballast.core.model.Snapshot;
import dev.ballast.core.model.SpreadRule;
import dev.ballast.core.model.VmName;
import dev.ballast.core.model.VmSpec;
import dev.ballast.core.plan.PlanStep;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** Whether each VM that a plan starts or moves comes to a host, and to company, that it wants. */
final class WishCheck {
  private final Snapshot snapshot;
  private final PlanChecker.Wanted wanted;
  private final Order order;
  private final Presence presence;
  private final List<Violation> violations;

  /** The VMs of each group that is to be spread. */
  private final Map<String, List<VmName>> members = new HashMap<>();

  /** The VMs of each group that is to share a host. */
  private final Map<String, List<VmSpec>> together = new HashMap<>();

  WishCheck(
      Snapshot snapshot,
      PlanChecker.Wanted wanted,
      Order order,
      Presence presence,
      List<Violation> violations) {
    this.snapshot = snapshot;
    this.wanted = wanted;
    this.order = order;
    this.presence = presence;
    this.violations = violations;
    for (VmSpec spec : wanted.specs().values()) {
      spec.rules()
          .spread()
          .ifPresent(
              rule ->
                  members.computeIfAbsent(rule.group(), _ -> new ArrayList<>()).add(spec.name()));
      for (String group : spec.rules().affinity()) {
        together.computeIfAbsent(group, _ -> new ArrayList<>()).add(spec);
      }
    }
  }

  void run() {
    for (PlanStep step : order.steps()) {
      Presence.arrival(step)
          .ifPresent(
              arrival -> {
                HostView host = snapshot.hosts().get(arrival.host());
                VmSpec spec = wanted.specs().get(arrival.vm());
                if (host != null && spec != null) {
                  traits(step, host, spec);
                  spec.rules().spread().ifPresent(rule -> spread(step, host, spec, rule));
                  together(step, spec);
                }
              });
    }
  }

  private void traits(PlanStep step, HostView host, VmSpec vm) {
    HostTraits traits = host.inventory().traits();
    if (vm.rules().bannedHosts().contains(host.name())) {
      report(Rule.ALLOWED_HOSTS, step, vm.name() + " may not run on " + host.name());
    }
    vm.rules()
        .hostLabels()
        .forEach(
            (key, value) -> {
              if (!value.equals(traits.labels().get(key))) {
                report(
                    Rule.HOST_TRAITS, step, vm.name() + " wants a host with " + key + ": " + value);
              }
            });
    boolean wasThere = snapshot.domain(host.name(), vm.name()).isPresent();
    for (String taint : traits.taints()) {
      if (!wasThere && !vm.rules().tolerations().contains(taint)) {
        report(
            Rule.HOST_TRAITS,
            step,
            vm.name() + " does not tolerate '" + taint + "' of " + host.name());
      }
    }
  }

  private void spread(PlanStep step, HostView host, VmSpec vm, SpreadRule rule) {
    Optional<String> domain = domain(host, rule);
    if (domain.isEmpty()) {
      report(Rule.SPREAD, step, host.name() + " has no label '" + rule.over() + "'");
      return;
    }
    long inside =
        members.getOrDefault(rule.group(), List.of()).stream()
            .filter(member -> member.equals(vm.name()) || isInside(member, domain, rule, step))
            .count();
    boolean comes =
        presence.hosts(vm.name()).stream()
            .noneMatch(
                other ->
                    isIn(domain, rule, other)
                        && snapshot
                            .domain(other, vm.name())
                            .filter(present -> present.state().isActive())
                            .isPresent());
    if (comes && inside > rule.atMost()) {
      report(
          Rule.SPREAD,
          step,
          inside
              + " VMs of '"
              + rule.group()
              + "' would run in "
              + rule.over()
              + " "
              + domain.get());
    }
  }

  /** Whether it may run in the domain after the step, in the worst order. */
  private boolean isInside(VmName vm, Optional<String> domain, SpreadRule rule, PlanStep step) {
    return presence.hosts(vm).stream()
        .anyMatch(host -> isIn(domain, rule, host) && presence.mayRun(host, vm, step.number()));
  }

  private boolean isIn(Optional<String> domain, SpreadRule rule, HostName name) {
    HostView host = snapshot.hosts().get(name);
    return host != null && domain(host, rule).equals(domain);
  }

  private static Optional<String> domain(HostView host, SpreadRule rule) {
    return rule.over().equals(SpreadRule.EACH_HOST)
        ? Optional.of(host.name().value())
        : Optional.ofNullable(host.inventory().traits().labels().get(rule.over()));
  }

  /** When the plan has ended. */
  private void together(PlanStep step, VmSpec vm) {
    SortedMap<VmName, VmSpec> others = new TreeMap<>();
    for (String group : vm.rules().affinity()) {
      together.getOrDefault(group, List.of()).forEach(other -> others.put(other.name(), other));
    }
    Assignment own = wanted.assignments().get(vm.name());
    for (VmSpec other : others.values()) {
      Assignment there = wanted.assignments().get(other.name());
      if (there == null || (own != null && there.host().equals(own.host()))) {
        continue;
      }
      for (String group : other.rules().affinity()) {
        if (vm.rules().affinity().contains(group)) {
          report(
              Rule.AFFINITY,
              step,
              vm.name() + " and " + other.name() + " of '" + group + "' would not share a host");
        }
      }
    }
  }

  private void report(Rule rule, PlanStep step, String message) {
    violations.add(new Violation(rule, step.number(), message));
  }
}
