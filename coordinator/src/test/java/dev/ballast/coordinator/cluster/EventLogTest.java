package dev.ballast.coordinator.cluster;

import static dev.ballast.coordinator.Fixtures.H1;
import static dev.ballast.coordinator.Fixtures.WEB;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ballast.coordinator.cluster.ClusterEvent.AgentLost;
import dev.ballast.coordinator.cluster.ClusterEvent.AlertRaised;
import dev.ballast.coordinator.cluster.ClusterEvent.AutomationSet;
import dev.ballast.coordinator.cluster.ClusterEvent.DesiredChanged;
import dev.ballast.coordinator.cluster.ClusterEvent.FreezeReported;
import dev.ballast.coordinator.cluster.ClusterEvent.FreezeSet;
import dev.ballast.coordinator.store.EventStore;
import dev.ballast.coordinator.store.Freeze.Scope;
import dev.ballast.coordinator.store.StoredEvent;
import dev.ballast.coordinator.store.Stores;
import dev.ballast.core.model.Automation;
import dev.ballast.core.model.CpuAlert;
import dev.ballast.core.model.Snapshot;
import dev.ballast.core.topology.CpuSet;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EventLogTest {
  private static final Snapshot ANY =
      new Snapshot(
          1,
          "c",
          Automation.OFF,
          false,
          new TreeMap<>(),
          new TreeMap<>(),
          new TreeMap<>(),
          new TreeMap<>(),
          new TreeSet<>());

  @TempDir private Path directory;
  private Stores stores;
  private EventLog log;

  @BeforeEach
  void open() {
    stores = Stores.open(directory);
    log = new EventLog(new EventStore(stores.leader()), Clock.systemUTC());
  }

  @AfterEach
  void close() {
    stores.close();
  }

  private void append(String text) {
    log.append("test", Optional.of(H1), Optional.of(WEB), text, Map.of("a", "b"));
  }

  @Test
  void watchersGetWhatIsAppendedAsItIsStored() throws InterruptedException {
    append("before");
    try (EventSubscription watch = log.watch()) {
      append("one");
      log.append("test", Optional.empty(), Optional.empty(), "two", "op-3", Map.of());
      StoredEvent one = watch.poll(1_000).orElseThrow();
      assertThat(one.text()).isEqualTo("one");
      assertThat(one.details()).containsEntry("a", "b");
      assertThat(watch.poll(1_000).orElseThrow().operationId()).isEqualTo("op-3");
      assertThat(log.after(one.number() - 1, 1)).containsExactly(one);
    }
    assertThat(log.newest(10))
        .extracting(StoredEvent::text)
        .containsExactly("before", "one", "two");
  }

  @Test
  void aWatcherThatDoesNotKeepUpIsCutOff() throws InterruptedException {
    EventSubscription slow = log.watch();
    EventSubscription quick = log.watch();
    stores
        .leader()
        .atomically(
            () -> {
              for (int i = 0; i <= EventSubscription.QUEUE_LIMIT; i++) {
                append("e" + i);
                if (i == 0) {
                  assertThat(slow.isOverrun()).isFalse();
                }
                drainOne(quick);
              }
            });
    assertThat(slow.isOverrun()).isTrue();
    assertThat(quick.isOverrun()).isFalse();
    append("later");
    assertThat(quick.poll(1_000)).isPresent();
    int left = 0;
    while (slow.poll(0).isPresent()) {
      left++;
    }
    assertThat(left).isEqualTo(EventSubscription.QUEUE_LIMIT);
  }

  private static void drainOne(EventSubscription watch) {
    try {
      assertThat(watch.poll(1_000)).isPresent();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void anEventThatCannotBeStoredStopsNothing() {
    stores.depose();
    append("lost");
    assertThat(log.newest(10)).isEmpty();
  }

  @Test
  void theNarratorTellsWhatHappensToHosts() {
    EventNarrator narrator = new EventNarrator(log);
    CpuAlert alert =
        new CpuAlert(2_000, 1_000, CpuAlert.Kind.HOT_CPUS, CpuSet.of(0), 1_200, 900, List.of(WEB));
    for (ClusterEvent event :
        List.of(
            ClusterTest.connected(H1),
            new AlertRaised(H1, alert, 2_050),
            new FreezeReported(H1, true, new TreeSet<>(List.of(WEB))),
            new FreezeSet(new Scope.Cluster(), true, "repair"),
            new FreezeSet(new Scope.Vm(WEB), false, ""),
            new AutomationSet(Optional.empty(), Automation.AUTO),
            new DesiredChanged(List.of(), "op-1"),
            new AgentLost(H1, "silent for 5000 ms"))) {
      narrator.onEvent(ANY, event);
    }
    assertThat(log.newest(10))
        .extracting(event -> event.kind() + "|" + event.text())
        .containsExactly(
            "host-connected|agent 1.0, 0 domains, lacks OPEN_VSWITCH: not installed",
            "alert|CPUs 0 are overloaded: 120 %, threshold 90 %",
            "freeze|frozen on the host itself; frozen there: VMs [web-1]",
            "freeze|the whole cluster: frozen by an operator: repair",
            "freeze|freeze lifted by an operator",
            "automation|automation is auto now",
            "host-lost|silent for 5000 ms");
    assertThat(log.newest(10).get(1).details())
        .containsEntry("sinceEpochMillis", "1000")
        .containsEntry("receivedEpochMillis", "2050");
  }
}
