package dev.ballast.agent.command;

import dev.ballast.agent.executor.ActionExecutor;
import dev.ballast.agent.executor.Executors;
import dev.ballast.agent.executor.HostReader;
import dev.ballast.agent.executor.HostWriter;
import dev.ballast.agent.executor.Steering;
import dev.ballast.agent.executor.Waiting;
import dev.ballast.agent.host.clock.BootClock;
import dev.ballast.agent.journal.Bytes;
import dev.ballast.agent.journal.JournalException;
import dev.ballast.agent.outbox.CommandResult;
import dev.ballast.agent.outbox.Outbox;
import dev.ballast.core.action.Command;
import dev.ballast.core.action.ObjectKey;
import dev.ballast.core.action.Outcome;
import dev.ballast.core.action.Outcome.Unknown;
import dev.ballast.core.action.RefusalReason;
import java.io.IOException;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes commands from the stream and brings each to a recorded result. Admission is by one thread
 * in the order of arrival; admitted commands run beside each other, one per object.
 */
public final class CommandPipeline implements AutoCloseable {
  /** So many commands run at once. */
  public static final int RUNNING_LIMIT = 64;

  /** How long running commands may go on when the agent is told to stop. */
  public static final Duration STOP_GRACE = Duration.ofSeconds(5);

  static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
  static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

  private static final Logger log = LoggerFactory.getLogger(CommandPipeline.class);

  private final CommandLog commands;
  private final Admission admission;
  private final Executors executors;
  private final CommandRunner runner;
  private final Waiting waiting;
  private final Outbox outbox;
  private final CommandFormat format;
  private final VolatileState volatileState;
  private final CrashPoints crashes;
  private final ObjectLocks locks = new ObjectLocks();
  private final Set<Long> running = ConcurrentHashMap.newKeySet();
  private final Map<Long, Steering> steerings = new ConcurrentHashMap<>();
  private final ExecutorService runners =
      java.util.concurrent.Executors.newThreadPerTaskExecutor(
          Thread.ofVirtual().name("command-", 0).factory());
  private final AdmissionQueue queue = new AdmissionQueue();

  /** What the pipeline works with. */
  public record Parts(
      CommandLog commands,
      CommandFormat format,
      Executors executors,
      HostReader host,
      HostWriter writer,
      FreezeList freeze,
      BootClock clock,
      Waiting waiting,
      Outbox outbox,
      boolean observeOnly,
      VolatileState volatileState,
      Confirmer confirmer,
      CrashPoints crashes) {}

  public CommandPipeline(Parts parts) {
    commands = parts.commands();
    format = parts.format();
    volatileState = parts.volatileState();
    executors = parts.executors();
    waiting = parts.waiting();
    outbox = parts.outbox();
    crashes = parts.crashes();
    admission =
        new Admission(commands, new Fence(parts.clock()), parts.freeze(), parts.observeOnly());
    runner = runner(parts, admission);
  }

  private static CommandRunner runner(Parts parts, Admission admission) {
    HostReader host = parts.host();
    HostWriter writer = parts.writer();
    CommandLog commands = parts.commands();
    Waiting waiting = parts.waiting();
    CrashPoints crashes = parts.crashes();
    Settling settling = new Settling(host, waiting);
    Undoing undoing = new Undoing(host, writer, settling, parts.freeze(), commands, crashes);
    return new CommandRunner(
        commands,
        admission,
        host,
        new Transaction(
            host, writer, waiting, settling, undoing, parts.freeze(), commands, crashes),
        new Recovery(host, writer, settling, undoing),
        new Confirmation(commands, undoing, parts.clock(), waiting, parts.confirmer(), crashes),
        crashes);
  }

  /** Ends what the last process left, in the background, and reports what it did not yet. */
  public void start() {
    commands.unacknowledged().forEach(outbox::result);
    for (OpenCommand open : commands.openCommands()) {
      try {
        Command command = format.decodeCommand(open.command().toArray());
        locks.take(open.id(), objects(command));
        running.add(open.id());
        steerings.put(open.id(), new Steering(open.id(), outbox::progress));
        runners.execute(() -> guarded(open.id(), () -> recover(open, command)));
      } catch (IOException e) {
        log.error("command {} of the journal cannot be read: {}", open.id(), e.getMessage());
      }
    }
  }

