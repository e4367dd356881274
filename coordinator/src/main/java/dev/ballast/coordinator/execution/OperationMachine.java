package dev.ballast.coordinator.execution;

import dev.ballast.coordinator.execution.Phase.Cue;
import dev.ballast.coordinator.store.CommandPurpose;
import dev.ballast.core.action.Expectation.AfterEarlierSteps;
import dev.ballast.core.action.Outcome;
import dev.ballast.core.action.Outcome.NotVerifiable;
import dev.ballast.core.action.Outcome.Skipped;
import dev.ballast.core.action.Outcome.WouldApply;
import dev.ballast.core.model.HostName;
import dev.ballast.core.plan.Plan;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Where one operation stands and what is to be done next. It does nothing itself: it answers with
 * effects and with commands that may be sent. Not for several threads.
 */
final class OperationMachine {
  private final Plan plan;
  private final boolean dryRun;
  private final FormerDefinition former;
  private final List<Task> forward;
  private final Set<Integer> waiting = new TreeSet<>();
  private final Set<Integer> over = new HashSet<>();
  private final SortedMap<Integer, Outcome> outcomes = new TreeMap<>();
  private final Set<Integer> undoWaiting = new HashSet<>();
  private final Set<Integer> undoOver = new HashSet<>();
  private final Map<Integer, Outcome> undoOutcomes = new HashMap<>();
  private Undo undo = Undo.NOTHING;
  private boolean undoKnown;
  private Phase phase = Phase.FORWARD;
  private String reason = "";
  private boolean mayUndo = true;
  private int commandsUnderway;

  OperationMachine(Plan plan, boolean dryRun, FormerDefinition former) {
    this.plan = plan;
    this.dryRun = dryRun;
    this.former = former;
    this.forward = Task.forward(plan);
    forward.forEach(task -> waiting.add(task.step()));
  }

  /** Restores what was stored: the steps' outcomes so far, and those of undo. */
  static OperationMachine restore(
      Plan plan,
      FormerDefinition former,
      Map<Integer, Outcome> outcomes,
      Map<Integer, Outcome> undoOutcomes) {
    OperationMachine machine = new OperationMachine(plan, false, former);
    machine.undoOutcomes.putAll(undoOutcomes);
    outcomes.forEach(machine::note);
    if (outcomes.values().stream().anyMatch(outcome -> !outcome.reachedTarget())) {
      machine.reason = machine.firstFault(outcomes);
      machine.phase = Phase.FORWARD.on(Cue.STOP);
    }
    return machine;
  }

  private String firstFault(Map<Integer, Outcome> known) {
    return new TreeMap<>(known)
        .entrySet().stream()
            .filter(e -> !e.getValue().reachedTarget() && !(e.getValue() instanceof Skipped))
            .findFirst()
            .map(e -> fault(e.getKey(), e.getValue()))
            .orElse("it was stopped");
  }

  Phase phase() {
    return phase;
  }

  int stepsDone() {
    return outcomes.size();
  }

  CommandPurpose purpose() {
    if (dryRun) {
      return CommandPurpose.VERIFY;
    }
    return phase == Phase.UNDOING ? CommandPurpose.UNDO : CommandPurpose.EXECUTE;
  }

  /** The commands that may be sent now to hosts that are not busy. */
  List<List<Task>> ready(Set<HostName> busy) {
    return switch (phase) {
      case FORWARD -> Batching.ready(forward, waiting, over, busy);
      case UNDOING -> Batching.ready(undo.tasks(), undoWaiting, undoOver, busy);
      case STOPPING, ENDED -> List.of();
    };
  }

  /** The tasks of a command that was stored before a restart. */
  List<Task> tasks(CommandPurpose purpose, List<Integer> steps) {
    List<Task> from =
        switch (purpose) {
          case EXECUTE, VERIFY -> forward;
          case UNDO -> undo().tasks();
        };
    return steps.stream()
        .flatMap(step -> from.stream().filter(task -> task.step() == step))
        .toList();
  }

  /** The command is on its way. */
  void sent(CommandPurpose purpose, List<Task> tasks) {
    Set<Integer> set = purpose == CommandPurpose.UNDO ? undoWaiting : waiting;
    tasks.forEach(task -> set.remove(task.step()));
    commandsUnderway++;
  }

  /** The command certainly did not reach its agent; its tasks wait again. */
  List<Effect> notSent(CommandPurpose purpose, List<Task> tasks) {
    commandsUnderway--;
    List<Effect> effects = new ArrayList<>();
    if (purpose == CommandPurpose.UNDO) {
      tasks.forEach(task -> undoWaiting.add(task.step()));
    } else if (phase == Phase.FORWARD) {
      tasks.forEach(task -> waiting.add(task.step()));
    } else {
      tasks.forEach(task -> record(task.step(), new Skipped(), effects));
    }
    settle(effects);
    return effects;
  }

  /** The command ended with these outcomes, one a task. */
  List<Effect> ended(CommandPurpose purpose, List<Task> tasks, List<Outcome> results) {
    commandsUnderway--;
    List<Effect> effects = new ArrayList<>();
    for (int i = 0; i < tasks.size(); i++) {
      int step = tasks.get(i).step();
      switch (purpose) {
        case EXECUTE -> record(step, executed(results.get(i)), effects);
        case VERIFY -> record(step, results.get(i), effects);
        case UNDO -> undone(step, executed(results.get(i)), effects);
      }
    }
    if (!dryRun && purpose == CommandPurpose.EXECUTE) {
      stopOnFault(tasks, effects);
    }
    settle(effects);
    return effects;
  }

