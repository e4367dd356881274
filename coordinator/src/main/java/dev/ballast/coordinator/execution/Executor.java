package dev.ballast.coordinator.execution;

import dev.ballast.coordinator.cluster.ClusterEvent;
import dev.ballast.coordinator.cluster.ClusterEvent.AgentConnected;
import dev.ballast.coordinator.cluster.ClusterEvent.AgentLost;
import dev.ballast.coordinator.cluster.ClusterEvent.CommandReceived;
import dev.ballast.coordinator.cluster.ClusterEvent.FreezeReported;
import dev.ballast.coordinator.cluster.ClusterEvent.FreezeSet;
import dev.ballast.coordinator.cluster.ClusterEvent.OutcomeReported;
import dev.ballast.coordinator.cluster.ClusterListener;
import dev.ballast.coordinator.cluster.EventLog;
import dev.ballast.coordinator.cluster.HeldObjects;
import dev.ballast.coordinator.execution.ExecutionRefused.Kind;
import dev.ballast.coordinator.store.OperationState;
import dev.ballast.coordinator.store.StoreException;
import dev.ballast.coordinator.store.StoredPlan;
import dev.ballast.core.action.ObjectKey;
import dev.ballast.core.action.Outcome;
import dev.ballast.core.model.HostName;
import dev.ballast.core.model.Snapshot;
import dev.ballast.core.plan.DesiredChange;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;

/**
 * Carries out stored plans. All its work runs on one {@link TaskLoop}; what it decides is stored
 * before a command leaves, so that a new executor on the same store goes on where this one died.
 */
public final class Executor implements ClusterListener, HeldObjects {
  /** At most so many operations run at a time. */
  public static final int OPERATION_LIMIT = 1_000;

  private static final long STORE_RETRY_MILLIS = 1_000;

  private final ExecutionStores stores;
  private final Supplier<Snapshot> snapshots;
  private final DesiredWriter desired;
  private final TaskLoop loop;
  private final FormerDefinition former;
  private final OperationJournal journal;
  private final Dispatcher dispatcher;
  private final MigrationWatch migrations;
  private final Holds holds = new Holds();
  private final Map<String, Running> running = Collections.synchronizedMap(new LinkedHashMap<>());

  public Executor(
      ExecutionStores stores,
      EventLog events,
      Supplier<Snapshot> snapshots,
      DesiredWriter desired,
      CommandSender sender,
      TaskLoop loop,
      ExecutionSettings settings,
      FormerDefinition former) {
    this.stores = stores;
    this.snapshots = snapshots;
    this.desired = desired;
    this.loop = loop;
    this.former = former;
    this.journal = new OperationJournal(stores, events, loop);
    this.migrations = new MigrationWatch(stores, journal);
    this.dispatcher =
        new Dispatcher(
            new Surroundings(snapshots, sender, loop, settings, stores.database().term()),
            journal,
            this::perform,
            this::pump);
  }

  /**
   * Takes up the operations that were running when the coordinator ended. To be called once, before
   * events come and plans are executed.
   */
  public void recover() {
    loop.execute(
        () -> {
          migrations.recover();
          new Recovery(stores, journal, former)
              .recover()
              .forEach(
                  recovered -> {
                    Running operation = recovered.operation();
                    running.put(operation.id, operation);
                    holds.take(operation);
                    recovered.underway().forEach(dispatcher::awaitAgain);
                  });
          List.copyOf(running.values())
              .forEach(operation -> perform(operation, operation.machine.settle()));
          pump();
        });
  }

  /**
   * Executes a stored plan, or asks every agent about it without any change.
   *
   * @return the operation's id once it is stored; fails with {@link ExecutionRefused}
   */
  public CompletableFuture<String> start(String planId, boolean dryRun, ProgressListener listener) {
    return start(planId, dryRun, Optional.empty(), listener);
  }

  /**
   * As {@link #start(String, boolean, ProgressListener)}.
   *
   * @param confirmWithin how long, in milliseconds, each host awaits that this coordinator reaches
   *     it again before it undoes by itself what can be undone
   */
  public CompletableFuture<String> start(
      String planId, boolean dryRun, Optional<Long> confirmWithin, ProgressListener listener) {
    CompletableFuture<String> started = new CompletableFuture<>();
    try {
      loop.execute(() -> start(planId, dryRun, confirmWithin, listener, started));
    } catch (RejectedExecutionException e) {
      started.completeExceptionally(new ExecutionRefused(Kind.UNAVAILABLE, "too busy: " + e));
    }
    return started;
  }

