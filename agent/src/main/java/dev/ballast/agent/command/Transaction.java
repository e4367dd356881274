package dev.ballast.agent.command;

import dev.ballast.agent.executor.ActionExecutor;
import dev.ballast.agent.executor.ExecutionFault;
import dev.ballast.agent.executor.HostReader;
import dev.ballast.agent.executor.HostWriter;
import dev.ballast.agent.executor.ObjectState;
import dev.ballast.agent.executor.ObjectStateCodec;
import dev.ballast.agent.executor.Waiting;
import dev.ballast.agent.host.libvirt.LibvirtFault;
import dev.ballast.agent.journal.JournalException;
import dev.ballast.core.action.Outcome;
import dev.ballast.core.action.Outcome.Applied;
import dev.ballast.core.action.Outcome.Failed;
import dev.ballast.core.action.Outcome.NeedsAttention;
import dev.ballast.core.action.Outcome.Refused;
import dev.ballast.core.action.Outcome.Skipped;
import dev.ballast.core.action.Outcome.Unchanged;
import dev.ballast.core.action.Outcome.Unknown;
import dev.ballast.core.action.PlannedAction;
import dev.ballast.core.action.RefusalReason;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Executes one command whose intent is on the disk: all its actions, or none. */
final class Transaction {
  private final HostReader host;
  private final HostWriter writer;
  private final Waiting waiting;
  private final Settling settling;
  private final Undoing undoing;
  private final FreezeList freeze;
  private final CommandLog log;
  private final CrashPoints crashes;

  Transaction(
      HostReader host,
      HostWriter writer,
      Waiting waiting,
      Settling settling,
      Undoing undoing,
      FreezeList freeze,
      CommandLog log,
      CrashPoints crashes) {
    this.host = host;
    this.writer = writer;
    this.waiting = waiting;
    this.settling = settling;
    this.undoing = undoing;
    this.freeze = freeze;
    this.log = log;
    this.crashes = crashes;
  }

  /**
   * One outcome an action.
   *
   * @throws InterruptedException when the agent stops: the command stays open for recovery
   */
  List<Outcome> run(long id, List<ActionExecutor> executors, List<PlannedAction> planned)
      throws InterruptedException {
    List<Outcome> outcomes =
        new ArrayList<>(Collections.nCopies(executors.size(), (Outcome) new Skipped()));
    List<Begun> done = new ArrayList<>();
    for (int i = 0; i < executors.size(); i++) {
      Optional<String> frozen = freeze.read().holds(executors.get(i).action().object());
      if (frozen.isPresent()) {
        outcomes.set(i, new Refused(RefusalReason.FROZEN, frozen.get(), List.of()));
        undoEarlier(id, done, outcomes, frozen.get());
        return outcomes;
      }
      Outcome outcome = one(id, i, executors.get(i), planned.get(i), done);
      outcomes.set(i, outcome);
      if (!outcome.reachedTarget()) {
        undoEarlier(id, done, outcomes, "action " + (i + 1) + ": " + text(outcome));
        return outcomes;
      }
    }
    return outcomes;
  }

  private Outcome one(
      long id, int index, ActionExecutor executor, PlannedAction planned, List<Begun> done)
      throws InterruptedException {
    ObjectState state;
    try {
      state = executor.observe(host);
    } catch (LibvirtFault | ExecutionFault e) {
      return new Failed(String.valueOf(e.getMessage()));
    }
    Optional<Outcome> early = Precheck.unlessToDo(executor, planned.expectation(), state, host);
    if (early.isPresent()) {
      return early.get();
    }
    crashes.at("before step " + index);
    try {
      log.step(id, index, ObjectStateCodec.encode(state));
    } catch (JournalException e) {
      return new Failed("not begun: " + e.getMessage());
    }
    crashes.at("after step " + index);
    Begun begun = new Begun(index, executor, state);
    Outcome outcome = apply(id, begun);
    if (outcome instanceof Applied) {
      done.add(begun);
    }
    crashes.at("after apply " + index);
    return outcome;
  }

  private Outcome apply(long id, Begun begun) throws InterruptedException {
    long start = waiting.nanos();
    try {
      begun.executor().apply(begun.before(), host, writer);
      return applied(begun, start);
    } catch (LibvirtFault e) {
      if (e.mayHaveHappened()) {
        settling.await(begun.executor().action());
      }
      return resolve(id, begun, start, String.valueOf(e.getMessage()), e.mayHaveHappened());
    } catch (ExecutionFault e) {
      return resolve(id, begun, start, String.valueOf(e.getMessage()), false);
    }
  }

  private Applied applied(Begun begun, long startNanos) {
    long micros = TimeUnit.NANOSECONDS.toMicros(waiting.nanos() - startNanos);
    return new Applied(begun.before().describe() + begun.executor().remark(), micros);
  }

  /** After an error: what the object says. */
  private Outcome resolve(long id, Begun begun, long startNanos, String error, boolean doubtful)
      throws InterruptedException {
    ActionExecutor executor = begun.executor();
    while (true) {
      try {
        ObjectState now = executor.observe(host);
        if (doubtful && !executor.observable()) {
          return new Unknown(error + "; now: " + executor.told(now, host));
        }
        return switch (executor.standing(begun.before(), now)) {
          case TARGET -> applied(begun, startNanos);
          case BEFORE -> {
            undoing.recordUndone(id, begun);
            yield new Failed(error);
          }
          case OWN_STEP -> undoOwn(id, begun, error);
          case FOREIGN -> new NeedsAttention(error + "; now: " + executor.told(now, host));
          case ELSEWHERE -> new Unknown(error + "; now: " + executor.told(now, host));
        };
      } catch (LibvirtFault e) {
        settling.await(executor.action());
      } catch (ExecutionFault e) {
        return new NeedsAttention(error + "; then: " + e.getMessage());
      }
    }
  }

  private Outcome undoOwn(long id, Begun begun, String error) throws InterruptedException {
    Outcome undone = undoing.undo(id, begun, error);
    return undone instanceof NeedsAttention ? undone : new Failed(error);
  }

  private void undoEarlier(long id, List<Begun> done, List<Outcome> outcomes, String cause)
      throws InterruptedException {
    if (done.isEmpty()) {
      return;
    }
    try {
      log.undoBegun(id);
    } catch (JournalException e) {
      // Recovery undoes an unfinished command all the same.
      crashes.at("undo not recorded");
    }
    for (Begun begun : done.reversed()) {
      outcomes.set(begun.index(), undoing.undo(id, begun, cause));
    }
  }

  private static String text(Outcome outcome) {
    return switch (outcome) {
      case Failed(String error) -> error;
      case Refused refused -> refused.detail();
      case NeedsAttention(String detail) -> detail;
      case Unknown(String detail) -> detail;
      case Applied ignored -> "applied";
      case Unchanged ignored -> "unchanged";
      case Skipped ignored -> "skipped";
      case Outcome.WouldApply(String what) -> what;
      case Outcome.NotVerifiable ignored -> "not verifiable";
      case Outcome.Undone(String cause) -> cause;
    };
  }
}
