package dev.ballast.core.check;

import dev.ballast.core.action.Final;
import dev.ballast.core.action.Reversible;
import dev.ballast.core.action.Reversible.DefineDomain;
import dev.ballast.core.action.Reversible.PinCpus;
import dev.ballast.core.check.Violation.Rule;
import dev.ballast.core.model.Assignment;
import dev.ballast.core.model.CpuPins;
import dev.ballast.core.model.CpuPolicy;
import dev.ballast.core.model.HostView;
import dev.ballast.core.model.MemoryNodes;
import dev.ballast.core.model.ObservedDomain;
import dev.ballast.core.model.Snapshot;
import dev.ballast.core.model.VmName;
import dev.ballast.core.model.VmSpec;
import dev.ballast.core.plan.PlanStep;
import dev.ballast.core.topology.CpuSet;
import dev.ballast.core.topology.Topology;
import java.util.List;

/**
 * The pins that a plan sets: on CPUs that exist, one set for each vCPU, off other VMs' own CPUs.
 */
final class PinCheck {
  private final Snapshot snapshot;
  private final PlanChecker.Wanted wanted;
  private final Order order;
  private final List<Violation> violations;

  PinCheck(Snapshot snapshot, PlanChecker.Wanted wanted, Order order, List<Violation> violations) {
    this.order = order;
    this.snapshot = snapshot;
    this.wanted = wanted;
    this.violations = violations;
  }

  void run() {
    for (PlanStep step : order.steps()) {
      HostView host = snapshot.hosts().get(step.host());
      if (host == null || !(step.planned().action() instanceof Reversible action)) {
        continue;
      }
      switch (action) {
        case PinCpus(VmName vm, CpuPins pins) -> {
          check(step, host, vm, pins);
          ObservedDomain domain = host.domains().get(vm);
          if (domain != null && domain.vcpus() != pins.vcpus().size()) {
            report(Rule.PINS, step, vm + " has " + domain.vcpus() + " vCPUs");
          }
        }
        case DefineDomain(VmName vm, String ignored, String digest) -> {
          Assignment assignment = wanted.assignments().get(vm);
          if (assignment != null) {
            check(step, host, vm, assignment.pins());
          }
        }
        case Reversible.UndefineDomain ignored -> {}
        case Reversible.TakeSnapshot ignored -> {}
        case Reversible.SetKsm ignored -> {}
        case Reversible.SetHostSetting ignored -> {}
        case Reversible.SetLimits ignored -> {}
        case Reversible.SetMemoryNodes(VmName vm, var ignored, MemoryNodes to) ->
            nodes(step, host, vm, to);
        case Reversible.SetSwitch ignored -> {}
      }
    }
  }

  private void nodes(PlanStep step, HostView host, VmName vm, MemoryNodes to) {
    boolean unknown =
        to.nodes().stream()
            .anyMatch(
                id ->
                    host.inventory().topology().numaNodes().stream()
                        .noneMatch(node -> node.id() == id));
    Assignment assignment = wanted.assignments().get(vm);
    CpuSet cpus = assignment == null ? CpuSet.EMPTY : assignment.pins().allVcpuCpus();
    boolean apart =
        assignment != null
            && host.inventory().topology().numaNodes().stream()
                .noneMatch(node -> to.nodes().contains(node.id()) && node.cpus().intersects(cpus));
    if (unknown || apart) {
      report(Rule.PINS, step, "puts the memory of " + vm + " on nodes that its vCPUs do not use");
    }
  }

  private void check(PlanStep step, HostView host, VmName vm, CpuPins pins) {
    Topology topology = host.inventory().topology();
    CpuSet all = pins.allVcpuCpus().union(pins.emulator());
    if (!topology.onlineCpus().containsAll(all)) {
      report(
          Rule.PINS,
          step,
          "CPUs " + all.minus(topology.onlineCpus()) + " are not on " + host.name());
    }
    if (host.reservedCpus().intersects(all)) {
      report(
          Rule.PINS,
          step,
          "CPUs " + all.intersect(host.reservedCpus()) + " are reserved on " + host.name());
    }
    if (pins.emulator().isEmpty() || pins.vcpus().stream().anyMatch(CpuSet::isEmpty)) {
      report(Rule.PINS, step, "a thread of " + vm + " has no CPU");
    }
    VmSpec spec = wanted.specs().get(vm);
    boolean own = spec != null && spec.cpuPolicy() == CpuPolicy.DEDICATED;
    for (Assignment other : wanted.assignmentsOn(host.name())) {
      VmSpec otherSpec = wanted.specs().get(other.vm());
      if (otherSpec == null || other.vm().equals(vm)) {
        continue;
      }
      CpuSet theirs = other.pins().allVcpuCpus().union(other.pins().emulator());
      boolean theirOwn = otherSpec.cpuPolicy() == CpuPolicy.DEDICATED;
      boolean clash =
          (own && cores(topology, pins.allVcpuCpus()).intersects(theirs))
              || (theirOwn && cores(topology, other.pins().allVcpuCpus()).intersects(all));
      if (clash) {
        report(Rule.DEDICATED, step, vm + " and " + other.vm() + " meet on dedicated CPUs");
      }
    }
    if (own) {
      strangers(step, host, vm, cores(topology, pins.allVcpuCpus()));
    }
  }

  private void strangers(PlanStep step, HostView host, VmName vm, CpuSet cores) {
    for (ObservedDomain domain : host.domains().values()) {
      boolean known = wanted.assignments().containsKey(domain.name());
      boolean clash = domain.livePins().filter(p -> p.allVcpuCpus().intersects(cores)).isPresent();
      if (!known
          && !stoppedBefore(step, domain.name())
          && !domain.name().equals(vm)
          && domain.state().isActive()
          && clash) {
        report(Rule.DEDICATED, step, vm + " and " + domain.name() + " meet on dedicated CPUs");
      }
    }
  }

  private boolean stoppedBefore(PlanStep step, VmName vm) {
    return order.steps().stream()
        .filter(earlier -> order.isAfter(step.number(), earlier.number()))
        .filter(earlier -> earlier.host().equals(step.host()))
        .map(earlier -> earlier.planned().action())
        .anyMatch(
            action -> action instanceof Final.OnDomain stop && stops(stop) && stop.vm().equals(vm));
  }

  private static boolean stops(Final action) {
    return action instanceof Final.ShutdownDomain
        || action instanceof Final.DestroyDomain
        || action instanceof Final.MigrateDomain;
  }

  private static CpuSet cores(Topology topology, CpuSet cpus) {
    CpuSet result = cpus;
    for (CpuSet core : topology.cores()) {
      result = core.intersects(cpus) ? result.union(core) : result;
    }
    return result;
  }

  private void report(Rule rule, PlanStep step, String message) {
    violations.add(new Violation(rule, step.number(), message));
  }
}