  /** Takes a command; its result comes through the outbox. */
  public void submit(Command command) {
    if (!queue.addCommand(command.id(), () -> admit(command)) && !isKnown(command.id())) {
      results(command, new Refusal(RefusalReason.BUSY, "too many commands wait here"));
    }
  }

  /** Asked in this order: a command that ends in between is then found with its result. */
  private boolean isKnown(long id) {
    return running.contains(id) || commands.entry(id).isPresent();
  }

  /** A command that this agent could not read is refused, not ignored. */
  public void submitUnreadable(long id, long term, int actions, String why) {
    Outcome refused = new Refusal(RefusalReason.UNSUPPORTED, why).outcome();
    CommandResult result =
        new CommandResult(id, term, Collections.nCopies(Math.max(1, actions), refused));
    boolean added =
        queue.add(
            () -> {
              boolean underWay = running.contains(id);
              Optional<CommandLog.Entry> known = commands.entry(id);
              if (known.orElse(null) instanceof CommandLog.Closed closed) {
                outbox.result(closed.result());
              } else if (id < 1 || term < commands.highestTerm() || underWay || known.isPresent()) {
                log.warn("ignoring command {} of term {}: {}", id, term, why);
              } else {
                end(result, Admission.NO_CONTENT);
              }
            });
    if (!added && !isKnown(id)) {
      outbox.result(result);
    }
  }

  /** A leader with that term and lease has been heard. */
  public void leader(long term, long leaseMillis) {
    queue.add(
        () -> {
          admission.lease(leaseMillis);
          try {
            commands.raiseTerm(term);
          } catch (JournalException e) {
            log.warn("term {} is not recorded: {}", term, e.getMessage());
          }
        });
  }

  /** The coordinator has stored the result. */
  public void acknowledged(long id) {
    queue.add(
        () -> {
          commands.acknowledged(id);
          outbox.acknowledged(id);
        });
  }

  /** Reports the result of that command again; unknown when there was never such a command. */
  public void query(long id) {
    queue.add(
        () -> {
          boolean underWay = running.contains(id);
          Optional<CommandLog.Entry> known = commands.entry(id);
          if (known.orElse(null) instanceof CommandLog.Closed closed) {
            outbox.result(closed.result());
          } else if (!underWay && known.isEmpty()) {
            outbox.result(
                new CommandResult(
                    id,
                    commands.highestTerm(),
                    List.of(new Unknown("this agent has no record of command " + id))));
          }
        });
  }

  /** Asks a running command to give up; only a migration can, and its outcome tells. */
  public void abort(long id, long term) {
    queue.add(
        () -> {
          Steering steering = steerings.get(id);
          if (term < commands.highestTerm()) {
            log.warn(
                "ignoring the abort of command {}: term {}; this agent has seen {}",
                id,
                term,
                commands.highestTerm());
          } else if (steering == null) {
            log.warn("ignoring the abort of command {}: it does not run here", id);
          } else {
            log.info("command {} is asked to give up", id);
            steering.abort();
          }
        });
  }

  private void admit(Command command) {
    Bytes digest = Admission.digest(command, format);
    Admission.Decision decision = admission.decide(command, digest, running);
    switch (decision) {
      case Admission.Ignore ignored -> log.debug("command {} is under way", command.id());
      case Admission.Repeat(CommandResult result) -> outbox.result(result);
      case Admission.Answer(Refusal refusal) -> results(command, refusal);
      case Admission.Refuse(Refusal refusal) -> end(result(command, refusal), digest);
      case Admission.Run ignored -> launch(command, digest);
    }
  }

