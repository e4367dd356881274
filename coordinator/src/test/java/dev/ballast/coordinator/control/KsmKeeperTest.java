package dev.ballast.coordinator.control;

import static dev.ballast.coordinator.Fixtures.H1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ballast.coordinator.Fixtures;
import dev.ballast.coordinator.cluster.AgentInfo;
import dev.ballast.coordinator.cluster.Cluster;
import dev.ballast.coordinator.cluster.ClusterEvent.AgentConnected;
import dev.ballast.coordinator.cluster.ClusterEvent.AutomationSet;
import dev.ballast.coordinator.cluster.ClusterEvent.DesiredChanged;
import dev.ballast.coordinator.cluster.ClusterEvent.TelemetryReported;
import dev.ballast.coordinator.cluster.ClusterStores;
import dev.ballast.coordinator.cluster.EventLog;
import dev.ballast.coordinator.cluster.LoadHistory;
import dev.ballast.coordinator.execution.ExecutionRefused;
import dev.ballast.coordinator.execution.Progress;
import dev.ballast.coordinator.execution.ProgressListener;
import dev.ballast.coordinator.execution.VirtualLoop;
import dev.ballast.coordinator.store.ClusterStore;
import dev.ballast.coordinator.store.Database;
import dev.ballast.coordinator.store.DecisionStore;
import dev.ballast.coordinator.store.EventStore;
import dev.ballast.coordinator.store.LeaderDatabase;
import dev.ballast.coordinator.store.LeadershipStore;
import dev.ballast.coordinator.store.OperationState;
import dev.ballast.coordinator.store.PlanState;
import dev.ballast.coordinator.store.PlanStore;
import dev.ballast.coordinator.store.SqliteDatabase;
import dev.ballast.coordinator.store.StoredEvent;
import dev.ballast.core.action.Reversible.SetKsm;
import dev.ballast.core.balance.KsmPolicy;
import dev.ballast.core.model.Automation;
import dev.ballast.core.model.CpuPins;
import dev.ballast.core.model.HostLoad;
import dev.ballast.core.model.KsmLoad;
import dev.ballast.core.model.KsmSettings;
import dev.ballast.core.model.VmName;
import dev.ballast.core.plan.DesiredChange.PutKsm;
import dev.ballast.core.plan.Origin;
import dev.ballast.core.plan.Plan;
import dev.ballast.core.topology.CpuSet;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One host whose KSM is off, with two guests. */
class KsmKeeperTest {
  private static final List<VmName> VMS = List.of(new VmName("a"), new VmName("b"));
  private static final long INTERVAL = 60_000;

  @TempDir private Path stateDir;
  private final VirtualLoop loop = new VirtualLoop(1_000_000);
  private Database database;
  private LeaderDatabase leader;
  private Cluster cluster;

  private final List<String> executed = new ArrayList<>();
  private final List<ProgressListener> watchers = new ArrayList<>();
  private boolean refusing;
  private boolean idle = true;

  @BeforeEach
  void setUp() {
    database = SqliteDatabase.open(stateDir);
    leader = new LeaderDatabase(database, new LeadershipStore(database).take(0));
    new ClusterStore(leader).create("test", Automation.AUTO);
    cluster =
        new Cluster(ClusterStores.of(leader), leader.term(), new LoadHistory(), Clock.systemUTC());
    cluster.start();
    cluster
        .submit(
            new AgentConnected(
                H1,
                new AgentInfo("1", 1, "boot", 0, 0, 0, new TreeSet<>(), false),
                Fixtures.inventory(),
                Fixtures.observation(
                    1,
                    VMS.stream()
                        .map(vm -> Fixtures.domain(vm, CpuPins.uniform(1, CpuSet.of(0))))
                        .toList())))
        .join();
    load(0);
  }

  @AfterEach
  void tearDown() {
    cluster.close();
    database.close();
  }

  private void load(long scannerMillis) {
    KsmLoad ksm =
        new KsmLoad(0, Optional.empty(), Optional.of(scannerMillis), Optional.of(1L << 30));
    cluster
        .submit(
            new TelemetryReported(
                H1,
                new HostLoad(
                    loop.epochMillis(), 0, 3L << 30, List.of(), List.of(), Optional.of(ksm))))
        .join();
  }

  private void keeper(KsmPolicy.Mode mode) {
    new KsmKeeper(
            cluster,
            ControlStores.of(leader),
            new EventLog(new EventStore(leader), Clock.systemUTC()),
            this::run,
            () -> idle,
            loop,
            new KsmPolicy(mode, INTERVAL, 3 * INTERVAL))
        .start();
  }

  private CompletableFuture<String> run(String plan, boolean dryRun, ProgressListener listener) {
    if (refusing) {
      return CompletableFuture.failedFuture(
          new ExecutionRefused(ExecutionRefused.Kind.PRECONDITION, "ksm is held by op-9"));
    }
    executed.add(plan);
    watchers.add(listener);
    return CompletableFuture.completedFuture("op-" + executed.size());
  }

