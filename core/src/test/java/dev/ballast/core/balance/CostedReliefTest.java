package dev.ballast.core.balance;

import static dev.ballast.core.sample.Sample.host;
import static dev.ballast.core.sample.Sample.lab;
import static dev.ballast.core.sample.Sample.migratable;
import static dev.ballast.core.sample.Sample.snapshot;
import static dev.ballast.core.sample.Sample.spec;
import static dev.ballast.core.sample.Sample.vm;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ballast.core.balance.ReliefDecision.Migrate;
import dev.ballast.core.balance.ReliefDecision.Repin;
import dev.ballast.core.balance.ReliefDecision.Wait;
import dev.ballast.core.check.PlanChecker;
import dev.ballast.core.demand.VmDemand;
import dev.ballast.core.model.Automation;
import dev.ballast.core.model.CpuAlert;
import dev.ballast.core.model.HostLoad;
import dev.ballast.core.model.HostName;
import dev.ballast.core.model.Snapshot;
import dev.ballast.core.model.VmLoad;
import dev.ballast.core.model.VmName;
import dev.ballast.core.model.VmSpec;
import dev.ballast.core.sample.Cluster;
import dev.ballast.core.sample.Enactment;
import dev.ballast.core.sample.Sample;
import dev.ballast.core.topology.CpuSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class CostedReliefTest {
  private static final HostName H1 = host("h1");
  private static final HostName H2 = host("h2");
  private static final long NOW = 1_000_000;
  private static final Relief RELIEF = new CostedRelief();

  /** Guests that each want so much, all on h1 although they may run anywhere; h2 idles. */
  private static Snapshot wanting(int guests, long usageMillis, Automation automation) {
    List<VmSpec> bound = new ArrayList<>();
    List<VmSpec> free = new ArrayList<>();
    for (int i = 1; i <= guests; i++) {
      bound.add(spec("g-" + i, d -> d.hosts("h1").automation(automation)));
      free.add(spec("g-" + i, d -> d.automation(automation)));
    }
    Snapshot snapshot =
        Cluster.running(
            snapshot(migratable(lab("h1")), migratable(lab("h2"))), bound.toArray(VmSpec[]::new));
    snapshot = Enactment.of(snapshot, Cluster.applied(snapshot, free));
    return loaded(snapshot, usageMillis);
  }

  private static Snapshot loaded(Snapshot snapshot, long usageMillis) {
    Snapshot result = snapshot;
    for (HostName name : List.of(H1, H2)) {
      List<VmLoad> vms =
          result.hosts().get(name).domains().keySet().stream()
              .map(vm -> new VmLoad(vm, usageMillis, 0))
              .toList();
      HostLoad load = new HostLoad(NOW, usageMillis * vms.size(), 0, List.of(), vms);
      result = Sample.with(result, result.hosts().get(name).withLoad(load));
    }
    return result;
  }

  private static ReliefDecision decide(Snapshot snapshot, ReliefHistory history, long now) {
    List<VmName> names = List.copyOf(snapshot.hosts().get(H1).domains().keySet());
    Map<VmName, VmDemand> demand = new TreeMap<>();
    for (VmLoad load : snapshot.hosts().get(H1).load().vms()) {
      long usage = load.usageMillis();
      demand.put(load.vm(), new VmDemand(load.vm(), usage, usage, usage));
    }
    CpuAlert alert = new CpuAlert(1, 1, CpuAlert.Kind.HOT_HOST, CpuSet.of(0, 1), 1600, 1350, names);
    ReliefDecision first =
        RELIEF.decide(snapshot, H1, alert, demand, ReliefPolicy.DEFAULT, history, now);
    assertThat(RELIEF.decide(snapshot, H1, alert, demand, ReliefPolicy.DEFAULT, history, now))
        .isEqualTo(first);
    return first;
  }

  private static String waits(Snapshot snapshot, ReliefHistory history, long now) {
    ReliefDecision decision = decide(snapshot, history, now);
    assertThat(decision).isInstanceOf(Wait.class);
    return decision.decision().reason();
  }

  @Test
  void fourGuestsThatExceedTheBudgetBecomeThreeByOneMigration() {
    Snapshot hot = wanting(4, 400, Automation.AUTO);

    ReliefDecision decision = decide(hot, ReliefHistory.EMPTY, NOW);

    assertThat(decision).isInstanceOf(Migrate.class);
    Migrate migrate = (Migrate) decision;
    assertThat(PlanChecker.check(hot, migrate.plan())).isEmpty();
    assertThat(Cluster.describe(migrate.plan()))
        .singleElement()
        .asString()
        .startsWith("h1 migrate g-1 to h2");
    assertThat(migrate.recommended()).isFalse();
    assertThat(migrate.decision().reason())
        .contains("want 160 % of its 150 %", "no new pins suffice", "26 % of its capacity");
    assertThat(migrate.decision().cost()).contains("1 live migration of 128 MiB");
    assertThat(migrate.decision().gain()).isEqualTo("overload 25 % -> 0 %");
    assertThat(migrate.decision().rejected())
        .anyMatch(text -> text.startsWith("leave all as it is"))
        .anyMatch(text -> text.startsWith("no re-pin on h1"))
        .anyMatch(text -> text.startsWith("move g-2 to h2: leaves 0 %"));
  }

  @Test
  void afterTheMoveBothHostsAreQuietAndRest() {
    Snapshot hot = wanting(4, 400, Automation.AUTO);
    Migrate migrate = (Migrate) decide(hot, ReliefHistory.EMPTY, NOW);
    Snapshot moved = loaded(Enactment.of(hot, migrate.plan()), 400);

    assertThat(waits(moved, migrate.history(), NOW + 20_000)).contains("no CPU is predicted above");
    Snapshot hotter = loaded(moved, 700);
    assertThat(waits(hotter, migrate.history(), NOW + 20_000))
        .contains("ended a short time ago; it rests for 40 s more");
  }

  @Test
  void aHostThatWouldBeTooFullIsNotChosen() {
    Snapshot hot = wanting(4, 400, Automation.AUTO);
    Snapshot both =
        Cluster.running(hot, spec("h-1", d -> d.hosts("h2")), spec("h-2", d -> d.hosts("h2")));
    both = loaded(both, 450);

    assertThat(waits(both, ReliefHistory.EMPTY, NOW))
        .contains("no VM moves to another host", "its VMs would want 135 % of 150 %");
  }

  @Test
  void closedHostsAndRunningMigrationsAreRespected() {
    Snapshot hot = wanting(4, 400, Automation.AUTO);
    Snapshot cordoned = Sample.with(hot, hot.hosts().get(H2).withCordoned(true));

    assertThat(waits(cordoned, ReliefHistory.EMPTY, NOW)).contains("any move to h2: is cordoned");
    assertThat(waits(hot, ReliefHistory.EMPTY.begun(H2, host("h3")), NOW))
        .contains("h2: takes part in a migration");
    assertThat(decide(hot, ReliefHistory.EMPTY.begun(H2, H1).ended(H2, H1), NOW))
        .isInstanceOf(Migrate.class);
  }

  @Test
  void whatStarvedVmsMayWantIsNoReasonToMoveOne() {
    Snapshot hot = wanting(3, 400, Automation.AUTO);
    Map<VmName, VmDemand> guessed = new TreeMap<>();
    hot.specs().keySet().forEach(vm -> guessed.put(vm, new VmDemand(vm, 400, 580, 1_000)));
    CpuAlert alert =
        new CpuAlert(
            1,
            1,
            CpuAlert.Kind.HOT_HOST,
            CpuSet.of(0, 1),
            2_900,
            1_350,
            List.copyOf(guessed.keySet()));

    assertThat(
            RELIEF.decide(hot, H1, alert, guessed, ReliefPolicy.DEFAULT, ReliefHistory.EMPTY, NOW))
        .isNotInstanceOf(Migrate.class);
  }

  /** Each of three guests peaks now and then, the sum of their peaks is above the budget. */
  @Test
  void peaksThatDoNotCoincideAreNoReasonToMoveOne() {
    Snapshot hot = loaded(wanting(3, 400, Automation.AUTO), 470);
    Map<VmName, VmDemand> peaks = new TreeMap<>();
    hot.specs().keySet().forEach(vm -> peaks.put(vm, new VmDemand(vm, 410, 500, 1_000)));
    List<VmName> names = List.copyOf(peaks.keySet());
    CpuAlert alert =
        new CpuAlert(1, 1, CpuAlert.Kind.HOT_HOST, CpuSet.of(0, 1), 1_410, 1_350, names);

    assertThat(RELIEF.decide(hot, H1, alert, peaks, ReliefPolicy.DEFAULT, ReliefHistory.EMPTY, NOW))
        .isNotInstanceOf(Migrate.class);
  }

  @Test
  void recommendGivesAPlanThatWaits() {
    Migrate migrate =
        (Migrate) decide(wanting(4, 400, Automation.RECOMMEND), ReliefHistory.EMPTY, NOW);

    assertThat(migrate.recommended()).isTrue();
    assertThat(migrate.decision().reason()).startsWith("recommended, waits for apply");
  }

  @Test
  void offLeavesTheHotSpot() {
    assertThat(waits(wanting(4, 400, Automation.OFF), ReliefHistory.EMPTY, NOW))
        .contains("automation is off for it");
  }

  @Test
  void aReDistributionInsideTheHostComesFirst() {
    Snapshot hot = wanting(3, 400, Automation.AUTO);
    for (String guest : List.of("g-1", "g-2", "g-3")) {
      hot = Cluster.pinnedOnce(hot, guest, 0);
    }

    assertThat(decide(loaded(hot, 400), ReliefHistory.EMPTY, NOW)).isInstanceOf(Repin.class);
  }

  @Test
  void aVmThatMovedALittleWhileAgoStays() {
    Snapshot hot = wanting(4, 400, Automation.AUTO);
    Migrate migrate = (Migrate) decide(hot, ReliefHistory.EMPTY, NOW);
    ReliefHistory rested = migrate.history().without(List.of(H1, H2), List.of());

    Migrate second = (Migrate) decide(hot, rested, NOW + 1_000);

    assertThat(second.plan().steps().getFirst().planned().action().object().value())
        .isEqualTo("domain/" + vm("g-2"));
  }
}
