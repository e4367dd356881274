package dev.ballast.agent.command;

import dev.ballast.agent.executor.ActionExecutor;
import dev.ballast.agent.executor.ExecutionFault;
import dev.ballast.agent.executor.Waiting;
import dev.ballast.agent.host.clock.BootClock;
import dev.ballast.agent.journal.Bytes;
import dev.ballast.agent.journal.JournalException;
import dev.ballast.core.action.Command;
import dev.ballast.core.action.Outcome;
import dev.ballast.core.action.Outcome.Applied;
import dev.ballast.core.action.Outcome.NeedsAttention;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Commit-confirmed: what a command did stays only when the coordinator returns a nonce in time,
 * over a connection that was opened after the change. Otherwise the agent undoes it by itself. The
 * time is counted by a clock that no setting of the date moves, and belongs to one boot.
 */
final class Confirmation {
  /** The longest time that a command may wait for its confirmation. */
  static final long LIMIT_MILLIS = 3_600_000;

  /** Between two attempts. */
  static final Duration PAUSE = Duration.ofSeconds(1);

  /** One attempt takes no longer. */
  static final Duration ATTEMPT_LIMIT = Duration.ofSeconds(5);

  private static final int NONCE_BYTES = 16;
  private static final Logger log = LoggerFactory.getLogger(Confirmation.class);

  private final CommandLog commands;
  private final Undoing undoing;
  private final BootClock clock;
  private final Waiting waiting;
  private final Confirmer confirmer;
  private final CrashPoints crashes;

  Confirmation(
      CommandLog commands,
      Undoing undoing,
      BootClock clock,
      Waiting waiting,
      Confirmer confirmer,
      CrashPoints crashes) {
    this.commands = commands;
    this.undoing = undoing;
    this.clock = clock;
    this.waiting = waiting;
    this.confirmer = confirmer;
    this.crashes = crashes;
  }

  /** Whether these outcomes of the command stand only when they are confirmed. */
  static boolean isNeeded(Command command, List<Outcome> outcomes) {
    return command.confirmWithinMillis().isPresent()
        && outcomes.stream().allMatch(Outcome::reachedTarget)
        && outcomes.stream().anyMatch(Applied.class::isInstance);
  }

  /** Whether a command that a former process armed can still be confirmed. */
  boolean isAwaited(OpenCommand open) {
    return !open.undoBegun()
        && open.armed()
            .filter(armed -> armed.bootId().equals(bootId()))
            .filter(armed -> leftMillis(armed) > 0)
            .isPresent();
  }

  /** Waits for the confirmation of what has just been done, or undoes it. */
  List<Outcome> await(Command command, List<ActionExecutor> executors, List<Outcome> outcomes)
      throws InterruptedException {
    long id = command.id();
    long withinMillis = command.confirmWithinMillis().orElseThrow();
    byte[] nonce = new byte[NONCE_BYTES];
    new SecureRandom().nextBytes(nonce);
    OpenCommand.Armed armed =
        new OpenCommand.Armed(Bytes.of(nonce), bootId(), clock.stampMillis() + withinMillis);
    crashes.at("before armed");
    try {
      commands.armed(id, armed);
    } catch (JournalException e) {
      return undo(id, executors, outcomes, "not confirmed: " + e.getMessage());
    }
    crashes.at("after armed");
    return resume(command, executors, outcomes);
  }

  /** As {@link #await}, of a command that is armed already. */
  List<Outcome> resume(Command command, List<ActionExecutor> executors, List<Outcome> outcomes)
      throws InterruptedException {
    OpenCommand.Armed armed = commands.requireOpen(command.id()).armed().orElseThrow();
    String nonce = HexFormat.of().formatHex(armed.nonce().toArray());
    log.info("command {} awaits its confirmation, {} ms", command.id(), leftMillis(armed));
    String failure = "the agent was restarted";
    for (long left = leftMillis(armed); left > 0; left = leftMillis(armed)) {
      Duration within = shorter(ATTEMPT_LIMIT, left);
      Optional<String> why = confirmer.ask(command.id(), command.term(), nonce, within);
      crashes.at("asked");
      if (leftMillis(armed) <= 0) {
        failure = why.orElse("the confirmation came too late");
        break;
      }
      if (why.isEmpty()) {
        log.info("command {} is confirmed", command.id());
        return outcomes;
      }
      failure = why.get();
      waiting.pause(shorter(PAUSE, leftMillis(armed)));
    }
    String cause =
        "not confirmed within " + command.confirmWithinMillis().orElse(0L) + " ms: " + failure;
    log.warn("command {} is undone: {}", command.id(), cause);
    return undo(command.id(), executors, outcomes, cause);
  }

  private List<Outcome> undo(
      long id, List<ActionExecutor> executors, List<Outcome> outcomes, String cause)
      throws InterruptedException {
    recordUndo(id);
    List<Outcome> all = new ArrayList<>(outcomes);
    try {
      for (Begun begun : Begun.of(commands.requireOpen(id), executors).reversed()) {
        if (all.get(begun.index()) instanceof Applied) {
          all.set(begun.index(), undoing.undo(id, begun, cause));
        }
      }
    } catch (ExecutionFault e) {
      return Collections.nCopies(
          all.size(), new NeedsAttention(cause + "; it cannot be undone: " + e.getMessage()));
    }
    return all;
  }

  /** From now on a restart undoes, however much time is left. */
  void recordUndo(long id) {
    try {
      commands.undoBegun(id);
    } catch (JournalException e) {
      log.error("command {}: that it is being undone is not recorded", id, e);
    }
  }

  private Bytes bootId() {
    return Bytes.of(clock.bootId().getBytes(StandardCharsets.UTF_8));
  }

  private long leftMillis(OpenCommand.Armed armed) {
    return armed.deadlineMillis() - clock.stampMillis();
  }

  private static Duration shorter(Duration limit, long millis) {
    Duration left = Duration.ofMillis(Math.max(0, millis));
    return left.compareTo(limit) < 0 ? left : limit;
  }
}
