package dev.ballast.coordinator.cluster;

import static dev.ballast.coordinator.Fixtures.H1;
import static dev.ballast.coordinator.Fixtures.KSM_OFF;
import static dev.ballast.coordinator.Fixtures.KSM_ON;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ballast.coordinator.Fixtures;
import dev.ballast.coordinator.store.EventStore;
import dev.ballast.coordinator.store.StoredEvent;
import dev.ballast.coordinator.store.Stores;
import dev.ballast.core.drift.Drift;
import dev.ballast.core.model.Automation;
import dev.ballast.core.model.HostLoad;
import dev.ballast.core.model.HostName;
import dev.ballast.core.model.HostView;
import dev.ballast.core.model.KsmSettings;
import dev.ballast.core.model.Snapshot;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DriftWatchTest {
  @TempDir private Path directory;
  private Stores stores;
  private EventLog log;
  private DriftWatch watch;
  private final List<HostName> heldHosts = new ArrayList<>();
  private long nanos;
  private long version;

  @BeforeEach
  void open() {
    stores = Stores.open(directory);
    log = new EventLog(new EventStore(stores.leader()), Clock.systemUTC());
    watch =
        new DriftWatch(
            () -> h1(KSM_ON, true), (host, object) -> heldHosts.contains(host), log, () -> nanos);
  }

  @AfterEach
  void close() {
    watch.close();
    stores.close();
  }

  /** KSM is to be on. */
  private Snapshot h1(KsmSettings found, boolean connected) {
    HostView view =
        new HostView(
            H1,
            connected,
            1,
            Fixtures.inventory(),
            Optional.of(found),
            new TreeMap<>(),
            HostLoad.NONE,
            Automation.AUTO,
            false,
            false);
    return new Snapshot(
        ++version,
        "c",
        Automation.AUTO,
        false,
        new TreeMap<>(Map.of(H1, view)),
        new TreeMap<>(),
        new TreeMap<>(),
        new TreeMap<>(Map.of(H1, KSM_ON)),
        new TreeSet<>());
  }

  private void pass(long millis) {
    nanos += TimeUnit.MILLISECONDS.toNanos(millis);
  }

  private List<String> events() {
    return log.newest(100).stream().map(DriftWatchTest::line).toList();
  }

  private static String line(StoredEvent event) {
    return event.kind() + " " + event.text();
  }

  @Test
  void driftIsToldOnceAfterTheGraceTimeAndSoIsItsEnd() {
    watch.look(h1(KSM_OFF, true));
    pass(DriftWatch.GRACE_MILLIS - 1);
    watch.look(h1(KSM_OFF, true));
    assertThat(events()).isEmpty();
    assertThat(watch.current()).isEmpty();
    pass(1);
    watch.look(h1(KSM_OFF, true));
    watch.look(h1(KSM_OFF, true));
    assertThat(events()).containsExactly("drift ksm run: expected 1, found 0");
    assertThat(watch.current()).extracting(Drift::field).containsExactly("run");
    watch.look(h1(KSM_ON, true));
    assertThat(events()).hasSize(2).last().isEqualTo("drift-over ksm run is as expected again");
    assertThat(watch.current()).isEmpty();
  }

  @Test
  void aShortDifferenceIsNoDrift() {
    watch.look(h1(KSM_OFF, true));
    pass(DriftWatch.GRACE_MILLIS);
    watch.look(h1(KSM_ON, true));
    watch.look(h1(KSM_OFF, true));
    pass(DriftWatch.GRACE_MILLIS - 1);
    watch.look(h1(KSM_OFF, true));
    assertThat(events()).isEmpty();
  }

  @Test
  void whatAnOperationHoldsDoesNotDrift() {
    heldHosts.add(H1);
    watch.look(h1(KSM_OFF, true));
    pass(10 * DriftWatch.GRACE_MILLIS);
    watch.look(h1(KSM_OFF, true));
    assertThat(events()).isEmpty();
    heldHosts.clear();
    watch.look(h1(KSM_OFF, true));
    pass(DriftWatch.GRACE_MILLIS);
    watch.look(h1(KSM_OFF, true));
    assertThat(events()).hasSize(1);
  }

  @Test
  void aLostHostKeepsItsDrift() {
    watch.look(h1(KSM_OFF, true));
    pass(DriftWatch.GRACE_MILLIS);
    watch.look(h1(KSM_OFF, true));
    watch.look(h1(KSM_OFF, false));
    assertThat(events()).hasSize(1);
    assertThat(watch.current()).hasSize(1);
    watch.look(h1(KSM_OFF, true));
    pass(DriftWatch.GRACE_MILLIS);
    watch.look(h1(KSM_OFF, true));
    assertThat(events()).as("told once").hasSize(1);
  }

  @Test
  void driftThatChangesIsToldAgain() {
    watch.look(h1(KSM_OFF, true));
    pass(DriftWatch.GRACE_MILLIS);
    watch.look(h1(KSM_OFF, true));
    KsmSettings other = KSM_ON.withRun(2);
    watch.look(h1(other, true));
    pass(DriftWatch.GRACE_MILLIS);
    watch.look(h1(other, true));
    assertThat(events())
        .containsExactly(
            "drift ksm run: expected 1, found 0", "drift ksm run: expected 1, found 2");
    assertThat(watch.current()).hasSize(1);
  }
}
