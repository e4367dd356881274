package dev.ballast.coordinator.execution;

import dev.ballast.coordinator.store.CommandPurpose;
import dev.ballast.coordinator.store.OperationState;
import dev.ballast.coordinator.store.StoreException;
import dev.ballast.core.action.Command;
import dev.ballast.core.action.Final.MigrateDomain;
import dev.ballast.core.action.Outcome;
import dev.ballast.core.action.Outcome.NeedsAttention;
import dev.ballast.core.action.Outcome.Unknown;
import dev.ballast.core.model.CommandProgress;
import dev.ballast.core.model.HostName;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends commands, each operation's one at a time to each host, and awaits their outcomes: never
 * longer than bounded times. Runs on the executor's loop.
 */
final class Dispatcher {
  private static final Logger log = LoggerFactory.getLogger(Dispatcher.class);

  /** How long after a command could not be handed over the next attempt is made. */
  static final long RETRY_MILLIS = 1_000;

  private final Surroundings world;
  private final OperationJournal journal;
  private final BiConsumer<Running, List<Effect>> perform;
  private final Runnable pump;
  private final Underway underway;
  private final Map<HostName, Long> journalled = new HashMap<>();
  private final Set<HostName> resting = new HashSet<>();
  private final long startedEpochMillis;

  Dispatcher(
      Surroundings world,
      OperationJournal journal,
      BiConsumer<Running, List<Effect>> perform,
      Runnable pump) {
    this.world = world;
    this.journal = journal;
    this.perform = perform;
    this.pump = pump;
    this.underway = new Underway(world.settings());
    this.startedEpochMillis = world.loop().epochMillis();
  }

  /** Sends whatever the operation may send now. */
  void dispatch(Running operation) {
    Set<HostName> busy = underway.busyFor(operation);
    busy.addAll(resting);
    for (List<Task> batch : operation.machine.ready(busy)) {
      if (underway.isFull()) {
        return;
      }
      if (!operation.dryRun && underway.mustWait(batch)) {
        continue;
      }
      if (!operation.pending.isEmpty() || !prepare(operation, batch)) {
        return;
      }
      send(operation, batch);
    }
  }

  /** Says whether the batch may be sent; if not, the machine has moved on. */
  private boolean prepare(Running operation, List<Task> batch) {
    if (operation.dryRun) {
      List<Effect> effects = operation.machine.skipUnverifiable(batch);
      if (!effects.isEmpty()) {
        perform.accept(operation, effects);
        return false;
      }
      return true;
    }
    Optional<String> frozen =
        batch.stream()
            .flatMap(task -> StartCheck.frozen(task, world.snapshots().get()).stream())
            .findFirst();
    frozen.ifPresent(why -> perform.accept(operation, operation.machine.stop(why, false)));
    return frozen.isEmpty();
  }

  private void send(Running operation, List<Task> batch) {
    HostName host = batch.getFirst().host();
    if (!world.isConnected(host)) {
      awaitHost(operation, host);
      return;
    }
    CommandPurpose purpose = operation.machine.purpose();
    long id;
    try {
      id = journal.sending(operation, host, purpose, batch.stream().map(Task::step).toList());
    } catch (StoreException e) {
      log.error("nothing is sent to {}: {}", host, e.getMessage());
      rest(host);
      return;
    }
    InFlight command = new InFlight(host, id, operation, purpose, batch, false);
    operation.machine.sent(purpose, batch);
    underway.add(command);
    if (!world.sender().send(host, command(command))) {
      awaitHost(operation, host);
      rest(host);
      neverArrived(command);
      return;
    }
    operation.cancelHostTimer(host);
    awaitOutcome(command);
    command.steps().forEach(step -> tellSent(command, step));
  }

  private Command command(InFlight command) {
    return new Command(
        command.id,
        world.term().value(),
        0,
        "",
        world.settings().leaseMillis(),
        command.operation.dryRun,
        command.operation.dryRun
            ? Optional.empty()
            : CommandTimes.confirmWithinMillis(command.tasks, command.operation.confirmWithin),
        command.tasks.stream().map(Task::planned).toList());
  }

  private static void tellSent(InFlight command, int step) {
    Running operation = command.operation;
    String verb = command.purpose == CommandPurpose.UNDO ? "undoing " : "";
    operation.listener.onProgress(
        new Progress(
            operation.id,
            OperationState.RUNNING,
            step,
            "sent",
            verb + OperationEnd.label(operation.plan, step),
            operation.machine.stepsDone(),
            operation.plan.steps().size(),
            Optional.empty()));
  }

  private void rest(HostName host) {
    if (resting.add(host)) {
      world
          .loop()
          .after(
              RETRY_MILLIS,
              () -> {
                resting.remove(host);
                pump.run();
              });
    }
  }

  private void awaitOutcome(InFlight command) {
    long within =
        CommandTimes.outcomeWithinMillis(
            world.settings().leaseMillis(), command.tasks, command.operation.confirmWithin);
    command.awaitOutcome(world.loop().after(within, () -> overdue(command, within)));
  }

  /** A host that is away just now may still come back with the outcome, for a bounded time. */
  private void overdue(InFlight command, long within) {
    if (world.isConnected(command.host)) {
      giveUp(command, "command " + command.id + " has no outcome after " + within + " ms");
    } else {
      long more = world.settings().lostHostMillis();
      command.awaitOutcome(
          world
              .loop()
              .after(
                  more,
                  () ->
                      giveUp(
                          command,
                          "command "
                              + command.id
                              + " has no outcome after "
                              + (within + more)
                              + " ms")));
    }
  }

