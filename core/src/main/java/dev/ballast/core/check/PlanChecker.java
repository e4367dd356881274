package dev.ballast.core.check;

import dev.ballast.core.model.Assignment;
import dev.ballast.core.model.HostName;
import dev.ballast.core.model.NetworkName;
import dev.ballast.core.model.NetworkSpec;
import dev.ballast.core.model.Snapshot;
import dev.ballast.core.model.VmLimits;
import dev.ballast.core.model.VmName;
import dev.ballast.core.model.VmSpec;
import dev.ballast.core.plan.DesiredChange;
import dev.ballast.core.plan.Plan;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Verifies any plan against the snapshot that it is to be carried out on. Shares no code with the
 * planners, so that their faults show here.
 *
 * <p>Steps without a dependency between them may run in any order: what must hold in each
 * intermediate state is checked for the worst order.
 */
public final class PlanChecker {
  private PlanChecker() {}

  /** All that is wrong with the plan; empty when nothing is. */
  public static List<Violation> check(Snapshot snapshot, Plan plan) {
    List<Violation> violations = new ArrayList<>();
    Wanted wanted = Wanted.after(snapshot, plan);
    Order order = new Order(plan);
    Presence presence = new Presence(snapshot, order);
    if (plan.parentVersion() > snapshot.version()) {
      violations.add(
          new Violation(
              Violation.Rule.EXPECTATION,
              0,
              "was made against version "
                  + plan.parentVersion()
                  + ", which is newer than "
                  + snapshot.version()));
    }
    new StepCheck(snapshot, wanted, order, violations).run();
    new PinCheck(snapshot, wanted, order, violations).run();
    new HostSettingCheck(snapshot, order, violations).run();
    new LimitCheck(snapshot, wanted, order, violations).run();
    new RoomCheck(snapshot, wanted, order, presence, violations).run();
    new HardwareCheck(snapshot, wanted, order, violations).run();
    new WishCheck(snapshot, wanted, order, presence, violations).run();
    new SwitchCheck(snapshot, wanted, plan.origin(), order, violations).run();
    return List.copyOf(violations);
  }

  /**
   * What will be remembered once the plan is carried out.
   *
   * @param byHost the assignments of each host, in the order of their VMs
   */
  record Wanted(
      SortedMap<VmName, VmSpec> specs,
      SortedMap<VmName, Assignment> assignments,
      Map<HostName, List<Assignment>> byHost,
      SortedMap<VmName, VmLimits> overrides,
      SortedMap<NetworkName, NetworkSpec> networks) {
    static Wanted after(Snapshot snapshot, Plan plan) {
      SortedMap<VmName, VmSpec> specs = new TreeMap<>(snapshot.specs());
      SortedMap<VmName, Assignment> assignments = new TreeMap<>(snapshot.assignments());
      SortedMap<VmName, VmLimits> overrides = new TreeMap<>(snapshot.limitOverrides());
      SortedMap<NetworkName, NetworkSpec> networks = new TreeMap<>(snapshot.networks());
      for (DesiredChange change : plan.changes()) {
        switch (change) {
          case DesiredChange.PutSpec(VmSpec spec) -> specs.put(spec.name(), spec);
          case DesiredChange.RemoveSpec(VmName vm) -> specs.remove(vm);
          case DesiredChange.PutAssignment(Assignment assignment) ->
              assignments.put(assignment.vm(), assignment);
          case DesiredChange.RemoveAssignment(VmName vm) -> assignments.remove(vm);
          case DesiredChange.PutKsm ignored -> {}
          case DesiredChange.RemoveKsm ignored -> {}
          case DesiredChange.PutHostSetting ignored -> {}
          case DesiredChange.RemoveHostSetting ignored -> {}
          case DesiredChange.PutLimits(VmName vm, VmLimits limits) -> overrides.put(vm, limits);
          case DesiredChange.RemoveLimits(VmName vm) -> overrides.remove(vm);
          case DesiredChange.PutNetwork(NetworkSpec network) ->
              networks.put(network.name(), network);
          case DesiredChange.RemoveNetwork(NetworkName name) -> networks.remove(name);
        }
      }
      Map<HostName, List<Assignment>> byHost =
          assignments.values().stream().collect(Collectors.groupingBy(Assignment::host));
      return new Wanted(specs, assignments, byHost, overrides, networks);
    }

    List<Assignment> assignmentsOn(HostName host) {
      return byHost.getOrDefault(host, List.of());
    }
  }
}
