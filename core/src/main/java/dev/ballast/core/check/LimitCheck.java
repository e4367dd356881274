package dev.ballast.core.check;

import dev.ballast.core.action.Reversible.SetLimits;
import dev.ballast.core.check.Violation.Rule;
import dev.ballast.core.model.CpuQuota;
import dev.ballast.core.model.ObservedDomain;
import dev.ballast.core.model.Snapshot;
import dev.ballast.core.model.VmLimits;
import dev.ballast.core.model.VmName;
import dev.ballast.core.model.VmSpec;
import dev.ballast.core.plan.PlanStep;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The limits that a plan sets: on devices that the VM has, within its memory, within each other.
 */
final class LimitCheck {
  private final Snapshot snapshot;
  private final PlanChecker.Wanted wanted;
  private final Order order;
  private final List<Violation> violations;

  LimitCheck(
      Snapshot snapshot, PlanChecker.Wanted wanted, Order order, List<Violation> violations) {
    this.snapshot = snapshot;
    this.wanted = wanted;
    this.order = order;
    this.violations = violations;
  }

  void run() {
    for (PlanStep step : order.steps()) {
      if (step.planned().action() instanceof SetLimits(VmName vm, VmLimits limits)) {
        quotas(step, vm, limits);
        memory(step, vm, limits);
        Optional.ofNullable(wanted.specs().get(vm))
            .filter(spec -> spec.adopted().isEmpty())
            .ifPresent(spec -> devices(step, spec, limits));
      }
    }
  }

  private void quotas(PlanStep step, VmName vm, VmLimits limits) {
    if (limits.globalQuota().isEmpty()) {
      return;
    }
    double global = cpus(limits.globalQuota().get());
    boolean above =
        Stream.of(limits.vcpuQuota(), limits.emulatorQuota(), limits.iothreadQuota())
            .flatMap(Optional::stream)
            .anyMatch(quota -> cpus(quota) > global);
    if (above) {
      report(step, "a quota of " + vm + " is above the one of all its threads");
    }
  }

  private static double cpus(CpuQuota quota) {
    return (double) quota.quotaMicros() / quota.periodMicros();
  }

  private void memory(PlanStep step, VmName vm, VmLimits limits) {
    Optional<Long> memory =
        Optional.ofNullable(wanted.specs().get(vm))
            .map(VmSpec::memoryBytes)
            .or(() -> snapshot.domain(step.host(), vm).map(ObservedDomain::memoryBytes));
    if (limits.balloonBytes().orElse(0L) > memory.orElse(Long.MAX_VALUE)) {
      report(step, "the balloon of " + vm + " is to leave more than its memory");
    }
    long hard = limits.cap().hardBytes().orElse(Long.MAX_VALUE);
    if (hard < memory.orElse(0L) || limits.memorySoftBytes().orElse(0L) > hard) {
      report(step, "the hard memory limit of " + vm + " is below its memory or its soft limit");
    }
  }

  private void devices(PlanStep step, VmSpec spec, VmLimits limits) {
    boolean unknownNic = limits.nics().keySet().stream().anyMatch(i -> i >= spec.nics().size());
    if (limits.disks().size() > spec.disks().size() || unknownNic) {
      report(step, "limits devices that " + spec.name() + " does not have");
    }
  }

  private void report(PlanStep step, String message) {
    violations.add(new Violation(Rule.LIMITS, step.number(), message));
  }
}