  private void start(
      String planId,
      boolean dryRun,
      Optional<Long> confirmWithin,
      ProgressListener listener,
      CompletableFuture<String> started) {
    try {
      Running operation = begin(planId, dryRun, confirmWithin, listener);
      started.complete(operation.id);
      publish(operation, 0, "", operation.plan.title(), Optional.empty());
      perform(operation, operation.machine.settle());
      pump();
    } catch (StoreException e) {
      started.completeExceptionally(
          new ExecutionRefused(Kind.UNAVAILABLE, "the store: " + e.getMessage()));
    } catch (ExecutionRefused e) {
      started.completeExceptionally(e);
    }
  }

  private Running begin(
      String planId, boolean dryRun, Optional<Long> confirmWithin, ProgressListener listener) {
    StoredPlan stored =
        stores
            .plans()
            .get(planId)
            .orElseThrow(
                () -> new ExecutionRefused(Kind.NOT_FOUND, "there is no plan '" + planId + "'"));
    if (running.size() >= OPERATION_LIMIT) {
      throw new ExecutionRefused(
          Kind.UNAVAILABLE, OPERATION_LIMIT + " operations are running; try again later");
    }
    StartCheck.check(stored, dryRun, snapshots.get());
    if (!dryRun) {
      preempt(stored);
    }
    String id = journal.start(stored, dryRun, confirmWithin);
    Running operation =
        new Running(
            id,
            stored.plan(),
            dryRun,
            confirmWithin,
            new OperationMachine(stored.plan(), dryRun, former),
            listener);
    running.put(id, operation);
    holds.take(operation);
    migrations.begun(operation);
    return operation;
  }

  private void preempt(StoredPlan stored) {
    for (Running balancers : holds.preemptedBy(stored.id(), stored.plan())) {
      journal.event(
          balancers.id,
          Optional.empty(),
          balancers.id + " is stopped: an operator's " + stored.id() + " goes before it");
      holds.release(balancers, StartCheck.objects(stored.plan()));
      perform(
          balancers,
          balancers.machine.stop("an operator's " + stored.id() + " went before it", true));
    }
  }

  /** Whether no operation runs; may be asked from any thread. */
  public boolean isIdle() {
    return running.isEmpty();
  }

  @Override
  public boolean isHeld(HostName host, ObjectKey object) {
    return holds.isHeld(new HeldObject(host, object));
  }

  @Override
  public void onEvent(Snapshot snapshot, ClusterEvent event) {
    switch (event) {
      case AgentConnected connected ->
          loop.execute(
              () -> {
                dispatcher.connected(connected.host(), connected.agent().lastCommandId());
                followMigrations();
                pump();
              });
      case AgentLost lost -> loop.execute(() -> dispatcher.lost(lost.host()));
      case CommandReceived received ->
          loop.execute(() -> dispatcher.received(received.host(), received.commandId()));
      case OutcomeReported reported -> loop.execute(() -> outcome(reported));
      case FreezeSet ignored -> loop.execute(this::pump);
      case FreezeReported ignored -> loop.execute(this::pump);
      case ClusterEvent.ProgressReported(HostName host, var progress) ->
          loop.execute(() -> dispatcher.progress(host, progress));
      case ClusterEvent.ObservationReported ignored -> loop.execute(this::followMigrations);
      case ClusterEvent.TelemetryReported ignored -> {}
      case ClusterEvent.AlertRaised ignored -> {}
      case ClusterEvent.DesiredChanged ignored -> {}
      case ClusterEvent.AutomationSet ignored -> {}
      case ClusterEvent.CordonSet ignored -> {}
    }
  }

  /** An interrupted migration whose VM turned up on its target is what the plan wanted. */
  private void followMigrations() {
    Snapshot snapshot = snapshots.get();
    for (MigrationWatch.Arrival arrival : migrations.arrivals(snapshot)) {
      if (holds.isHeld(new HeldObject(arrival.target(), arrival.object()))) {
        continue;
      }
      CompletableFuture<Snapshot> _ =
          desired
              .remember(List.of(arrival.change()), arrival.operationId())
              .whenComplete(
                  (remembered, failure) ->
                      loop.execute(
                          () -> {
                            if (failure == null) {
                              migrations.arrived(arrival);
                            }
                          }));
    }
  }