  /** Awaits the outcome of a command that was sent before the coordinator's restart. */
  void awaitAgain(InFlight command) {
    underway.add(command);
    command.operation.machine.sent(command.purpose, command.tasks);
    long hostWithin = world.settings().restartHostMillis();
    long within =
        hostWithin + CommandTimes.lastingMillis(command.tasks, command.operation.confirmWithin);
    command.awaitOutcome(world.loop().after(within, () -> overdueSinceRestart(command, within)));
    if (within > hostWithin) {
      // A migration may go on for long, but only a host that is there will tell its end.
      command.awaitHost(
          world
              .loop()
              .after(
                  hostWithin,
                  () -> {
                    if (!world.isConnected(command.host)) {
                      overdueSinceRestart(command, hostWithin);
                    }
                  }));
    }
  }

  private void overdueSinceRestart(InFlight command, long within) {
    giveUp(
        command,
        "command "
            + command.id
            + " was underway when the coordinator restarted, and has no outcome "
            + within
            + " ms later");
  }

  /** The agent is there; inherited commands that its journal does not hold never reached it. */
  void connected(HostName host, long lastCommandId) {
    journalled.put(host, lastCommandId);
    for (InFlight command : underway.on(host)) {
      command.hostIsBack();
      // One of our own may have gone out on the new stream already, after the agent's hello.
      if (command.inherited && !command.received && command.id > lastCommandId) {
        neverArrived(command);
      }
    }
  }

  void lost(HostName host) {
    long within = hostWaitMillis(host);
    String why = "host " + host + " was lost and did not come back within " + within + " ms";
    for (InFlight command : underway.on(host)) {
      command.awaitHost(world.loop().after(within, () -> giveUp(command, why)));
    }
  }

  void received(HostName host, long commandId) {
    underway.find(host, commandId).ifPresent(Dispatcher::received);
  }

  private static void received(InFlight command) {
    command.received = true;
    if (!command.operation.dryRun) {
      CommandTimes.confirmWithinMillis(command.tasks, command.operation.confirmWithin)
          .ifPresent(millis -> tellRunning(command, ProgressText.confirming(millis)));
    }
  }

  private static void tellRunning(InFlight command, String text) {
    Running operation = command.operation;
    operation.listener.onProgress(
        new Progress(
            operation.id,
            OperationState.RUNNING,
            command.tasks.getFirst().step(),
            "running",
            text,
            operation.machine.stepsDone(),
            operation.plan.steps().size(),
            Optional.empty()));
  }

  void progress(HostName host, CommandProgress progress) {
    underway
        .find(host, progress.commandId())
        .ifPresent(command -> tellRunning(command, ProgressText.of(progress)));
  }

  /** Asks for the migrations of the operation to be given up; says how many. */
  int abort(Running operation) {
    int asked = 0;
    for (InFlight command : underway.of(operation)) {
      boolean migrates =
          command.tasks.stream().anyMatch(t -> t.planned().action() instanceof MigrateDomain);
      if (migrates) {
        asked += world.sender().abort(command.host, command.id) ? 1 : 0;
      }
    }
    return asked;
  }

  /** Takes the outcomes of a command; says whether they were awaited. */
  boolean ended(HostName host, long commandId, List<Outcome> outcomes) {
    Optional<InFlight> awaited = underway.find(host, commandId);
    awaited.ifPresent(command -> ended(command, outcomes));
    return awaited.isPresent();
  }

  private void ended(InFlight command, List<Outcome> outcomes) {
    if (isUnheardOf(command, outcomes)) {
      neverArrived(command);
    } else if (outcomes.size() == command.tasks.size()) {
      end(command, outcomes);
    } else {
      end(
          command,
          command.all(
              new NeedsAttention(
                  "the agent reported "
                      + outcomes.size()
                      + " outcomes for "
                      + command.tasks.size()
                      + " actions")));
    }
  }

  /**
   * The answer to a question about a command that the agent's journal did not hold at its hello.
   */
  private boolean isUnheardOf(InFlight command, List<Outcome> outcomes) {
    return !command.received
        && command.id > journalled.getOrDefault(command.host, Long.MAX_VALUE)
        && outcomes.stream().allMatch(outcome -> outcome instanceof Unknown);
  }

  private void giveUp(InFlight command, String why) {
    if (underway.find(command.host, command.id).isPresent()) {
      end(command, command.all(new Unknown(why)));
    }
  }

  private void end(InFlight command, List<Outcome> outcomes) {
    underway.remove(command);
    command.cancelTimers();
    Running operation = command.operation;
    perform.accept(operation, operation.machine.ended(command.purpose, command.tasks, outcomes));
    pump.run();
  }

  private void neverArrived(InFlight command) {
    underway.remove(command);
    command.cancelTimers();
    try {
      journal.notSent(command);
    } catch (StoreException e) {
      log.error("command {} to {} stays open: {}", command.id, command.host, e.getMessage());
    }
    Running operation = command.operation;
    perform.accept(operation, operation.machine.notSent(command.purpose, command.tasks));
  }

  private void awaitHost(Running operation, HostName host) {
    if (operation.hostTimers.containsKey(host)) {
      return;
    }
    long within = hostWaitMillis(host);
    operation.hostTimers.put(
        host,
        world
            .loop()
            .after(
                within,
                () -> {
                  operation.hostTimers.remove(host);
                  String why = "host " + host + " could not be commanded within " + within + " ms";
                  perform.accept(operation, operation.machine.hostGone(host, why));
                  pump.run();
                }));
  }

  private long hostWaitMillis(HostName host) {
    if (journalled.containsKey(host) || world.isConnected(host)) {
      return world.settings().lostHostMillis();
    }
    long end = startedEpochMillis + world.settings().restartHostMillis();
    return Math.max(0, end - world.loop().epochMillis());
  }
}
