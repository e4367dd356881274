package dev.ballast.core.check;

import dev.ballast.core.action.Final.MigrateDomain;
import dev.ballast.core.action.Final.StartDomain;
import dev.ballast.core.check.Violation.Rule;
import dev.ballast.core.model.AssignedDevice;
import dev.ballast.core.model.Assignment;
import dev.ballast.core.model.HostDevice;
import dev.ballast.core.model.HostName;
import dev.ballast.core.model.HostView;
import dev.ballast.core.model.Snapshot;
import dev.ballast.core.model.VmName;
import dev.ballast.core.model.VmSpec;
import dev.ballast.core.plan.PlanStep;
import dev.ballast.core.topology.CpuSet;
import dev.ballast.core.topology.NumaNode;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Whether each VM that a plan starts or moves has the devices that it asks for, which no other VM
 * has, and lies on as many NUMA nodes as its guest is told, equal parts on each.
 */
final class HardwareCheck {
  private final Snapshot snapshot;
  private final PlanChecker.Wanted wanted;
  private final Order order;
  private final List<Violation> violations;

  HardwareCheck(
      Snapshot snapshot, PlanChecker.Wanted wanted, Order order, List<Violation> violations) {
    this.snapshot = snapshot;
    this.wanted = wanted;
    this.order = order;
    this.violations = violations;
  }

  void run() {
    for (PlanStep step : order.steps()) {
      if (step.planned().action() instanceof StartDomain(VmName vm)) {
        arrival(step, vm, step.host());
      } else if (step.planned().action() instanceof MigrateDomain migrate) {
        Assignment before = snapshot.assignments().get(migrate.vm());
        if (before != null && (!before.devices().isEmpty() || before.cells() > 1)) {
          report(
              before.cells() > 1 ? Rule.GUEST_NODES : Rule.DEVICES,
              step,
              migrate.vm() + " has devices or bound memory and cannot move while it runs");
        }
        arrival(step, migrate.vm(), migrate.target());
      }
    }
  }

  private void arrival(PlanStep step, VmName vm, HostName name) {
    Assignment assignment = wanted.assignments().get(vm);
    VmSpec spec = wanted.specs().get(vm);
    HostView host = snapshot.hosts().get(name);
    if (assignment == null || spec == null || host == null || !assignment.host().equals(name)) {
      return;
    }
    devices(step, host, spec, assignment);
    if (assignment.cells() > 1) {
      guestNodes(step, host, spec, assignment);
    }
  }

  private void devices(PlanStep step, HostView host, VmSpec spec, Assignment assignment) {
    Map<String, Integer> given = new TreeMap<>();
    Set<String> addresses = new HashSet<>();
    for (AssignedDevice device : assignment.devices()) {
      given.merge(device.pool(), 1, Integer::sum);
      if (!addresses.add(device.address()) || !exists(host, device)) {
        report(
            Rule.DEVICES,
            step,
            device.address() + " is no device of pool " + device.pool() + " on " + host.name());
      }
    }
    if (!given.equals(spec.resources().devices())) {
      report(
          Rule.DEVICES,
          step,
          spec.name() + " asks for " + spec.resources().devices() + " and is given " + given);
    }
    for (Assignment other : wanted.assignmentsOn(host.name())) {
      if (!other.vm().equals(spec.name())) {
        other.devices().stream()
            .filter(device -> addresses.contains(device.address()))
            .forEach(
                device ->
                    report(
                        Rule.DEVICES,
                        step,
                        device.address() + " is given to " + spec.name() + " and " + other.vm()));
      }
    }
  }

  private static boolean exists(HostView host, AssignedDevice wanted) {
    for (HostDevice device : host.inventory().devices()) {
      if (device.address().equals(wanted.address())
          && device.pool().equals(wanted.pool())
          && device.virtualFunction() == wanted.virtualFunction()) {
        return true;
      }
    }
    return false;
  }

  private void guestNodes(PlanStep step, HostView host, VmSpec spec, Assignment assignment) {
    List<CpuSet> vcpus = assignment.pins().vcpus();
    int cells = assignment.cells();
    Set<Integer> used = new HashSet<>();
    boolean even = vcpus.size() % cells == 0 && vcpus.size() == spec.vcpus();
    for (int vcpu = 0; vcpu < vcpus.size(); vcpu++) {
      int first = even ? vcpu - vcpu % (vcpus.size() / cells) : vcpu;
      int node = node(host, vcpus.get(vcpu));
      even &= node >= 0 && node == node(host, vcpus.get(first));
      used.add(node);
    }
    if (!even || used.size() != cells) {
      report(
          Rule.GUEST_NODES,
          step,
          spec.name()
              + " sees "
              + cells
              + " NUMA nodes and does not lie on as many in equal parts");
    }
  }

  /** The one that has all of the CPUs; −1 where none has. */
  private static int node(HostView host, CpuSet cpus) {
    for (NumaNode node : host.inventory().topology().numaNodes()) {
      if (node.cpus().containsAll(cpus)) {
        return node.id();
      }
    }
    return -1;
  }

  private void report(Rule rule, PlanStep step, String message) {
    violations.add(new Violation(rule, step.number(), message));
  }
}
