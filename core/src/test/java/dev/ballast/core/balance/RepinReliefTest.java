package dev.ballast.core.balance;

import static dev.ballast.core.sample.Sample.host;
import static dev.ballast.core.sample.Sample.lab;
import static dev.ballast.core.sample.Sample.snapshot;
import static dev.ballast.core.sample.Sample.spec;
import static dev.ballast.core.sample.Sample.vm;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ballast.core.balance.ReliefDecision.Repin;
import dev.ballast.core.balance.ReliefDecision.Wait;
import dev.ballast.core.check.PlanChecker;
import dev.ballast.core.demand.VmDemand;
import dev.ballast.core.model.Automation;
import dev.ballast.core.model.ClockState;
import dev.ballast.core.model.CpuAlert;
import dev.ballast.core.model.CpuLoad;
import dev.ballast.core.model.CpuPins;
import dev.ballast.core.model.HostFacts;
import dev.ballast.core.model.HostLoad;
import dev.ballast.core.model.HostName;
import dev.ballast.core.model.OtherOwner;
import dev.ballast.core.model.Snapshot;
import dev.ballast.core.model.VmLoad;
import dev.ballast.core.model.VmName;
import dev.ballast.core.model.VmSpec;
import dev.ballast.core.planning.PinPlanner;
import dev.ballast.core.planning.RollbackPlanner;
import dev.ballast.core.sample.Cluster;
import dev.ballast.core.sample.Enactment;
import dev.ballast.core.sample.Sample;
import dev.ballast.core.sample.SpecDraft;
import dev.ballast.core.topology.CpuSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class RepinReliefTest {
  private static final HostName H1 = host("h1");
  private static final Relief RELIEF = new RepinRelief();
  private static final long NOW = 1_000_000;

  @Test
  void threeGuestsOnOneOfTwoCpusBecomeTwoAndOneByMovingOne() {
    Snapshot crowded = crowded(guests(3, UnaryOperator.identity()));

    Repin repin = repin(crowded, ReliefHistory.EMPTY, NOW);

    assertThat(PlanChecker.check(crowded, repin.plan())).isEmpty();
    assertThat(Cluster.describe(repin.plan()))
        .containsExactly("h1 pin web-1: vcpu0 to 1, emulator to 1");
    assertThat(repin.recommended()).isFalse();
    assertThat(repin.decision().gain()).contains("124.8 % -> 83.2 %", "41.6 % points less");
    assertThat(repin.decision().reason()).contains("CPUs 0 of h1", "from CPUs 0 to 1");
    assertThat(repin.plan().decisions())
        .filteredOn(d -> d.kind().equals("wait"))
        .extracting(d -> d.vm().orElseThrow())
        .containsExactly(vm("web-2"), vm("web-3"));
  }

  @Test
  void anAlertForTheWholeHostMovesTheSameOne() {
    Snapshot crowded = crowded(guests(3, UnaryOperator.identity()));
    CpuAlert alert =
        new CpuAlert(1, 1, CpuAlert.Kind.HOT_HOST, CpuSet.of(0, 1), 3000, 1350, names(crowded));

    ReliefDecision decision =
        RELIEF.decide(
            crowded, H1, alert, demand(crowded), ReliefPolicy.DEFAULT, ReliefHistory.EMPTY, NOW);

    assertThat(decision).isInstanceOf(Repin.class);
    assertThat(((Repin) decision).plan().steps()).hasSize(1);
  }

  @Test
  void aReliefCanBeRolledBack() {
    Snapshot crowded = crowded(guests(3, UnaryOperator.identity()));
    Repin repin = repin(crowded, ReliefHistory.EMPTY, NOW);
    Snapshot relieved = Enactment.of(crowded, repin.plan());

    var back =
        Cluster.plan(
            new RollbackPlanner().plan(relieved, Enactment.operation("op-7", repin.plan())));

    assertThat(PlanChecker.check(relieved, back)).isEmpty();
    assertThat(Enactment.of(relieved, back).assignments()).isEqualTo(crowded.assignments());
  }

  @Test
  void afterReliefThereIsNothingToDo() {
    Snapshot crowded = crowded(guests(3, UnaryOperator.identity()));
    Snapshot relieved = Enactment.of(crowded, repin(crowded, ReliefHistory.EMPTY, NOW).plan());

    assertThat(waits(relieved, ReliefHistory.EMPTY, NOW)).contains("no CPU is predicted above");
  }

  @Test
  void recommendGivesAPlanThatWaits() {
    Repin repin =
        repin(
            crowded(guests(3, d -> d.automation(Automation.RECOMMEND))), ReliefHistory.EMPTY, NOW);

    assertThat(repin.recommended()).isTrue();
    assertThat(repin.decision().reason()).startsWith("recommended, waits for apply");
  }

  @Test
  void aVmThatMayMoveAtOnceGoesBeforeOneThatMayOnlyBeRecommended() {
    Snapshot crowded =
        crowded(
            guest("web-1", d -> d.automation(Automation.RECOMMEND)),
            guest("web-2", d -> d.automation(Automation.RECOMMEND)),
            guest("web-3", UnaryOperator.identity()));

    Repin repin = repin(crowded, ReliefHistory.EMPTY, NOW);

    assertThat(repin.recommended()).isFalse();
    assertThat(Cluster.describe(repin.plan())).singleElement().asString().contains("web-3");
  }

  @Test
  void automationOffLeavesTheHotSpot() {
    Snapshot off = crowded(guests(3, d -> d.automation(Automation.OFF)));

    assertThat(waits(off, ReliefHistory.EMPTY, NOW)).contains("no new pins gain");
    Snapshot cluster = crowded(guests(3, UnaryOperator.identity()));
    cluster =
        new Snapshot(
            cluster.version(),
            cluster.cluster(),
            Automation.OFF,
            false,
            cluster.hosts(),
            cluster.specs(),
            cluster.assignments(),
            cluster.desiredKsm(),
            cluster.frozenVms());
    assertThat(waits(cluster, ReliefHistory.EMPTY, NOW)).contains("off for the cluster");
  }

  @Test
  void pinsThatPeopleWroteOrAnOperatorSetStay() {
    CpuPins front = CpuPins.uniform(1, CpuSet.of(0));
    Snapshot written = crowded(guests(3, d -> d.pins(front)));
    assertThat(decide(written, ReliefHistory.EMPTY, NOW)).isInstanceOf(Wait.class);

    Snapshot crowded = crowded(guests(3, UnaryOperator.identity()));
    Snapshot overridden = crowded;
    for (VmName vm : crowded.specs().keySet()) {
      overridden =
          Enactment.of(overridden, Cluster.plan(new PinPlanner().plan(overridden, vm, front)));
    }
    ReliefDecision decision = decide(overridden, ReliefHistory.EMPTY, NOW);
    assertThat(decision).isInstanceOf(Wait.class);
    assertThat(decision.decision().rejected())
        .hasSize(3)
        .allMatch(text -> text.contains("an operator pinned it"));
  }

  @Test
  void frozenThingsStay() {
    Snapshot crowded = crowded(guests(3, UnaryOperator.identity()));

    Repin repin = repin(Sample.frozen(crowded, "web-1", "web-2"), ReliefHistory.EMPTY, NOW);

    assertThat(Cluster.describe(repin.plan())).singleElement().asString().contains("web-3");
    Snapshot host = Sample.with(crowded, Sample.in(crowded.hosts().get(H1), true, false, true));
    assertThat(waits(host, ReliefHistory.EMPTY, NOW)).contains("it is frozen");
  }

  @Test
  void whereNumadMovesProcessesNothingIsPinned() {
    Snapshot crowded = crowded(guests(3, UnaryOperator.identity()));
    HostFacts facts =
        new HostFacts(
            ClockState.SYNCHRONISED,
            "",
            new TreeMap<>(Map.of(OtherOwner.NUMAD, "process numad")),
            new TreeMap<>());
    Snapshot host = Sample.with(crowded, crowded.hosts().get(H1).withFacts(facts));

    assertThat(waits(host, ReliefHistory.EMPTY, NOW)).contains("numad moves processes");
  }

  @Test
  void aHostRestsAfterAMoveAndAVmRestsLongerEachTime() {
    Snapshot crowded = crowded(guests(3, UnaryOperator.identity()));
    Repin first = repin(crowded, ReliefHistory.EMPTY, NOW);

    assertThat(waits(crowded, first.history(), NOW + 9_999)).contains("its last re-pin");
    Repin second = repin(crowded, first.history(), NOW + 10_000);
    assertThat(Cluster.describe(second.plan())).singleElement().asString().contains("web-2");
    Repin third = repin(crowded, first.history(), NOW + 60_000);
    assertThat(Cluster.describe(third.plan())).singleElement().asString().contains("web-1");
    assertThat(third.history().vms().get(vm("web-1")).restMillis()).isEqualTo(120_000);
    Repin late = repin(crowded, third.history(), NOW + 60_000 + 240_000);
    assertThat(late.history().vms().get(vm("web-1")).restMillis()).isEqualTo(60_000);
  }

  @Test
  void whereEverythingIsFullItSaysWhatWouldHelp() {
    Snapshot full = Cluster.running(snapshot(lab("h1")), guests(4, UnaryOperator.identity()));
    full = loaded(full, 500, 500);

    Wait wait = (Wait) decide(full, ReliefHistory.EMPTY, NOW);

    assertThat(wait.decision().kind()).isEqualTo("wait");
    assertThat(wait.decision().reason()).contains("migrating web-", "to another host would help");
    assertThat(wait.history()).isEqualTo(ReliefHistory.EMPTY);
  }

  @Test
  void itStaysInTheNumaNodeWhereThatSuffices() {
    Snapshot wide = snapshot(Sample.view("h1", Sample.nodes(2, 2, 1, 8 * Sample.GIB)));
    Snapshot crowded = Cluster.running(wide, guests(3, UnaryOperator.identity()));
    for (VmName vm : crowded.specs().keySet()) {
      crowded = Cluster.pinnedOnce(crowded, vm.value(), 2);
    }

    Repin repin = repin(loaded(crowded, 333, 667), ReliefHistory.EMPTY, NOW);

    assertThat(Cluster.describe(repin.plan())).singleElement().asString().contains("vcpu0 to 3");
    assertThat(repin.decision().cost()).contains("within its NUMA node");
  }

  @Test
  void loadThatIsNoVmsStaysAndIsAvoided() {
    Snapshot crowded = crowded(guests(3, UnaryOperator.identity()));
    HostLoad load = crowded.hosts().get(H1).load();
    HostLoad busyRear =
        new HostLoad(
            load.epochMillis(),
            load.usageMillis(),
            0,
            List.of(new CpuLoad(0, 1000), new CpuLoad(1, 900)),
            load.vms());
    Snapshot noRoom = Sample.with(crowded, Sample.with(crowded.hosts().get(H1), busyRear));

    assertThat(waits(noRoom, ReliefHistory.EMPTY, NOW)).contains("no new pins gain");
  }

  @Test
  void anAlertThatIsOverNeedsNothing() {
    Snapshot crowded = crowded(guests(3, UnaryOperator.identity()));
    CpuAlert over = new CpuAlert(1, 1, CpuAlert.Kind.CLEARED, CpuSet.of(0), 0, 900, List.of());

    ReliefDecision decision =
        RELIEF.decide(
            crowded, H1, over, demand(crowded), ReliefPolicy.DEFAULT, ReliefHistory.EMPTY, NOW);

    assertThat(decision).isInstanceOf(Wait.class);
  }

  private static VmSpec guest(String name, UnaryOperator<SpecDraft> change) {
    return spec(name, change);
  }

  private static VmSpec[] guests(int count, UnaryOperator<SpecDraft> change) {
    VmSpec[] result = new VmSpec[count];
    for (int i = 0; i < count; i++) {
      result[i] = spec("web-" + (i + 1), change);
    }
    return result;
  }

  /** The lab's spike: all VMs on CPU 0, each gets a third of it and waits for the rest. */
  private static Snapshot crowded(VmSpec... specs) {
    Snapshot snapshot = Cluster.running(snapshot(lab("h1")), specs);
    for (VmSpec spec : specs) {
      if (spec.pins().isEmpty()) {
        snapshot = Cluster.pinnedOnce(snapshot, spec.name().value(), 0);
      }
    }
    return loaded(snapshot, 333, 667);
  }

  private static Snapshot loaded(Snapshot snapshot, long usage, long contention) {
    List<VmLoad> vms =
        snapshot.specs().keySet().stream().map(vm -> new VmLoad(vm, usage, contention)).toList();
    HostLoad load = new HostLoad(NOW, usage * vms.size(), 0, List.of(), vms);
    return Sample.with(snapshot, Sample.with(snapshot.hosts().get(H1), load));
  }

  private static List<VmName> names(Snapshot snapshot) {
    return List.copyOf(snapshot.specs().keySet());
  }

  private static Map<VmName, VmDemand> demand(Snapshot snapshot) {
    Map<VmName, VmDemand> result = new TreeMap<>();
    for (VmLoad load : snapshot.hosts().get(H1).load().vms()) {
      long usage = load.usageMillis();
      result.put(
          load.vm(),
          new VmDemand(load.vm(), usage, usage * 5 / 4, usage + load.contentionMillis()));
    }
    return result;
  }

  private static ReliefDecision decide(Snapshot snapshot, ReliefHistory history, long now) {
    CpuAlert alert =
        new CpuAlert(1, 1, CpuAlert.Kind.HOT_CPUS, CpuSet.of(0), 3000, 900, names(snapshot));
    ReliefDecision first =
        RELIEF.decide(snapshot, H1, alert, demand(snapshot), ReliefPolicy.DEFAULT, history, now);
    ReliefDecision again =
        RELIEF.decide(snapshot, H1, alert, demand(snapshot), ReliefPolicy.DEFAULT, history, now);
    assertThat(again).isEqualTo(first);
    return first;
  }

  private static Repin repin(Snapshot snapshot, ReliefHistory history, long now) {
    ReliefDecision decision = decide(snapshot, history, now);
    assertThat(decision).isInstanceOf(Repin.class);
    return (Repin) decision;
  }

  private static String waits(Snapshot snapshot, ReliefHistory history, long now) {
    ReliefDecision decision = decide(snapshot, history, now);
    assertThat(decision).isInstanceOf(Wait.class);
    return decision.decision().reason();
  }
}
