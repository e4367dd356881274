package dev.ballast.coordinator.execution;

import dev.ballast.coordinator.cluster.AgentInfo;
import dev.ballast.coordinator.cluster.ClusterEvent;
import dev.ballast.coordinator.cluster.ClusterEvent.AgentConnected;
import dev.ballast.coordinator.cluster.ClusterEvent.AgentLost;
import dev.ballast.coordinator.cluster.ClusterEvent.CommandReceived;
import dev.ballast.coordinator.cluster.ClusterEvent.OutcomeReported;
import dev.ballast.coordinator.cluster.EventLog;
import dev.ballast.coordinator.store.CommandStore;
import dev.ballast.coordinator.store.Database;
import dev.ballast.coordinator.store.EventStore;
import dev.ballast.coordinator.store.LeaderDatabase;
import dev.ballast.coordinator.store.LeadershipStore;
import dev.ballast.coordinator.store.OperationState;
import dev.ballast.coordinator.store.OperationStore;
import dev.ballast.coordinator.store.PlanState;
import dev.ballast.coordinator.store.PlanStore;
import dev.ballast.coordinator.store.SqliteDatabase;
import dev.ballast.coordinator.store.StoredCommand;
import dev.ballast.coordinator.store.StoredEvent;
import dev.ballast.coordinator.store.StoredOperation;
import dev.ballast.coordinator.store.StoredStep;
import dev.ballast.core.action.Command;
import dev.ballast.core.action.Outcome;
import dev.ballast.core.model.Assignment;
import dev.ballast.core.model.HostName;
import dev.ballast.core.model.HostView;
import dev.ballast.core.model.Snapshot;
import dev.ballast.core.model.VmName;
import dev.ballast.core.plan.DesiredChange;
import dev.ballast.core.plan.Plan;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** An executor on a real store, with agents in memory and virtual time; it can be killed. */
final class Bench implements AutoCloseable {
  static final long RESTART_MILLIS = 3_000;
  static final int HOST_COMMAND_LIMIT = 2;

  final SortedMap<HostName, FakeAgent> agents = new TreeMap<>();
  final SortedSet<HostName> connected = new TreeSet<>();
  final SortedSet<HostName> observeOnly = new TreeSet<>();

  /** Hosts whose agents do what they are told but whose outcomes do not come. */
  final SortedSet<HostName> silent = new TreeSet<>();

  /** Hosts to which the stream is up but what is sent is lost. */
  final SortedSet<HostName> swallowing = new TreeSet<>();

  final List<Progress> progress = new ArrayList<>();
  final SortedMap<VmName, Assignment> assignments = new TreeMap<>();
  final SortedSet<VmName> frozenVms = new TreeSet<>();

  /** The commands that were to be given up, as {@code h1 7}. */
  final List<String> aborted = new ArrayList<>();

  boolean frozen;

  private final Database database;
  private LeaderDatabase leader;
  VirtualLoop loop = new VirtualLoop(1_000_000);
  private KillSwitch kill = new KillSwitch(0);
  Executor executor;

  Bench(Path stateDir) {
    database = SqliteDatabase.open(stateDir);
    leader = new LeaderDatabase(database, new LeadershipStore(database).take(0));
    executor = newExecutor();
  }

  FakeAgent addHost(String name) {
    FakeAgent agent = new FakeAgent();
    agent.neighbours = agents;
    agents.put(new HostName(name), agent);
    connect(new HostName(name));
    loop.run();
    return agent;
  }

  private Executor newExecutor() {
    KillSwitch mine = kill;
    VirtualLoop here = loop;
    TaskLoop killable =
        new TaskLoop() {
          @Override
          public void execute(Runnable task) {
            here.execute(
                () -> {
                  mine.point();
                  task.run();
                });
          }

          @Override
          public Timer after(long delayMillis, Runnable task) {
            return here.after(delayMillis, task);
          }

          @Override
          public long epochMillis() {
            return here.epochMillis();
          }
        };
    Clock clock = Clock.fixed(Instant.EPOCH, ZoneOffset.UTC);
    return new Executor(
        ExecutionStores.of(leader),
        new EventLog(new EventStore(leader), clock),
        this::snapshot,
        this::remember,
        sender(),
        killable,
        new ExecutionSettings(15_000, 60_000, 20_000, 8, HOST_COMMAND_LIMIT),
        (plan, host, vm) -> Optional.empty());
  }

  private CompletableFuture<Snapshot> remember(List<DesiredChange> changes, String operationId) {
    kill.point();
    for (DesiredChange change : changes) {
      if (change instanceof DesiredChange.PutAssignment(Assignment assignment)) {
        assignments.put(assignment.vm(), assignment);
      }
    }
    kill.point();
    return CompletableFuture.completedFuture(snapshot());
  }

