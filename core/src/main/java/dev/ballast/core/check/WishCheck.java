package dev.ballast.core.check;

import dev.ballast.core.action.Action;
import dev.ballast.core.action.Final;
import dev.ballast.core.action.Final.DestroyDomain;
import dev.ballast.core.action.Final.MigrateDomain;
import dev.ballast.core.action.Final.ShutdownDomain;
import dev.ballast.core.action.Final.StartDomain;
import dev.ballast.core.action.Reversible;
import dev.ballast.core.check.Violation.Rule;
import dev.ballast.core.model.Assignment;
import dev.ballast.core.model.HostName;
import dev.ballast.core.model.HostTraits;
import dev.ballast.core.model.HostView;
import dev.ballast.core.model.ObservedDomain;
import dev.ballast.core.model.Snapshot;
import dev.ballast.core.model.SpreadRule;
import dev.ballast.core.model.VmName;
import dev.ballast.core.model.VmSpec;
import dev.ballast.core.plan.PlanStep;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Whether each VM that a plan starts or moves comes to a host, and to company, that it wants. */
final class WishCheck {
  private final Snapshot snapshot;
  private final PlanChecker.Wanted wanted;
  private final Order order;
  private final List<Violation> violations;

  WishCheck(Snapshot snapshot, PlanChecker.Wanted wanted, Order order, List<Violation> violations) {
    this.snapshot = snapshot;
    this.wanted = wanted;
    this.order = order;
    this.violations = violations;
  }

  /** A VM comes onto a host. */
  private record Arrival(VmName vm, HostName host) {}

  private static Optional<Arrival> arrival(PlanStep step) {
    return switch (step.planned().action()) {
      case StartDomain(VmName vm) -> Optional.of(new Arrival(vm, step.host()));
      case MigrateDomain migrate -> Optional.of(new Arrival(migrate.vm(), migrate.target()));
      case Action ignored -> Optional.empty();
    };
  }

  private static Optional<VmName> leaves(PlanStep step) {
    return switch (step.planned().action()) {
      case ShutdownDomain(VmName vm, long ignored) -> Optional.of(vm);
      case DestroyDomain(VmName vm) -> Optional.of(vm);
      case MigrateDomain migrate -> Optional.of(migrate.vm());
      case StartDomain ignored -> Optional.empty();
      case Final.SetGuestTime ignored -> Optional.empty();
      case Reversible ignored -> Optional.empty();
    };
  }

  void run() {
    for (PlanStep step : order.steps()) {
      arrival(step)
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
    Set<VmName> inside = new HashSet<>(Set.of(vm.name()));
    for (HostView other : snapshot.hosts().values()) {
      if (domain(other, rule).equals(domain)) {
        inside.addAll(running(step, other));
      }
    }
    long members = inside.stream().filter(name -> isIn(rule.group(), name)).count();
    boolean comes =
        snapshot.hosts().values().stream()
            .filter(other -> domain(other, rule).equals(domain))
            .noneMatch(other -> isActive(other.domains().get(vm.name())));
    if (comes && members > rule.atMost()) {
      report(
          Rule.SPREAD,
          step,
          members
              + " VMs of '"
              + rule.group()
              + "' would run in "
              + rule.over()
              + " "
              + domain.get());
    }
  }

  private static boolean isActive(@org.jspecify.annotations.Nullable ObservedDomain domain) {
    return domain != null && domain.state().isActive();
  }

  private boolean isIn(String group, VmName vm) {
    VmSpec spec = wanted.specs().get(vm);
    return spec != null
        && spec.rules().spread().filter(rule -> rule.group().equals(group)).isPresent();
  }

  private static Optional<String> domain(HostView host, SpreadRule rule) {
    return rule.over().equals(SpreadRule.EACH_HOST)
        ? Optional.of(host.name().value())
        : Optional.ofNullable(host.inventory().traits().labels().get(rule.over()));
  }

  /** The VMs that may run on the host at once after the step, in the worst order. */
  private Set<VmName> running(PlanStep last, HostView host) {
    Set<VmName> result = new HashSet<>();
    host.domains().values().stream()
        .filter(WishCheck::isActive)
        .forEach(domain -> result.add(domain.name()));
    for (PlanStep step : order.steps()) {
      if (step.host().equals(host.name()) && order.isAfter(last.number(), step.number())) {
        leaves(step).ifPresent(result::remove);
      }
      if (!order.isAfter(step.number(), last.number())) {
        arrival(step)
            .filter(arrival -> arrival.host().equals(host.name()))
            .ifPresent(arrival -> result.add(arrival.vm()));
      }
    }
    return result;
  }

  /** When the plan has ended. */
  private void together(PlanStep step, VmSpec vm) {
    Map<VmName, HostName> hosts = new TreeMap<>();
    for (Assignment assignment : wanted.assignments().values()) {
      hosts.put(assignment.vm(), assignment.host());
    }
    HostName own = hosts.get(vm.name());
    for (VmSpec other : wanted.specs().values()) {
      HostName there = hosts.get(other.name());
      for (String group : other.rules().affinity()) {
        if (there != null && vm.rules().affinity().contains(group) && !there.equals(own)) {
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
