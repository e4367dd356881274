package dev.ballast.core.planning;

import dev.ballast.core.action.Action;
import dev.ballast.core.action.Expectation;
import dev.ballast.core.action.Final;
import dev.ballast.core.action.ObjectKey;
import dev.ballast.core.action.Ownership;
import dev.ballast.core.action.PlannedAction;
import dev.ballast.core.model.Capability;
import dev.ballast.core.model.DomainSetup;
import dev.ballast.core.model.HostName;
import dev.ballast.core.model.HostView;
import dev.ballast.core.model.OtherOwner;
import dev.ballast.core.model.Snapshot;
import dev.ballast.core.model.VmName;
import dev.ballast.core.placement.PlacementPolicy;
import dev.ballast.core.plan.Decision;
import dev.ballast.core.plan.DesiredChange;
import dev.ballast.core.plan.Origin;
import dev.ballast.core.plan.Plan;
import dev.ballast.core.plan.PlanStep;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * A plan in the making. Orders the steps so that reversible ones come before final ones wherever
 * the dependencies allow it, and refuses steps on what nobody may touch.
 */
final class PlanDraft {
  private final Snapshot snapshot;
  private final PlacementPolicy policy;
  private final List<Step> steps = new ArrayList<>();
  private final List<DesiredChange> changes = new ArrayList<>();
  private final List<Decision> decisions = new ArrayList<>();
  private final Set<PlanProblem> problems = new LinkedHashSet<>();

  PlanDraft(Snapshot snapshot) {
    this(snapshot, PlacementPolicy.DEFAULT);
  }

  /** A draft whose VMs find room as that policy says. */
  PlanDraft(Snapshot snapshot, PlacementPolicy policy) {
    this.snapshot = snapshot;
    this.policy = policy;
  }

  PlacementPolicy policy() {
    return policy;
  }

  /**
   * A step that has no number yet.
   *
   * @param phase even for reversible steps, odd for final ones, grows along dependencies
   */
  record Step(HostName host, PlannedAction planned, List<Step> after, int phase, int order) {}

  Step step(HostName host, Action action, Expectation expectation, Collection<Step> after) {
    guard(host, action.object());
    guardOwner(host, action);
    int parity = action instanceof Final ? 1 : 0;
    int phase = parity;
    for (Step earlier : after) {
      phase = Math.max(phase, earlier.phase());
    }
    if (phase % 2 != parity) {
      phase++;
    }
    Step step =
        new Step(
            host, new PlannedAction(action, expectation), List.copyOf(after), phase, steps.size());
    steps.add(step);
    return step;
  }

  void change(DesiredChange change) {
    changes.add(change);
  }

  void decide(Decision decision) {
    decisions.add(decision);
  }

  void decide(String kind, VmName vm, String reason, String cost, String gain) {
    decide(new Decision(kind, Optional.of(vm), reason, cost, gain, List.of()));
  }

  void problem(Object subject, String message) {
    problems.add(new PlanProblem(subject.toString(), message));
  }

  boolean hasProblems() {
    return !problems.isEmpty();
  }

  private void guardOwner(HostName host, Action action) {
    HostView view = snapshot.hosts().get(host);
    if (view != null) {
      Optional<OtherOwner> ofDomain =
          action.object().vm().flatMap(view.facts()::setup).flatMap(DomainSetup::owner);
      Ownership.otherOwner(action, view.facts().owners().keySet(), ofDomain)
          .ifPresent(why -> problem(host, why));
    }
  }

  private void guard(HostName host, ObjectKey object) {
    HostView view = snapshot.hosts().get(host);
    if (view == null) {
      problem(host, "no such host is known");
      return;
    }
    if (snapshot.frozen()) {
      problem("cluster", "is frozen: unfreeze it first");
    }
    if (!view.connected()) {
      problem(host, "is not connected: " + object + " on it cannot be changed now");
    }
    if (view.frozen()) {
      problem(host, "is frozen: unfreeze it first");
    }
    if (view.observeOnly()) {
      problem(host, "is only observed: end observe-only in its agent's configuration first");
    }
    for (Capability needed : needed(object)) {
      String lack = view.inventory().lacks().get(needed);
      if (lack != null) {
        problem(host, "lacks " + needed + ": " + lack);
      }
    }
    for (VmName vm : snapshot.frozenVms()) {
      if (object.equals(ObjectKey.domain(vm))) {
        problem(vm, "is frozen: unfreeze it first");
      }
    }
  }

  /** What the host has of settings it tells one by one. */
  private static Set<Capability> needed(ObjectKey object) {
    if (object.equals(ObjectKey.KSM)) {
      return Set.of(Capability.KSM);
    }
    if (object.setting().isPresent()) {
      return Set.of();
    }
    return Set.of(object.equals(ObjectKey.OVS) ? Capability.OPEN_VSWITCH : Capability.LIBVIRT);
  }

  PlanResult finish(String title, Origin origin) {
    if (steps.size() > Plan.STEP_LIMIT) {
      problem("plan", "needs " + steps.size() + " steps, more than " + Plan.STEP_LIMIT);
    }
    if (hasProblems()) {
      return new PlanResult.Impossible(List.copyOf(problems));
    }
    List<Step> ordered = ordered();
    int[] numbers = new int[steps.size()];
    for (int i = 0; i < ordered.size(); i++) {
      numbers[ordered.get(i).order()] = i + 1;
    }
    List<PlanStep> numbered = ordered.stream().map(step -> numbered(step, numbers)).toList();
    return new PlanResult.Planned(
        new Plan(
            title,
            origin,
            snapshot.version(),
            numbered,
            changes,
            decisions,
            Inverse.of(snapshot, changes)));
  }

  /** Of the steps whose dependencies are done the first by phase, host and object comes next. */
  private List<Step> ordered() {
    Queue<Step> ready =
        new PriorityQueue<>(
            Comparator.comparingInt(Step::phase)
                .thenComparing(Step::host)
                .thenComparing(step -> step.planned().action().object().value())
                .thenComparingInt(Step::order));
    int[] open = new int[steps.size()];
    List<List<Step>> followers = new ArrayList<>();
    for (Step step : steps) {
      followers.add(new ArrayList<>());
      open[step.order()] = step.after().size();
      step.after().forEach(earlier -> followers.get(earlier.order()).add(step));
      if (step.after().isEmpty()) {
        ready.add(step);
      }
    }
    List<Step> result = new ArrayList<>();
    for (Step next = ready.poll(); next != null; next = ready.poll()) {
      result.add(next);
      for (Step follower : followers.get(next.order())) {
        if (--open[follower.order()] == 0) {
          ready.add(follower);
        }
      }
    }
    return result;
  }

  private static PlanStep numbered(Step step, int[] numbers) {
    SortedSet<Integer> after = new TreeSet<>();
    step.after().forEach(earlier -> after.add(numbers[earlier.order()]));
    return new PlanStep(numbers[step.order()], step.host(), step.planned(), after);
  }
}