  private void launch(Command command, Bytes digest) {
    if (running.size() >= RUNNING_LIMIT) {
      end(result(command, new Refusal(RefusalReason.BUSY, "too many commands run here")), digest);
      return;
    }
    if (!command.dryRun()) {
      Optional<String> held = locks.take(command.id(), objects(command));
      if (held.isPresent()) {
        end(result(command, new Refusal(RefusalReason.BUSY, held.get())), digest);
        return;
      }
    }
    running.add(command.id());
    steerings.put(command.id(), new Steering(command.id(), outbox::progress));
    runners.execute(() -> guarded(command.id(), () -> run(command, digest)));
  }

  @FunctionalInterface
  private interface Work {
    void run() throws InterruptedException;
  }

  private void guarded(long id, Work work) {
    try {
      work.run();
    } catch (InterruptedException e) {
      log.info("command {} is left to the next start", id);
    } catch (RuntimeException e) {
      // Its objects stay locked: only a restart's recovery may look at what it left.
      log.error("command {} broke off; it will be recovered at the next start", id, e);
    }
  }

  private void run(Command command, Bytes digest) throws InterruptedException {
    List<Outcome> outcomes =
        runner.run(command, digest, executors(command), () -> outbox.received(command.id()));
    finish(command, outcomes, digest);
  }

  private void recover(OpenCommand open, Command command) throws InterruptedException {
    finish(command, runner.recover(open, command, executors(command)), open.digest());
  }

  private List<ActionExecutor> executors(Command command) {
    Steering steering = Objects.requireNonNull(steerings.get(command.id()));
    return command.actions().stream().map(p -> executors.of(p.action(), steering)).toList();
  }

  /** Records the result, as long as it takes, and only then reports it. */
  private void finish(Command command, List<Outcome> outcomes, Bytes digest)
      throws InterruptedException {
    CommandResult result = new CommandResult(command.id(), command.term(), outcomes);
    if (!commands.isOpen(command.id())) {
      commands.refuse(result, digest);
      release(command.id());
      outbox.result(result);
      return;
    }
    keepOverReboot(command, outcomes);
    Duration pause = FIRST_PAUSE;
    while (!recorded(result, digest)) {
      waiting.pause(pause);
      pause =
          pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0
              ? pause.multipliedBy(2)
              : LONGEST_PAUSE;
    }
    crashes.at("after outcome");
    release(command.id());
    outbox.resultOfChange(result);
  }

  private void keepOverReboot(Command command, List<Outcome> outcomes) {
    if (!outcomes.stream().allMatch(Outcome::reachedTarget)) {
      return;
    }
    try {
      volatileState.keep(command);
    } catch (IOException e) {
      log.warn("what command {} set will not outlive a reboot: {}", command.id(), e.getMessage());
    }
  }

  /** Before the result is reported: the next command may come at once. */
  private void release(long id) {
    locks.release(id);
    running.remove(id);
    steerings.remove(id);
  }

  private boolean recorded(CommandResult result, Bytes digest) {
    try {
      commands.end(result, digest);
      return true;
    } catch (JournalException e) {
      log.error("the outcome of command {} waits: {}", result.commandId(), e.getMessage());
      return false;
    }
  }

  /** The end of a command that has not begun. */
  private void end(CommandResult result, Bytes digest) {
    commands.refuse(result, digest);
    outbox.result(result);
  }

  private void results(Command command, Refusal refusal) {
    outbox.result(result(command, refusal));
  }

  private static CommandResult result(Command command, Refusal refusal) {
    return new CommandResult(command.id(), command.term(), refusal.ofAll(command));
  }

  private static Set<ObjectKey> objects(Command command) {
    return command.actions().stream().map(p -> p.action().object()).collect(Collectors.toSet());
  }

  /** Commands whose result is not yet recorded. */
  public int runningCount() {
    return running.size();
  }

  /** Takes nothing more, lets running commands end for that long, leaves the rest to recovery. */
  public void stop(Duration grace) {
    queue.close();
    runners.shutdown();
    try {
      if (!runners.awaitTermination(grace.toMillis(), TimeUnit.MILLISECONDS)) {
        runners.shutdownNow();
        runners.awaitTermination(1, TimeUnit.SECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    stop(STOP_GRACE);
  }
}