  /**
   * Sends nothing more of an operation and asks the agents to give its migrations up; what is
   * reversible is undone.
   *
   * @return a sentence about what is done; fails with {@link ExecutionRefused}
   */
  public CompletableFuture<String> abort(String operationId, String operator) {
    CompletableFuture<String> answer = new CompletableFuture<>();
    loop.execute(
        () -> {
          Running operation = running.get(operationId);
          if (operation == null) {
            answer.completeExceptionally(
                new ExecutionRefused(
                    Kind.PRECONDITION,
                    operationId + " does not run; 'ballast operations' lists what does"));
            return;
          }
          int asked = dispatcher.abort(operation);
          journal.event(operationId, Optional.empty(), operator + " aborts " + operationId);
          perform(operation, operation.machine.stop(operator + " aborted it", true));
          answer.complete(
              operationId
                  + " sends nothing more"
                  + (asked == 0 ? "" : "; " + asked + " migration is asked to be given up"));
        });
    return answer;
  }

  private void outcome(OutcomeReported reported) {
    if (!dispatcher.ended(reported.host(), reported.commandId(), reported.outcomes())) {
      new LateOutcome(stores, journal).note(reported);
      followMigrations();
    }
    pump();
  }

  private void pump() {
    for (Running operation : List.copyOf(running.values())) {
      if (operation.pending.isEmpty()) {
        dispatcher.dispatch(operation);
      }
    }
  }

  /** Does what the state machine wants; while the store cannot, nothing more is sent. */
  private void perform(Running operation, List<Effect> effects) {
    boolean idle = operation.pending.isEmpty();
    operation.pending.addAll(effects);
    if (idle) {
      flush(operation);
    }
  }

  private void flush(Running operation) {
    List<Effect> effects = List.copyOf(operation.pending);
    if (effects.isEmpty()) {
      return;
    }
    if (effects.getLast() instanceof Effect.End end && !end.changes().isEmpty()) {
      remember(operation, end.changes(), effects);
    } else {
      store(operation, effects);
    }
  }

  private void remember(Running operation, List<DesiredChange> changes, List<Effect> effects) {
    CompletableFuture<Snapshot> _ =
        desired
            .remember(changes, operation.id)
            .whenComplete(
                (snapshot, failure) ->
                    loop.execute(
                        () -> {
                          if (failure == null) {
                            store(operation, effects);
                          } else {
                            retry(operation);
                          }
                        }));
  }

  private void store(Running operation, List<Effect> effects) {
    try {
      journal.store(operation, effects);
    } catch (StoreException e) {
      retry(operation);
      return;
    }
    List<Effect> rest =
        new ArrayList<>(operation.pending.subList(effects.size(), operation.pending.size()));
    operation.pending.clear();
    effects.forEach(effect -> tell(operation, effect));
    operation.pending.addAll(rest);
    if (!rest.isEmpty()) {
      flush(operation);
    }
    pump();
  }

  private void retry(Running operation) {
    loop.after(STORE_RETRY_MILLIS, () -> flush(operation));
  }

  private void tell(Running operation, Effect effect) {
    switch (effect) {
      case Effect.StepOver(int step, var outcome) ->
          publish(
              operation,
              step,
              OutcomeText.name(outcome),
              OutcomeText.of(outcome),
              Optional.of(outcome));
      case Effect.End end -> {
        running.remove(operation.id);
        operation.cancelTimers();
        holds.releaseAll(operation);
        journal.ended(operation, end);
        migrations.ended(operation, end);
        operation.listener.onProgress(
            new Progress(
                operation.id,
                end.state(),
                0,
                "",
                end.detail(),
                operation.machine.stepsDone(),
                operation.plan.steps().size(),
                Optional.empty()));
      }
    }
  }

  private static void publish(
      Running operation, int step, String stepState, String text, Optional<Outcome> outcome) {
    operation.listener.onProgress(
        new Progress(
            operation.id,
            OperationState.RUNNING,
            step,
            stepState,
            text,
            operation.machine.stepsDone(),
            operation.plan.steps().size(),
            outcome));
  }
}
