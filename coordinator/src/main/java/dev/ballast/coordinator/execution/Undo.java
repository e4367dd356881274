package dev.ballast.coordinator.execution;

import dev.ballast.core.action.Expectation;
import dev.ballast.core.action.Expectation.AfterEarlierSteps;
import dev.ballast.core.action.Expectation.DomainRecord;
import dev.ballast.core.action.Expectation.HostSettingRecord;
import dev.ballast.core.action.Expectation.KsmRecord;
import dev.ballast.core.action.Expectation.NoDomain;
import dev.ballast.core.action.Expectation.SwitchRecord;
import dev.ballast.core.action.Final;
import dev.ballast.core.action.Outcome;
import dev.ballast.core.action.PlannedAction;
import dev.ballast.core.action.Reversible;
import dev.ballast.core.action.Reversible.DefineDomain;
import dev.ballast.core.action.Reversible.PinCpus;
import dev.ballast.core.action.Reversible.SetHostSetting;
import dev.ballast.core.action.Reversible.SetKsm;
import dev.ballast.core.action.Reversible.SetLimits;
import dev.ballast.core.action.Reversible.SetMemoryNodes;
import dev.ballast.core.action.Reversible.SetSwitch;
import dev.ballast.core.action.Reversible.TakeSnapshot;
import dev.ballast.core.action.Reversible.UndefineDomain;
import dev.ballast.core.model.CpuPins;
import dev.ballast.core.model.DomainState;
import dev.ballast.core.model.HostSetting;
import dev.ballast.core.model.KsmSettings;
import dev.ballast.core.model.SwitchBridge;
import dev.ballast.core.model.VmLimits;
import dev.ballast.core.model.VmName;
import dev.ballast.core.plan.Plan;
import dev.ballast.core.plan.PlanStep;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * How the applied steps of an operation are taken back: in reverse order, each to the state that
 * its step was planned against. The same outcomes give the same undo.
 *
 * @param tasks in the order in which they are to be done
 * @param covered steps that are taken back by the task of an earlier step on the same object
 * @param standing steps that cannot be taken back, with the reason
 */
record Undo(List<Task> tasks, Map<Integer, Integer> covered, SortedMap<Integer, String> standing) {
  Undo {
    tasks = List.copyOf(tasks);
    covered = Map.copyOf(covered);
    standing = Collections.unmodifiableSortedMap(new TreeMap<>(standing));
  }

  static final Undo NOTHING = new Undo(List.of(), Map.of(), new TreeMap<>());

  static Undo of(Plan plan, Map<Integer, Outcome> outcomes, FormerDefinition former) {
    return new Builder(plan, outcomes, former).build();
  }

  private static final class Builder {
    private final Plan plan;
    private final Map<Integer, Outcome> outcomes;
    private final FormerDefinition former;
    private final SortedMap<Integer, PlannedAction> inverses = new TreeMap<>();
    private final Map<HeldObject, String> blocked = new HashMap<>();
    private final Map<HeldObject, List<Integer>> awaitingCover = new HashMap<>();
    private final Map<Integer, Integer> covered = new HashMap<>();
    private final SortedMap<Integer, String> standing = new TreeMap<>();

    Builder(Plan plan, Map<Integer, Outcome> outcomes, FormerDefinition former) {
      this.plan = plan;
      this.outcomes = outcomes;
      this.former = former;
    }

    Undo build() {
      for (PlanStep step : plan.steps().reversed()) {
        Outcome outcome = outcomes.get(step.number());
        if (outcome instanceof Outcome.Applied) {
          takeBack(step);
        } else if (outcome instanceof Outcome.Unknown
            || outcome instanceof Outcome.NeedsAttention) {
          blocked.put(HeldObject.of(step), "step " + step.number() + " is in doubt");
        }
      }
      awaitingCover.values().stream()
          .flatMap(List::stream)
          .forEach(step -> standing.put(step, "what it was before is not known"));
      return new Undo(tasks(), covered, standing);
    }

    private void takeBack(PlanStep step) {
      HeldObject object = HeldObject.of(step);
      switch (step.planned().action()) {
        case Final action -> {
          standing.put(step.number(), "it is final");
          blocked.put(object, "'" + action.describe() + "' after it is final");
        }
        case Reversible action -> {
          String reason = blocked.get(object);
          if (reason != null) {
            standing.put(step.number(), reason);
          } else {
            invert(step, object, action);
          }
        }
      }
    }

    private void invert(PlanStep step, HeldObject object, Reversible action) {
      if (action instanceof PinCpus && step.planned().expectation() instanceof AfterEarlierSteps) {
        awaitingCover.computeIfAbsent(object, key -> new ArrayList<>()).add(step.number());
        return;
      }
      Optional<PlannedAction> inverse = inverse(step, action);
      if (inverse.isEmpty()) {
        standing.put(step.number(), "what it was before is not known");
        blocked.put(object, "step " + step.number() + " before it cannot be undone");
        return;
      }
      inverses.put(step.number(), inverse.get());
      for (int later : awaitingCover.getOrDefault(object, List.of())) {
        covered.put(later, step.number());
      }
      awaitingCover.remove(object);
    }

