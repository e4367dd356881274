package dev.ballast.coordinator.control;

import static dev.ballast.coordinator.Fixtures.H1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ballast.coordinator.Fixtures;
import dev.ballast.coordinator.cluster.ClusterEvent.AlertRaised;
import dev.ballast.coordinator.cluster.ClusterEvent.AutomationSet;
import dev.ballast.coordinator.cluster.ClusterEvent.DesiredChanged;
import dev.ballast.coordinator.cluster.ClusterEvent.FreezeSet;
import dev.ballast.coordinator.cluster.ClusterEvent.TelemetryReported;
import dev.ballast.coordinator.store.DecisionStore;
import dev.ballast.coordinator.store.EventStore;
import dev.ballast.coordinator.store.Freeze;
import dev.ballast.coordinator.store.OperationState;
import dev.ballast.coordinator.store.PlanState;
import dev.ballast.coordinator.store.PlanStore;
import dev.ballast.coordinator.store.StoredEvent;
import dev.ballast.core.balance.Relief;
import dev.ballast.core.balance.ReliefDecision;
import dev.ballast.core.balance.RepinRelief;
import dev.ballast.core.model.Assignment;
import dev.ballast.core.model.Automation;
import dev.ballast.core.model.CpuAlert;
import dev.ballast.core.model.CpuLoad;
import dev.ballast.core.model.CpuPins;
import dev.ballast.core.model.HostLoad;
import dev.ballast.core.model.HostName;
import dev.ballast.core.model.VmLoad;
import dev.ballast.core.plan.DesiredChange;
import dev.ballast.core.plan.DesiredChange.PutAssignment;
import dev.ballast.core.plan.Plan;
import dev.ballast.core.topology.CpuSet;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Three VMs crowd CPU 0 of a host of two CPUs. */
class ControlLoopTest extends ControlFixture {
  private static final CpuPins FRONT = CpuPins.uniform(1, CpuSet.of(0));
  private static final long SWEEP = ControlSettings.DEFAULT.sweepMillis();

  @BeforeEach
  void setUp() {
    connect(H1, Fixtures.inventory(), VMS, vm -> FRONT);
    assign(H1, vm -> FRONT);
    control = control(new RepinRelief());
  }

  private void load(long cpu0, long cpu1) {
    HostLoad load =
        new HostLoad(
            loop.epochMillis(),
            cpu0 + cpu1,
            1L << 30,
            List.of(new CpuLoad(0, cpu0), new CpuLoad(1, cpu1)),
            VMS.stream().map(vm -> new VmLoad(vm, cpu0 / 3, cpu0 > 900 ? 600 : 0)).toList());
    cluster.submit(new TelemetryReported(H1, load)).join();
    control.onLoad(H1, load);
    loop.run();
  }

  private void alert() {
    load(1_000, 0);
    CpuAlert alert =
        new CpuAlert(
            loop.epochMillis() - 100,
            loop.epochMillis() - 3_100,
            CpuAlert.Kind.HOT_CPUS,
            CpuSet.of(0),
            1_600,
            900,
            VMS);
    control.onEvent(cluster.snapshot(), new AlertRaised(H1, alert, loop.epochMillis()));
    loop.run();
  }

  private List<StoredEvent> events(String kind) {
    return new EventStore(leader)
        .newest(1_000).stream().filter(event -> event.kind().equals(kind)).toList();
  }

  private Plan plan(String id) {
    return new PlanStore(leader).get(id).orElseThrow().plan();
  }

  @Test
  void aSpikeIsRelievedAndItsTimesAreTold() {
    alert();
    assertThat(executed).hasSize(1);
    assertThat(plan(executed.getFirst()).steps()).isNotEmpty();
    assertThat(events("decision")).hasSize(1);

    loop.advance(250);
    end(OperationState.APPLIED);
    load(1_000, 100);
    assertThat(events("spike-relieved")).isEmpty();
    loop.advance(1_000);
    load(400, 800);

    var details = events("spike-relieved").getFirst().details();
    assertThat(
            List.of("t1", "alert", "t2", "t3", "t4", "t5").stream()
                .map(part -> Long.valueOf(details.getOrDefault(part + "EpochMillis", "")))
                .toList())
        .isSorted()
        .first()
        .isEqualTo(1_000_000L - 3_100);
    load(400, 800);
    assertThat(events("spike-relieved")).hasSize(1);
  }

  @Test
  void withAutomationOffTheHotSpotStaysAndADecisionSaysSo() {
    cluster.submit(new AutomationSet(Optional.empty(), Automation.OFF)).join();
    alert();
    loop.advance(10 * SWEEP);

    assertThat(executed).isEmpty();
    assertThat(new PlanStore(leader).newest(10)).isEmpty();
    assertThat(events("decision"))
        .singleElement()
        .satisfies(event -> assertThat(event.text()).contains("automation is off"));
    assertThat(new DecisionStore(leader).newest(VMS.getFirst(), 5))
        .singleElement()
        .satisfies(stored -> assertThat(stored.decision().kind()).isEqualTo("wait"));
  }

  @Test
  void automationThatIsSwitchedOnLaterActsOnWhatIsStillHot() {
    cluster.submit(new AutomationSet(Optional.empty(), Automation.OFF)).join();
    alert();
    AutomationSet on = new AutomationSet(Optional.empty(), Automation.AUTO);
    cluster.submit(on).join();
    control.onEvent(cluster.snapshot(), on);
    loop.run();

    assertThat(executed).hasSize(1);
  }

