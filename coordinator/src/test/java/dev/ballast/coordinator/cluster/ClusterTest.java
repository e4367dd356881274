package dev.ballast.coordinator.cluster;

import static dev.ballast.coordinator.Fixtures.H1;
import static dev.ballast.coordinator.Fixtures.H2;
import static dev.ballast.coordinator.Fixtures.KSM_ON;
import static dev.ballast.coordinator.Fixtures.WEB;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.ballast.coordinator.Fixtures;
import dev.ballast.coordinator.cluster.ClusterEvent.AgentConnected;
import dev.ballast.coordinator.cluster.ClusterEvent.AgentLost;
import dev.ballast.coordinator.cluster.ClusterEvent.AutomationSet;
import dev.ballast.coordinator.cluster.ClusterEvent.CommandReceived;
import dev.ballast.coordinator.cluster.ClusterEvent.DesiredChanged;
import dev.ballast.coordinator.cluster.ClusterEvent.FreezeReported;
import dev.ballast.coordinator.cluster.ClusterEvent.FreezeSet;
import dev.ballast.coordinator.cluster.ClusterEvent.ObservationReported;
import dev.ballast.coordinator.cluster.ClusterEvent.OutcomeReported;
import dev.ballast.coordinator.cluster.ClusterEvent.TelemetryReported;
import dev.ballast.coordinator.store.CommandPurpose;
import dev.ballast.coordinator.store.CommandStore;
import dev.ballast.coordinator.store.DeposedException;
import dev.ballast.coordinator.store.Freeze.Scope;
import dev.ballast.coordinator.store.Stores;
import dev.ballast.core.action.Outcome;
import dev.ballast.core.model.Automation;
import dev.ballast.core.model.Capability;
import dev.ballast.core.model.ClockState;
import dev.ballast.core.model.CpuPins;
import dev.ballast.core.model.HostFacts;
import dev.ballast.core.model.HostLoad;
import dev.ballast.core.model.HostName;
import dev.ballast.core.model.HostObservation;
import dev.ballast.core.model.HostView;
import dev.ballast.core.model.OtherOwner;
import dev.ballast.core.model.Snapshot;
import dev.ballast.core.plan.DesiredChange.PutAssignment;
import dev.ballast.core.plan.DesiredChange.PutKsm;
import dev.ballast.core.plan.DesiredChange.PutSpec;
import dev.ballast.core.topology.CpuSet;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClusterTest {
  @TempDir private Path directory;
  private Stores stores;
  private Cluster cluster;
  private Listening listening;

  @BeforeEach
  void start() {
    stores = Stores.open(directory);
    cluster =
        new Cluster(
            ClusterStores.of(stores.leader()),
            stores.leader().term(),
            new LoadHistory(),
            Clock.systemUTC());
    listening = new Listening();
    cluster.addListener(listening);
    cluster.start();
  }

  @AfterEach
  void stop() {
    cluster.close();
    stores.close();
  }

  private Snapshot apply(ClusterEvent event) {
    return cluster.submit(event).join();
  }

  static AgentConnected connected(HostName host) {
    return new AgentConnected(
        host,
        new AgentInfo("1.0", 1, "boot-1", 0, 0, 12, new TreeSet<>(), false),
        Fixtures.inventory(),
        Fixtures.observation(1));
  }

  @Test
  void aConnectedHostIsInTheSnapshot() {
    HostView h1 = apply(connected(H1)).hosts().get(H1);
    assertThat(h1.connected()).isTrue();
    assertThat(h1.automation()).isEqualTo(Automation.AUTO);
    assertThat(h1.inventory().versions()).containsEntry("libvirt", "9.0.0");
    assertThat(apply(new AgentLost(H1, "cut")).hosts().get(H1).connected()).isFalse();
  }

  @Test
  void versionsGrowWithEachChangeAndOnlyThen() {
    long first = apply(connected(H1)).version();
    long same = apply(new ObservationReported(H1, Fixtures.observation(2))).version();
    assertThat(same).isEqualTo(first);
    CpuPins pins = CpuPins.uniform(1, CpuSet.of(0));
    HostObservation changed = Fixtures.observation(3, List.of(Fixtures.domain(WEB, pins)));
    assertThat(apply(new ObservationReported(H1, changed)).version()).isEqualTo(first + 1);
    apply(new TelemetryReported(H1, Fixtures.load(1, WEB, 500)));
    assertThat(cluster.snapshot().version()).isEqualTo(first + 1);
    assertThat(cluster.snapshot().domain(H1, WEB)).isPresent();
  }

  @Test
  void theNewestLoadIsInTheSnapshot() {
    apply(connected(H1));
    assertThat(cluster.snapshot().hosts().get(H1).load()).isEqualTo(HostLoad.NONE);
    for (int i = 1; i <= LoadHistory.SAMPLE_LIMIT + 3; i++) {
      apply(new TelemetryReported(H1, Fixtures.load(i, WEB, i)));
    }
    int newest = LoadHistory.SAMPLE_LIMIT + 3;
    assertThat(cluster.snapshot().hosts().get(H1).load())
        .isEqualTo(Fixtures.load(newest, WEB, newest));
    assertThat(cluster.history().vm(WEB)).hasSize(LoadHistory.SAMPLE_LIMIT);
    assertThat(cluster.history().vm(WEB).getFirst().epochMillis()).isEqualTo(4);
  }

  @Test
  void libvirtMayComeAndGo() {
    apply(connected(H1));
    HostObservation lost =
        new HostObservation(
            2,
            new TreeMap<>(),
            Optional.empty(),
            new TreeMap<>(Map.of(Capability.LIBVIRT, "it does not answer")),
            new TreeMap<>(),
            false,
            new TreeSet<>());
    HostView without = apply(new ObservationReported(H1, lost)).hosts().get(H1);
    assertThat(without.inventory().has(Capability.LIBVIRT)).isFalse();
    assertThat(without.ksm()).isEmpty();
    HostView with = apply(new ObservationReported(H1, Fixtures.observation(3))).hosts().get(H1);
    assertThat(with.inventory().has(Capability.LIBVIRT)).isTrue();
  }

  @Test
  void anotherOwnerAloneMakesANewSnapshot() {
    long before = apply(connected(H1)).version();
    HostObservation old = Fixtures.observation(2);
    HostFacts facts =
        new HostFacts(
            ClockState.SYNCHRONISED,
            "",
            new TreeMap<>(Map.of(OtherOwner.KSMTUNED, "process ksmtuned")),
            new TreeMap<>());
    HostObservation found =
        new HostObservation(
            2,
            old.domains(),
            old.ksm(),
            old.lacks(),
            old.versions(),
            false,
            new TreeSet<>(),
            facts,
            old.ovs());

    Snapshot after = apply(new ObservationReported(H1, found));

    assertThat(after.hosts().get(H1).facts()).isEqualTo(facts);
    assertThat(after.version()).isGreaterThan(before);
  }

  @Test
  void aRestartedCoordinatorKnowsWhatThereWas() {
    apply(connected(H1));
    apply(
        new DesiredChanged(
            List.of(
                new PutSpec(Fixtures.spec(WEB)),
                new PutAssignment(Fixtures.assignment(WEB, H1)),
                new PutKsm(H1, KSM_ON)),
            "op-1"));
    apply(new AutomationSet(Optional.of(H1), Automation.OFF));
    apply(new AutomationSet(Optional.empty(), Automation.AUTO));
    apply(new FreezeSet(new Scope.Vm(WEB), true, "why not"));
    apply(new FreezeSet(new Scope.Cluster(), true, ""));
    Snapshot before = cluster.snapshot();
    stop();
    start();
    Snapshot after = cluster.snapshot();
    assertThat(after.version()).isGreaterThan(before.version());
    assertThat(after.specs()).isEqualTo(before.specs());
    assertThat(after.assignments()).isEqualTo(before.assignments());
    assertThat(after.desiredKsm()).isEqualTo(before.desiredKsm());
    assertThat(after.automation()).isEqualTo(Automation.AUTO);
    assertThat(after.cluster()).isEqualTo(before.cluster());
    assertThat(after.frozen()).isTrue();
    assertThat(after.frozenVms()).containsExactly(WEB);
    HostView h1 = after.hosts().get(H1);
    assertThat(h1.connected()).isFalse();
    assertThat(h1.automation()).isEqualTo(Automation.OFF);
    assertThat(h1.inventory()).isEqualTo(before.hosts().get(H1).inventory());
  }

  @Test
  void freezesOfOperatorAndHostAddUp() {
    apply(connected(H1));
    apply(new FreezeSet(new Scope.Host(H1), true, ""));
    Snapshot both = apply(new FreezeReported(H1, true, new TreeSet<>(List.of(WEB))));
    assertThat(both.hosts().get(H1).frozen()).isTrue();
    assertThat(both.frozenVms()).containsExactly(WEB);
    Snapshot one = apply(new FreezeSet(new Scope.Host(H1), false, ""));
    assertThat(one.hosts().get(H1).frozen()).isTrue();
    Snapshot none = apply(new FreezeReported(H1, false, new TreeSet<>()));
    assertThat(none.hosts().get(H1).frozen()).isFalse();
    assertThat(none.frozenVms()).isEmpty();
  }

  @Test
  void listenersHearOfAllButTelemetryInOrder() {
    List<ClusterEvent> sent = new ArrayList<>();
    sent.add(connected(H1));
    sent.add(connected(H2));
    sent.add(new CommandReceived(H1, 3));
    sent.add(new ObservationReported(H1, Fixtures.observation(2)));
    sent.add(new AgentLost(H2, "cut"));
    for (ClusterEvent event : sent) {
      var _ = cluster.submit(new TelemetryReported(H1, Fixtures.load(1, WEB, 10)));
      var _ = cluster.submit(event);
    }
    await().until(() -> listening.told().size() == sent.size());
    assertThat(listening.events()).isEqualTo(sent);
    assertThat(listening.told().getFirst().snapshot().hosts()).containsOnlyKeys(H1);
    assertThat(listening.told().get(4).snapshot().hosts().get(H2).connected()).isFalse();
  }

  @Test
  void aListenerThatFailsDisturbsNobody() {
    stop();
    start();
    cluster.addListener(
        (snapshot, event) -> {
          throw new IllegalStateException("a fault of the test");
        });
    Listening after = new Listening();
    cluster.addListener(after);
    apply(connected(H1));
    apply(connected(H2));
    await().until(() -> after.told().size() == 2);
  }

  @Test
  void outcomesAreStoredBeforeAnybodyHearsOfThem() {
    apply(connected(H1));
    CommandStore commands = new CommandStore(stores.leader());
    long id = commands.create(H1, "op-1", CommandPurpose.EXECUTE, List.of(1));
    assertThat(id).as("past what the agent has journalled").isEqualTo(13);
    List<Outcome> outcomes = List.of(new Outcome.Unchanged());
    apply(new OutcomeReported(H1, id, 1, outcomes));
    assertThat(commands.get(H1, id).orElseThrow().outcomes()).contains(outcomes);
  }

  @Test
  void whatCannotBeStoredIsNotDecidedButSeenAllTheSame() {
    apply(connected(H1));
    Snapshot before = cluster.snapshot();
    stores.depose();
    for (ClusterEvent decision :
        List.of(
            new DesiredChanged(List.of(new PutKsm(H1, KSM_ON)), "op-1"),
            new AutomationSet(Optional.empty(), Automation.AUTO),
            new FreezeSet(new Scope.Cluster(), true, ""),
            new OutcomeReported(H1, 1, 1, List.of(new Outcome.Unchanged())))) {
      assertThatThrownBy(() -> apply(decision))
          .isInstanceOf(CompletionException.class)
          .hasCauseInstanceOf(DeposedException.class);
    }
    assertThat(cluster.snapshot()).isEqualTo(before);
    CpuPins pins = CpuPins.uniform(1, CpuSet.of(0));
    HostObservation changed = Fixtures.observation(2, List.of(Fixtures.domain(WEB, pins)));
    assertThat(apply(new ObservationReported(H1, changed)).domain(H1, WEB)).isPresent();
    assertThat(stores.database().problem()).isPresent();
  }

  @Test
  void automationOfAnUnknownHostIsRefused() {
    assertThatThrownBy(() -> apply(new AutomationSet(Optional.of(H2), Automation.OFF)))
        .hasCauseInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("there is no host 'h2'");
  }

  @Test
  void aStoppedClusterTakesNothing() {
    cluster.close();
    assertThatThrownBy(() -> apply(connected(H1))).hasCauseInstanceOf(IllegalStateException.class);
  }
}
