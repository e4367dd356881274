package dev.ballast.coordinator.metrics;

import static dev.ballast.coordinator.Fixtures.H1;
import static dev.ballast.coordinator.Fixtures.H2;
import static dev.ballast.coordinator.Fixtures.WEB;
import static dev.ballast.coordinator.Fixtures.domain;
import static dev.ballast.coordinator.Fixtures.spec;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ballast.coordinator.Fixtures;
import dev.ballast.coordinator.store.PlanState;
import dev.ballast.coordinator.store.StoredEvent;
import dev.ballast.core.model.Automation;
import dev.ballast.core.model.CpuPins;
import dev.ballast.core.model.HostLoad;
import dev.ballast.core.model.HostName;
import dev.ballast.core.model.HostView;
import dev.ballast.core.model.ObservedDomain;
import dev.ballast.core.model.Snapshot;
import dev.ballast.core.model.VmName;
import dev.ballast.core.topology.CpuSet;
import dev.ballast.metrics.Catalogue;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class CoordinatorMetricsTest {
  private static CoordinatorMetrics metrics(Snapshot snapshot) {
    return new CoordinatorMetrics(
        new CoordinatorMetrics.Sources(
            () -> snapshot,
            host -> host.value().equals("h1") ? 9_500 : 0,
            () -> 4,
            () -> Map.of(PlanState.RECOMMENDED, 2L),
            () -> false,
            () -> true,
            7,
            15_000,
            () -> 10_000,
            "0.1.0"));
  }

  /** h1 is connected and runs web-1, h2 is lost; db-1 is specified and nowhere. */
  private static Snapshot snapshot() {
    VmName db = new VmName("db-1");
    return new Snapshot(
        1,
        "c",
        Automation.AUTO,
        false,
        new TreeMap<>(
            Map.of(
                H1, view(H1, true, List.of(domain(WEB, CpuPins.uniform(2, CpuSet.of(0))))),
                H2, view(H2, false, List.of()))),
        new TreeMap<>(Map.of(db, spec(db))),
        new TreeMap<>(),
        new TreeMap<>(),
        new TreeSet<>());
  }

  private static HostView view(HostName host, boolean connected, List<ObservedDomain> domains) {
    return new HostView(
        host,
        connected,
        1,
        Fixtures.inventory(),
        Optional.of(Fixtures.KSM_ON),
        Fixtures.observation(1, domains).domains(),
        HostLoad.NONE,
        Automation.AUTO,
        false,
        false);
  }

  private static void happen(CoordinatorMetrics metrics) {
    metrics.event(event("operation", Map.of("state", "applied")));
    metrics.event(event("operation", Map.of()));
    metrics.event(event("decision", Map.of("kind", "repin")));
    metrics.event(
        event(
            "spike-relieved",
            Map.of(
                "t1EpochMillis", "1000",
                "t2EpochMillis", "4000",
                "t4EpochMillis", "4200",
                "t5EpochMillis", "5000")));
    metrics.write(2_000_000);
  }

  private static StoredEvent event(String kind, Map<String, String> details) {
    return new StoredEvent(
        0, 0, kind, Optional.empty(), Optional.empty(), "", "", new TreeMap<>(details));
  }

  @Test
  void tellsWhatItIsGiven() throws IOException {
    CoordinatorMetrics metrics = metrics(snapshot());
    happen(metrics);

    assertThat(Catalogue.text(metrics.registry()))
        .contains("ballast_coordinator_host_connected{host=\"h1\"} 1.0\n")
        .contains("ballast_coordinator_host_connected{host=\"h2\"} 0.0\n")
        .contains("ballast_coordinator_host_silent_seconds{host=\"h1\"} 0.5\n")
        .doesNotContain("ballast_coordinator_host_silent_seconds{host=\"h2\"}")
        .contains("ballast_coordinator_vms{state=\"running\"} 1.0\n")
        .contains("ballast_coordinator_vms{state=\"missing\"} 1.0\n")
        .contains("ballast_coordinator_specified_vms 1.0\n")
        .contains("ballast_coordinator_drift_items 4.0\n")
        .contains("ballast_coordinator_frozen 0.0\n")
        .contains("ballast_coordinator_plans{state=\"recommended\"} 2.0\n")
        .contains("ballast_coordinator_term 7.0\n")
        .contains("ballast_coordinator_may_command 1.0\n")
        .contains("ballast_coordinator_lease_seconds 15.0\n")
        .contains("ballast_coordinator_store_writable 0.0\n")
        .contains("ballast_coordinator_events_total{kind=\"operation\"} 2.0\n")
        .contains("ballast_coordinator_operations_ended_total{state=\"applied\"} 1.0\n")
        .contains("ballast_coordinator_decisions_total{kind=\"repin\"} 1.0\n")
        .contains("ballast_coordinator_relief_duration_seconds_sum 0.2\n")
        .contains("ballast_coordinator_spike_duration_seconds_sum 4.0\n")
        .contains("ballast_coordinator_store_write_duration_seconds_sum 0.002\n")
        .contains("ballast_coordinator_build_info{version=\"0.1.0\"} 1\n");
  }

  @Test
  void everyMetricIsDocumentedAndEveryDocumentedOneExists() throws IOException {
    CoordinatorMetrics metrics = metrics(snapshot());
    happen(metrics);

    Catalogue.assertDocumented(
        "coordinator", Catalogue.table(Catalogue.text(metrics.registry()), "ballast_"));
  }
}