  private CommandSender sender() {
    return new CommandSender() {
      @Override
      public boolean send(HostName host, Command command) {
        return Bench.this.send(host, command);
      }

      @Override
      public boolean abort(HostName host, long commandId) {
        aborted.add(host + " " + commandId);
        return true;
      }
    };
  }

  private boolean send(HostName host, Command command) {
    kill.point();
    if (!connected.contains(host)) {
      return false;
    }
    if (!swallowing.contains(host)) {
      FakeAgent agent = agents.get(host);
      List<Outcome> outcomes = agent.take(command);
      if (!agent.doubtful.isEmpty()) {
        // As agents do: without it an unknown outcome would say that the command never arrived.
        executor.onEvent(snapshot(), new CommandReceived(host, command.id()));
      }
      if (!silent.contains(host)) {
        report(host, command.id(), outcomes);
      }
    }
    kill.point();
    return true;
  }

  /** As the cluster's writer does: stores first, then tells the listeners. */
  void report(HostName host, long id, List<Outcome> outcomes) {
    VirtualLoop here = loop;
    Executor listener = executor;
    here.execute(
        () -> {
          new CommandStore(leader).setOutcomes(host, id, outcomes);
          kill.point();
          listener.onEvent(snapshot(), new OutcomeReported(host, id, 1, outcomes));
        });
  }

  void killAt(int point) {
    kill = new KillSwitch(point);
    executor = newExecutor();
  }

  boolean killed() {
    return kill.killed();
  }

  /** A new coordinator on the same store; the agents come back a moment later. */
  void restart() {
    long now = loop.epochMillis();
    loop = new VirtualLoop(now + 500);
    kill = new KillSwitch(0);
    leader = new LeaderDatabase(database, new LeadershipStore(database).take(now));
    SortedSet<HostName> back = new TreeSet<>(connected);
    connected.clear();
    executor = newExecutor();
    executor.recover();
    loop.run();

    loop.after(RESTART_MILLIS, () -> back.forEach(this::connect));
  }

  /** The agent's hello, and what its outbox and the gateway's questions bring. */
  void connect(HostName host) {
    FakeAgent agent = agents.get(host);
    connected.add(host);
    List<StoredCommand> outstanding = new CommandStore(leader).outstanding(host);
    AgentInfo info =
        new AgentInfo("1", 1, "boot", 1, 0, agent.lastCommandId(), new TreeSet<>(), false);
    executor.onEvent(
        snapshot(), new AgentConnected(host, info, TestHosts.inventory(), TestHosts.observation()));
    for (StoredCommand command : silent.contains(host) ? List.<StoredCommand>of() : outstanding) {
      List<Outcome> outcomes =
          agent.journal.getOrDefault(
              command.id(),
              command.steps().stream()
                  .<Outcome>map(step -> new Outcome.Unknown("never journalled"))
                  .toList());
      report(host, command.id(), outcomes);
    }
  }

  void disconnect(HostName host) {
    connected.remove(host);
    tell(new AgentLost(host, "gone"));
  }

  void tell(ClusterEvent event) {
    executor.onEvent(snapshot(), event);
    loop.run();
  }

  String addPlan(Plan plan) {
    return new PlanStore(leader).add(plan, PlanState.PLANNED, 0);
  }

  /** Starts and runs all that is due. */
  String start(String planId, boolean dryRun) {
    return start(planId, dryRun, Optional.empty());
  }

  String start(String planId, boolean dryRun, Optional<Long> confirmWithin) {
    CompletableFuture<String> started = executor.start(planId, dryRun, confirmWithin, this::note);
    loop.run();
    try {
      return started.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof ExecutionRefused refused) {
        throw refused;
      }
      throw e;
    }
  }

  private void note(Progress event) {
    progress.add(event);
    kill.point();
  }

  String run(Plan plan) {
    return start(addPlan(plan), false);
  }

  StoredOperation operation(String id) {
    return new OperationStore(leader).get(id).orElseThrow();
  }

  OperationState state(String id) {
    return operation(id).state();
  }

  List<StoredStep> steps(String id) {
    return new OperationStore(leader).steps(id);
  }

  List<StoredOperation> operations() {
    return new OperationStore(leader).newest(10);
  }

  List<String> events() {
    return new EventStore(leader).newest(100).stream().map(StoredEvent::text).toList();
  }

  Snapshot snapshot() {
    SortedMap<HostName, HostView> views = new TreeMap<>();
    agents.forEach(
        (name, agent) ->
            views.put(
                name,
                TestHosts.view(name, connected.contains(name), observeOnly.contains(name))
                    .withDomains(agent.observed())));
    return TestHosts.snapshot(views, assignments, frozen, frozenVms);
  }

  @Nullable Outcome outcome(String operation, int step) {
    return steps(operation).get(step - 1).outcome().orElse(null);
  }

  @Override
  public void close() {
    database.close();
  }
}