  /** Steps of a dry run that cannot be asked about: an earlier command would make their object. */
  List<Effect> skipUnverifiable(List<Task> batch) {
    List<Effect> effects = new ArrayList<>();
    for (Task task : batch) {
      OptionalInt maker = madeBy(task, batch);
      if (maker.isPresent()) {
        waiting.remove(task.step());
        record(task.step(), new NotVerifiable(maker.getAsInt()), effects);
      }
    }
    settle(effects);
    return effects;
  }

  private OptionalInt madeBy(Task task, List<Task> batch) {
    if (!dryRun || !(task.planned().expectation() instanceof AfterEarlierSteps)) {
      return OptionalInt.empty();
    }
    return forward.stream()
        .filter(earlier -> earlier.step() < task.step() && !batch.contains(earlier))
        .filter(earlier -> HeldObject.of(earlier).equals(HeldObject.of(task)))
        .mapToInt(Task::step)
        .max();
  }

  /** Nothing more is sent; what is on its way is awaited, then taken back if it may be. */
  List<Effect> stop(String why, boolean takeBack) {
    List<Effect> effects = new ArrayList<>();
    mayUndo = mayUndo && takeBack;
    stop(why, effects);
    if (!takeBack) {
      undoWaiting.clear();
    }
    settle(effects);
    return effects;
  }

  /** A host takes no commands any more: forward the operation stops, undo goes on without it. */
  List<Effect> hostGone(HostName host, String why) {
    List<Effect> effects = new ArrayList<>();
    switch (phase) {
      case FORWARD -> stop(why, effects);
      case UNDOING ->
          undo.tasks().stream()
              .filter(task -> task.host().equals(host) && undoWaiting.remove(task.step()))
              .forEach(task -> undoOutcomes.put(task.step(), new Outcome.NeedsAttention(why)));
      case STOPPING, ENDED -> {}
    }
    settle(effects);
    return effects;
  }

  /** Whether no command about the object was ever sent. */
  boolean isUntouched(HeldObject object) {
    return phase == Phase.FORWARD
        && forward.stream()
            .filter(task -> HeldObject.of(task).equals(object))
            .allMatch(task -> waiting.contains(task.step()));
  }

  /** Moves on as far as possible without an event, for example after a restart. */
  List<Effect> settle() {
    List<Effect> effects = new ArrayList<>();
    settle(effects);
    return effects;
  }

  private static Outcome executed(Outcome outcome) {
    return outcome instanceof WouldApply || outcome instanceof NotVerifiable
        ? new Outcome.NeedsAttention(
            "the agent answered '" + OutcomeText.of(outcome) + "' to a command that was no dry run")
        : outcome;
  }

  private void stopOnFault(List<Task> tasks, List<Effect> effects) {
    Map<Integer, Outcome> here = new TreeMap<>();
    tasks.forEach(task -> here.put(task.step(), outcomes.get(task.step())));
    if (here.values().stream().anyMatch(outcome -> !outcome.reachedTarget())) {
      stop(firstFault(here), effects);
    }
  }

  private void stop(String why, List<Effect> effects) {
    if (reason.isEmpty()) {
      reason = why;
    }
    phase = phase.on(Cue.STOP);
    if (phase == Phase.STOPPING) {
      List.copyOf(waiting).forEach(step -> record(step, new Skipped(), effects));
    }
  }

  private void record(int step, Outcome outcome, List<Effect> effects) {
    note(step, outcome);
    effects.add(new Effect.StepOver(step, outcome));
  }

  private void note(int step, Outcome outcome) {
    waiting.remove(step);
    outcomes.put(step, outcome);
    if (dryRun || outcome.reachedTarget()) {
      over.add(step);
    }
  }

  private void undone(int step, Outcome outcome, List<Effect> effects) {
    undoOutcomes.put(step, outcome);
    if (outcome.reachedTarget()) {
      undoOver.add(step);
      effects.add(new Effect.StepOver(step, new Outcome.Undone(reason)));
      undo.covered().entrySet().stream()
          .filter(entry -> entry.getValue() == step)
          .forEach(e -> effects.add(new Effect.StepOver(e.getKey(), new Outcome.Undone(reason))));
    }
  }

  private void settle(List<Effect> effects) {
    if (phase == Phase.FORWARD && over.size() == forward.size()) {
      phase = phase.on(Cue.COMPLETE);
      effects.add(end().ofForward());
    }
    if (phase == Phase.STOPPING && commandsUnderway == 0) {
      undo();
      phase = phase.on(Cue.QUIET);
    }
    if (phase == Phase.UNDOING
        && commandsUnderway == 0
        && Batching.ready(undo.tasks(), undoWaiting, undoOver, Set.of()).isEmpty()) {
      phase = phase.on(Cue.UNDO_OVER);
      effects.add(end().ofUndo());
    }
  }

  /** The undo of what has an outcome; once it began, no further outcome comes. */
  private Undo undo() {
    if (!undoKnown && mayUndo) {
      undoKnown = true;
      undo = Undo.of(plan, outcomes, former);
      for (Task task : undo.tasks()) {
        Outcome known = undoOutcomes.get(task.step());
        if (known == null) {
          undoWaiting.add(task.step());
        } else if (known.reachedTarget()) {
          undoOver.add(task.step());
        }
      }
    }
    return undo;
  }

  private OperationEnd end() {
    return new OperationEnd(
        plan,
        dryRun,
        Collections.unmodifiableSortedMap(outcomes),
        undo,
        undoOver,
        Map.copyOf(undoOutcomes),
        reason);
  }

  private String fault(int step, Outcome outcome) {
    return OperationEnd.label(plan, step) + ": " + OutcomeText.of(outcome);
  }
}