    private Optional<PlannedAction> inverse(PlanStep step, Reversible action) {
      Expectation before = step.planned().expectation();
      return switch (action) {
        case PinCpus(VmName vm, CpuPins pins) -> inversePins(vm, pins, before);
        case SetLimits limits -> inverseLimits(step, limits, before);
        case SetMemoryNodes(VmName vm, var from, var to) ->
            from.map(
                former ->
                    new PlannedAction(new SetMemoryNodes(vm, Optional.of(to), former), before));
        case SetKsm(KsmSettings settings) -> inverseKsm(settings, before);
        case SetHostSetting(HostSetting setting) -> inverseSetting(setting, before);
        case TakeSnapshot(VmName vm, String name) ->
            Optional.of(new PlannedAction(new Final.DeleteSnapshot(vm, name), before));
        case SetSwitch change -> inverseSwitch(change, before);
        case DefineDomain define -> inverseDefine(step, define, before);
        case UndefineDomain(VmName vm) ->
            former
                .of(plan, step.host(), vm)
                .map(define -> new PlannedAction(define, new NoDomain()));
      };
    }

    private static Optional<PlannedAction> inversePins(
        VmName vm, CpuPins pins, Expectation before) {
      if (!(before instanceof DomainRecord record)) {
        return Optional.empty();
      }
      DomainRecord after =
          new DomainRecord(
              record.uuid(),
              record.state(),
              record.configDigest(),
              Optional.of(pins),
              record.livePins().map(live -> pins),
              record.configLimits(),
              record.liveLimits());
      return record
          .livePins()
          .or(record::configPins)
          .map(former -> new PlannedAction(new PinCpus(vm, former), after));
    }

    /** A new definition brings back the persistent limits only: the live ones take a step. */
    private Optional<PlannedAction> inverseLimits(
        PlanStep step, SetLimits set, Expectation before) {
      DomainRecord record =
          before instanceof DomainRecord present ? present : firstRecord(step).orElse(null);
      if (record == null || record.configLimits().isEmpty()) {
        return Optional.empty();
      }
      VmLimits config = record.configLimits().get();
      VmLimits former =
          record
              .liveLimits()
              .map(live -> live.withMemory(live.memorySoftBytes(), config.balloonBytes()))
              .orElse(config);
      Expectation after =
          before instanceof AfterEarlierSteps earlier
              ? earlier
              : record.withLimits(
                  Optional.of(set.limits()),
                  record.liveLimits().map(live -> set.limits().withoutBalloon()));
      return Optional.of(new PlannedAction(new SetLimits(set.vm(), former), after));
    }

    /** What the plan's first step on the same object expected. */
    private Optional<DomainRecord> firstRecord(PlanStep step) {
      return plan.steps().stream()
          .filter(other -> HeldObject.of(other).equals(HeldObject.of(step)))
          .findFirst()
          .filter(first -> first.planned().expectation() instanceof DomainRecord)
          .map(first -> (DomainRecord) first.planned().expectation());
    }

    private static Optional<PlannedAction> inverseKsm(KsmSettings settings, Expectation before) {
      return before instanceof KsmRecord(KsmSettings former)
          ? Optional.of(new PlannedAction(new SetKsm(former), new KsmRecord(settings)))
          : Optional.empty();
    }

    private static Optional<PlannedAction> inverseSetting(HostSetting setting, Expectation before) {
      return before instanceof HostSettingRecord(HostSetting former)
          ? Optional.of(
              new PlannedAction(new SetHostSetting(former), new HostSettingRecord(setting)))
          : Optional.empty();
    }

    private static Optional<PlannedAction> inverseSwitch(SetSwitch change, Expectation before) {
      if (!(before instanceof SwitchRecord(var present, var absent))
          || present.values().stream().anyMatch(bridge -> bridge.owner().isEmpty())) {
        return Optional.empty();
      }
      SortedSet<String> created = new TreeSet<>(absent);
      created.retainAll(change.bridges().keySet());
      if (present.isEmpty() && created.isEmpty()) {
        return Optional.empty();
      }
      SetSwitch back = new SetSwitch(present, created);
      SortedMap<String, SwitchBridge> left = new TreeMap<>(change.bridges());
      left.keySet().retainAll(back.names());
      SortedSet<String> gone = new TreeSet<>(change.removed());
      gone.retainAll(present.keySet());
      return Optional.of(new PlannedAction(back, new SwitchRecord(left, gone)));
    }

    private Optional<PlannedAction> inverseDefine(
        PlanStep step, DefineDomain define, Expectation before) {
      return switch (before) {
        case NoDomain() ->
            Optional.of(
                new PlannedAction(
                    new UndefineDomain(define.vm()), left(define, DomainState.SHUT_OFF)));
        case DomainRecord record ->
            former
                .of(plan, step.host(), define.vm())
                .map(again -> new PlannedAction(again, left(define, record.state())));
        case AfterEarlierSteps ignored -> Optional.empty();
        case KsmRecord ignored -> Optional.empty();
        case HostSettingRecord ignored -> Optional.empty();
        case SwitchRecord ignored -> Optional.empty();
      };
    }

    private static Expectation left(DefineDomain define, DomainState state) {
      return new AfterEarlierSteps(state, define.specDigest());
    }

    private List<Task> tasks() {
      Map<Integer, Set<Integer>> waits = new HashMap<>();
      List<Task> tasks = new ArrayList<>();
      for (PlanStep step : plan.steps().reversed()) {
        Set<Integer> own = waits.computeIfAbsent(step.number(), number -> new HashSet<>());
        PlannedAction inverse = inverses.get(step.number());
        if (inverse != null) {
          tasks.add(new Task(step.number(), step.host(), inverse, own));
        }
        for (int earlier : step.after()) {
          Set<Integer> others = waits.computeIfAbsent(earlier, number -> new HashSet<>());
          if (inverse != null) {
            others.add(step.number());
          } else {
            others.addAll(own);
          }
        }
      }
      return tasks;
    }
  }
}