  private void end() {
    watchers
        .getLast()
        .onProgress(new Progress("op-1", OperationState.FAILED, 0, "", "", 1, 1, Optional.empty()));
    loop.run();
  }

  private List<StoredEvent> decisions() {
    return new EventStore(leader)
        .newest(1_000).stream().filter(event -> event.kind().equals("decision")).toList();
  }

  @Test
  void aTrialIsCarriedOutRememberedAndExplained() {
    keeper(KsmPolicy.Mode.AUTO);
    loop.advance(INTERVAL);

    assertThat(executed).hasSize(1);
    Plan plan = new PlanStore(leader).get(executed.getFirst()).orElseThrow().plan();
    KsmSettings target = new KsmSettings(1, 100, 20);
    assertThat(plan.origin()).isEqualTo(Origin.BALANCER);
    assertThat(plan.steps())
        .singleElement()
        .satisfies(step -> assertThat(step.planned().action()).isEqualTo(new SetKsm(target)));
    assertThat(plan.changes()).containsExactly(new PutKsm(H1, target));
    String why = "KSM on h1: tried out for 180 s: 2 guests of 256 MiB might share pages";
    assertThat(decisions())
        .singleElement()
        .satisfies(event -> assertThat(event.text()).isEqualTo("plan-1: change KSM on h1: " + why));
    assertThat(new DecisionStore(leader).newest(VMS.getFirst(), 5))
        .as("what 'explain' tells of a VM on that host")
        .singleElement()
        .satisfies(stored -> assertThat(stored.decision().reason()).isEqualTo(why));
  }

  @Test
  void nothingElseIsStartedBeforeItHasEnded() {
    keeper(KsmPolicy.Mode.AUTO);
    loop.advance(5 * INTERVAL);
    assertThat(executed).hasSize(1);

    end();
    loop.advance(INTERVAL);
    assertThat(executed).hasSize(2);
  }

  @Test
  void itNeverActsBesideAnOperation() {
    idle = false;
    keeper(KsmPolicy.Mode.AUTO);
    loop.advance(5 * INTERVAL);
    assertThat(executed).isEmpty();
    assertThat(decisions())
        .singleElement()
        .satisfies(
            event -> assertThat(event.text()).endsWith("; nothing is changed: an operation runs"));

    idle = true;
    loop.advance(INTERVAL);
    assertThat(executed).hasSize(1);
  }

  @Test
  void aRefusedStartIsToldAndTriedAgain() {
    refusing = true;
    keeper(KsmPolicy.Mode.AUTO);
    loop.advance(INTERVAL);
    assertThat(decisions())
        .anySatisfy(event -> assertThat(event.text()).contains("ksm is held by op-9"));

    refusing = false;
    loop.advance(INTERVAL);
    assertThat(executed).hasSize(1);
  }

  @Test
  void offDoesNothing() {
    keeper(KsmPolicy.Mode.OFF);
    loop.advance(10 * INTERVAL);

    assertThat(executed).isEmpty();
    assertThat(decisions()).isEmpty();
  }

  @Test
  void automationOffChangesNothingAndSaysSoOnce() {
    cluster.submit(new AutomationSet(Optional.of(H1), Automation.OFF)).join();
    keeper(KsmPolicy.Mode.AUTO);
    loop.advance(10 * INTERVAL);

    assertThat(executed).isEmpty();
    assertThat(decisions())
        .singleElement()
        .satisfies(event -> assertThat(event.text()).endsWith("automation is off"));
  }

  @Test
  void recommendLeavesOnePlanToAnOperator() {
    cluster.submit(new AutomationSet(Optional.of(H1), Automation.RECOMMEND)).join();
    keeper(KsmPolicy.Mode.ON);
    loop.advance(10 * INTERVAL);

    assertThat(executed).isEmpty();
    assertThat(new PlanStore(leader).newest(10))
        .singleElement()
        .satisfies(plan -> assertThat(plan.state()).isEqualTo(PlanState.RECOMMENDED));
    assertThat(decisions())
        .anySatisfy(
            event -> assertThat(event.text()).contains("do it with: ballast apply plan-1 --run"));
  }

  @Test
  void driftIsNotOverwritten() {
    cluster
        .submit(new DesiredChanged(List.of(new PutKsm(H1, new KsmSettings(1, 200, 20))), "op-0"))
        .join();
    keeper(KsmPolicy.Mode.ON);
    loop.advance(3 * INTERVAL);

    assertThat(executed).isEmpty();
    assertThat(decisions())
        .singleElement()
        .satisfies(event -> assertThat(event.text()).contains("see 'ballast drift'"));
  }
}