  @Test
  void cpusThatLookCalmBecauseTheHostHoldsItsVmsBackStayHot() {
    cluster.submit(new AutomationSet(Optional.empty(), Automation.OFF)).join();
    alert();
    HostLoad heldBack =
        new HostLoad(
            loop.epochMillis(),
            700,
            1L << 30,
            List.of(new CpuLoad(0, 700), new CpuLoad(1, 0)),
            VMS.stream().map(vm -> new VmLoad(vm, 233, 600)).toList());
    cluster.submit(new TelemetryReported(H1, heldBack)).join();
    loop.advance(SWEEP);
    AutomationSet on = new AutomationSet(Optional.empty(), Automation.AUTO);
    cluster.submit(on).join();
    control.onEvent(cluster.snapshot(), on);
    loop.run();

    assertThat(executed).hasSize(1);
  }

  @Test
  void aRecommendationWaitsForAnOperatorAndIsNotRepeated() {
    cluster.submit(new AutomationSet(Optional.empty(), Automation.RECOMMEND)).join();
    alert();
    loop.advance(5 * SWEEP);

    assertThat(executed).isEmpty();
    assertThat(new PlanStore(leader).newest(10))
        .singleElement()
        .satisfies(
            plan -> {
              assertThat(plan.state()).isEqualTo(PlanState.RECOMMENDED);
              assertThat(events("decision"))
                  .singleElement()
                  .satisfies(
                      event ->
                          assertThat(event.text())
                              .contains("ballast apply " + plan.id() + " --run"));
            });

    control.onEvent(
        cluster.snapshot(),
        new AlertRaised(
            H1, new CpuAlert(0, 0, CpuAlert.Kind.CLEARED, CpuSet.EMPTY, 0, 0, List.of()), 0));
    loop.run();
    assertThat(new PlanStore(leader).newest(10).getFirst().state()).isEqualTo(PlanState.SUPERSEDED);
  }

  @Test
  void aFreezeStopsTheLoop() {
    cluster.submit(new FreezeSet(new Freeze.Scope.Cluster(), true, "")).join();
    alert();

    assertThat(executed).isEmpty();
    assertThat(events("decision").getFirst().text()).contains("frozen");
  }

  @Test
  void aPlanThatItsCheckRefusesIsNeverExecuted() {
    Relief careless =
        (snapshot, host, alert, demand, policy, history, now) -> {
          ReliefDecision good =
              new RepinRelief().decide(snapshot, host, alert, demand, policy, history, now);
          ReliefDecision.Repin repin = (ReliefDecision.Repin) good;
          Plan bad = repin.plan();
          Plan elsewhere =
              new Plan(
                  bad.title(),
                  bad.origin(),
                  bad.parentVersion() + 1_000,
                  bad.steps(),
                  bad.changes(),
                  bad.decisions(),
                  bad.inverse());
          return new ReliefDecision.Repin(
              elsewhere, repin.decision(), false, true, repin.history());
        };
    control = control(careless);
    alert();

    assertThat(executed).isEmpty();
    assertThat(events("decision").getFirst().text()).contains("its check found");
  }

  @Test
  void repeatedFailuresDropAutoToRecommend() {
    alert();
    for (int failure = 1; failure <= ControlSettings.DEFAULT.failureLimit(); failure++) {
      assertThat(executed).hasSize(failure);
      end(OperationState.UNDONE);
      loop.advance(SWEEP);
    }
    cluster.submit(new DesiredChanged(List.of(), "op-0")).join();

    assertThat(cluster.snapshot().hosts().get(H1).automation()).isEqualTo(Automation.RECOMMEND);
    assertThat(events("automation").getFirst().text()).contains("from auto to recommend");
    int before = executed.size();
    loop.advance(3 * SWEEP);
    assertThat(executed.size()).isLessThanOrEqualTo(before + 1);
  }

  @Test
  void failuresThatAreFarApartDoNotCount() {
    Failures failures = new Failures(3, 600_000);
    HostName host = H1;
    assertThat(failures.add(host, 0)).isFalse();
    assertThat(failures.add(host, 300_000)).isFalse();
    assertThat(failures.add(host, 600_000)).isFalse();
    assertThat(failures.add(host, 700_000)).isTrue();
  }

  @Test
  void aHotHostWhoseAlertIsLostIsFoundBySweeping() {
    load(1_000, 0);
    loop.advance(SWEEP);
    assertThat(executed).isEmpty();
    loop.advance(SWEEP);
    assertThat(executed).hasSize(1);
  }

  @Test
  void aHostThatCoolsDownBetweenSweepsIsLeftAlone() {
    load(1_000, 0);
    loop.advance(SWEEP);
    load(100, 0);
    loop.advance(3 * SWEEP);
    assertThat(executed).isEmpty();
  }

  @Test
  void anObjectThatAnOperatorHoldsIsLeftAloneAndTriedAgain() {
    refusing = true;
    alert();
    loop.advance(2 * SWEEP);
    assertThat(events("decision")).anyMatch(event -> event.text().contains("held by op-9"));

    refusing = false;
    loop.advance(SWEEP);
    assertThat(executed).hasSize(1);
  }

  @Test
  void aRestEndsWhenAnOperatorDecidesAnew() {
    alert();
    end(OperationState.APPLIED);
    alert();
    assertThat(executed).as("it rests").hasSize(1);

    List<DesiredChange> back =
        VMS.stream()
            .<DesiredChange>map(vm -> new PutAssignment(new Assignment(vm, H1, FRONT, false)))
            .toList();
    control.onEvent(cluster.snapshot(), new DesiredChanged(back, "op-1"));
    alert();
    assertThat(executed).as("its own operation changes nothing").hasSize(1);

    control.onEvent(cluster.snapshot(), new DesiredChanged(back, "op-77"));
    alert();
    assertThat(executed).as("an operator's does").hasSize(2);
  }
}
