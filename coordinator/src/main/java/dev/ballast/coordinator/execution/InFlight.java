package dev.ballast.coordinator.execution;

import dev.ballast.coordinator.store.CommandPurpose;
import dev.ballast.core.action.Outcome;
import dev.ballast.core.model.HostName;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A command whose outcome is awaited. */
final class InFlight {
  final HostName host;
  final long id;
  final Running operation;
  final CommandPurpose purpose;
  final List<Task> tasks;

  /** Whether a former coordinator sent it, if it was sent at all. */
  final boolean inherited;

  boolean received;
  private TaskLoop.@Nullable Timer outcomeTimer;
  private TaskLoop.@Nullable Timer lostTimer;

  InFlight(
      HostName host,
      long id,
      Running operation,
      CommandPurpose purpose,
      List<Task> tasks,
      boolean inherited) {
    this.host = host;
    this.id = id;
    this.operation = operation;
    this.purpose = purpose;
    this.tasks = List.copyOf(tasks);
    this.inherited = inherited;
  }

  void awaitOutcome(TaskLoop.Timer timer) {
    outcomeTimer = timer;
  }

  void awaitHost(TaskLoop.Timer timer) {
    hostIsBack();
    lostTimer = timer;
  }

  void hostIsBack() {
    if (lostTimer != null) {
      lostTimer.cancel();
      lostTimer = null;
    }
  }

  void cancelTimers() {
    hostIsBack();
    if (outcomeTimer != null) {
      outcomeTimer.cancel();
    }
  }

  List<Outcome> all(Outcome outcome) {
    return Collections.nCopies(tasks.size(), outcome);
  }

  List<Integer> steps() {
    return tasks.stream().map(Task::step).toList();
  }
}
