package dev.ballast.core.planning;

import dev.ballast.core.action.Final.MigrateDomain;
import dev.ballast.core.action.ObjectKey;
import dev.ballast.core.model.CpuPolicy;
import dev.ballast.core.model.HostName;
import dev.ballast.core.model.HostView;
import dev.ballast.core.model.Snapshot;
import dev.ballast.core.model.VmSpec;
import dev.ballast.core.placement.PlacementPolicy;
import dev.ballast.core.plan.DesiredChange;
import dev.ballast.core.plan.ExecutedOperation;
import dev.ballast.core.plan.Origin;
import dev.ballast.core.plan.Plan;
import dev.ballast.core.plan.PlanStep;
import dev.ballast.core.planning.DomainRollback.Removals;
import dev.ballast.core.planning.PlanDraft.Step;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Plans the way back from an operation. Pure.
 *
 * <p>Restores only what still is as the operation left it; else there is no plan, and each problem
 * names the field and, where known, the later operation. What was already undone is left alone. A
 * started VM is not un-started: the plan shuts it down, behind a point of no return.
 */
public final class RollbackPlanner {
  private final PlacementPolicy policy;

  public RollbackPlanner() {
    this(PlacementPolicy.DEFAULT);
  }

  /**
   * A planner for a cluster with that policy.
   *
   * @param policy of the room that VMs which go back must find
   */
  public RollbackPlanner(PlacementPolicy policy) {
    this.policy = policy;
  }

  /** As {@link #plan(Snapshot, ExecutedOperation, List)}, without knowing later operations. */
  public PlanResult plan(Snapshot snapshot, ExecutedOperation operation) {
    return plan(snapshot, operation, List.of());
  }

  /**
   * Plans the rollback.
   *
   * @param later the operations executed since, in their order; only used to name them
   */
  public PlanResult plan(
      Snapshot snapshot, ExecutedOperation operation, List<ExecutedOperation> later) {
    PlanDraft draft = new PlanDraft(snapshot, policy);
    for (PlanStep step : operation.doubtfulSteps()) {
      draft.problem(
          step.host(),
          "nobody knows what step "
              + step.number()
              + " ("
              + step.planned().action().describe()
              + ") did: look at the host first");
    }
    Map<Target, List<PlanStep>> targets = new LinkedHashMap<>();
    List<PlanStep> migrated = new ArrayList<>();
    for (PlanStep step : operation.appliedSteps()) {
      if (step.planned().action() instanceof MigrateDomain) {
        migrated.add(step);
        continue;
      }
      targets
          .computeIfAbsent(
              new Target(step.host(), step.planned().action().object()), t -> new ArrayList<>())
          .add(step);
    }
    boolean dedicated = concernsDedicated(snapshot, operation.plan());
    Map<HostName, List<Step>> removals = new TreeMap<>();
    Map<HostName, List<Step>> bridges = new TreeMap<>();
    // What was created goes first: its CPUs may have been another's own before.
    for (Round round : Round.values()) {
      targets.forEach(
          (target, steps) -> {
            if (Round.of(target, steps) == round) {
              Removals before =
                  new Removals(
                      List.copyOf(removals.getOrDefault(target.host(), List.of())),
                      List.copyOf(bridges.getOrDefault(target.host(), List.of())),
                      dedicated);
              List<Step> added = plan(snapshot, operation, target, steps, later, before, draft);
              switch (round) {
                case CREATED -> add(removals, target, added);
                case BRIDGES -> add(bridges, target, added);
                case OTHERS -> {}
              }
            }
          });
    }
    new MigrationRollback(snapshot, operation, later, draft).add(migrated);
    new DesiredRollback(snapshot, operation.plan(), draft).add();
    networkUsers(snapshot, operation.plan(), draft);
    return draft.finish("roll back " + operation.id(), Origin.ROLLBACK);
  }

  /** What was created goes, then bridges go back, then all else, which may need them. */
  private enum Round {
    CREATED,
    BRIDGES,
    OTHERS;

    static Round of(Target target, List<PlanStep> steps) {
      if (target.object().equals(ObjectKey.OVS)) {
        return BRIDGES;
      }
      return DomainRollback.creates(steps) ? CREATED : OTHERS;
    }
  }

  private static void add(Map<HostName, List<Step>> byHost, Target target, List<Step> added) {
    byHost.computeIfAbsent(target.host(), h -> new ArrayList<>()).addAll(added);
  }

  private static void networkUsers(Snapshot snapshot, Plan plan, PlanDraft draft) {
    if (plan.changes().stream()
        .anyMatch(
            change ->
                change instanceof DesiredChange.PutNetwork
                    || change instanceof DesiredChange.RemoveNetwork)) {
      Snapshot after = Restored.by(snapshot, plan.inverse());
      NetworkUsers.check(snapshot, after.specs(), after.assignments(), after.networks(), draft);
    }
  }

  private record Target(HostName host, ObjectKey object) {}

  private static boolean concernsDedicated(Snapshot snapshot, Plan plan) {
    return Stream.concat(plan.inverse().stream(), plan.changes().stream())
            .anyMatch(
                change ->
                    change instanceof DesiredChange.PutSpec(VmSpec spec)
                        && spec.cpuPolicy() == CpuPolicy.DEDICATED)
        || snapshot.specs().values().stream()
            .anyMatch(spec -> spec.cpuPolicy() == CpuPolicy.DEDICATED);
  }

  /** Adds the steps for one object, the first of them after the given ones; returns them. */
  private static List<Step> plan(
      Snapshot snapshot,
      ExecutedOperation operation,
      Target target,
      List<PlanStep> steps,
      List<ExecutedOperation> later,
      Removals before,
      PlanDraft draft) {
    HostView host = snapshot.hosts().get(target.host());
    if (host == null) {
      draft.problem(target.host(), "no such host is known");
      return List.of();
    }
    String since = since(target, later);
    if (target.object().equals(ObjectKey.KSM)) {
      new KsmRollback(host, steps, since, draft).add();
      return List.of();
    }
    if (target.object().setting().isPresent()) {
      new HostSettingRollback(host, steps, since, draft).add();
      return List.of();
    }
    if (target.object().equals(ObjectKey.OVS)) {
      return new SwitchRollback(host, steps, since, before.steps(), draft).add();
    }
    return new DomainRollback(snapshot, host, operation.plan(), steps, since, before, draft).add();
  }

  private static String since(Target target, List<ExecutedOperation> later) {
    String names =
        later.stream()
            .filter(operation -> operation.touched(target.host(), target.object()))
            .map(ExecutedOperation::id)
            .collect(Collectors.joining(", "));
    return names.isEmpty() ? "changed since by no known operation" : "changed since by " + names;
  }
}
