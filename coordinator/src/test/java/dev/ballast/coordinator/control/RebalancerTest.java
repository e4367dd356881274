package dev.ballast.coordinator.control;

import static dev.ballast.coordinator.Fixtures.H1;
import static dev.ballast.coordinator.Fixtures.H2;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ballast.coordinator.Fixtures;
import dev.ballast.coordinator.cluster.ClusterEvent.AutomationSet;
import dev.ballast.coordinator.cluster.ClusterEvent.TelemetryReported;
import dev.ballast.coordinator.store.EventStore;
import dev.ballast.coordinator.store.OperationState;
import dev.ballast.coordinator.store.PlanState;
import dev.ballast.coordinator.store.PlanStore;
import dev.ballast.coordinator.store.PlanSummary;
import dev.ballast.coordinator.store.StoredEvent;
import dev.ballast.core.balance.RebalanceSchedule;
import dev.ballast.core.balance.ReliefPolicy;
import dev.ballast.core.balance.RepinRelief;
import dev.ballast.core.demand.DemandPolicy;
import dev.ballast.core.model.Automation;
import dev.ballast.core.model.CpuLoad;
import dev.ballast.core.model.CpuPins;
import dev.ballast.core.model.HostInventory;
import dev.ballast.core.model.HostLoad;
import dev.ballast.core.model.HostName;
import dev.ballast.core.model.VmLoad;
import dev.ballast.core.model.VmName;
import dev.ballast.core.plan.Origin;
import dev.ballast.core.plan.Plan;
import dev.ballast.core.planning.PlanningPolicy;
import dev.ballast.core.topology.CpuSet;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Three VMs want 60 % of one host of two; none of it is hot. */
class RebalancerTest extends ControlFixture {
  private static final long INTERVAL = 60_000;
  private static final long HOLD = 600_000;

  private boolean idle = true;

  @BeforeEach
  void setUp() {
    connect(H1, VMS);
    connect(H2, List.of());
    assign(H1, RebalancerTest::pins);
    load(400);
  }

  private void connect(HostName host, List<VmName> vms) {
    HostInventory plain = Fixtures.inventory();
    HostInventory inventory =
        new HostInventory(
            plain.topology(),
            plain.cpuModel(),
            plain.cpuFlags(),
            plain.memoryBytes(),
            plain.cpuCapacityMillis(),
            plain.cgroupVersion(),
            plain.cgroupControllers(),
            plain.versions(),
            plain.lacks(),
            Optional.of("qemu+tls://" + host + "/system"),
            plain.traits());
    connect(host, inventory, vms, RebalancerTest::pins);
  }

  private static CpuPins pins(VmName vm) {
    return CpuPins.uniform(1, CpuSet.of(VMS.indexOf(vm) % 2));
  }

  private void rebalancer(Automation automation) {
    control = control(new RepinRelief());
    new Rebalancer(
            cluster,
            ControlStores.of(leader),
            events(),
            this::run,
            () -> idle,
            control,
            loop,
            new RebalanceSettings(
                PlanningPolicy.DEFAULT,
                new RebalanceSchedule(automation, INTERVAL, HOLD),
                ReliefPolicy.DEFAULT,
                DemandPolicy.DEFAULT))
        .start();
  }

  /** Each VM uses that much. */
  private void load(long millis) {
    telemetry(H1, 2 * millis, millis, VMS.stream().map(vm -> new VmLoad(vm, millis, 0)).toList());
    telemetry(H2, 0, 0, List.of());
  }

  private void telemetry(HostName host, long cpu0, long cpu1, List<VmLoad> vms) {
    HostLoad load =
        new HostLoad(
            loop.epochMillis(),
            cpu0 + cpu1,
            3L << 30,
            List.of(new CpuLoad(0, cpu0), new CpuLoad(1, cpu1)),
            vms);
    cluster.submit(new TelemetryReported(host, load)).join();
  }

  private List<StoredEvent> decisions() {
    return new EventStore(leader)
        .newest(1_000).stream().filter(event -> event.kind().equals("decision")).toList();
  }

  private List<PlanSummary> plans() {
    return new PlanStore(leader).newest(10);
  }

  @Test
  void whatTwoLooksInARowFindIsCarriedOutAndThenItRests() {
    rebalancer(Automation.AUTO);
    loop.advance(INTERVAL);
    assertThat(executed).isEmpty();
    assertThat(decisions())
        .singleElement()
        .satisfies(event -> assertThat(event.text()).contains("the next look has to find"));
    loop.advance(INTERVAL);

    assertThat(executed).hasSize(1);
    Plan plan = new PlanStore(leader).get(executed.getFirst()).orElseThrow().plan();
    assertThat(plan.origin()).isEqualTo(Origin.BALANCER);
    assertThat(plan.steps()).hasSize(1);
    assertThat(plan.decisions().getFirst().reason())
        .isEqualTo(
            "the balancer rebalances: it moves from h1 to h2, the higher share of the two falls"
                + " from 60 % to 40 %");
    assertThat(decisions())
        .anySatisfy(event -> assertThat(event.details()).containsEntry("kind", "rebalance"));
    loop.advance(3 * INTERVAL);
    assertThat(executed).hasSize(1);
    end(OperationState.APPLIED);
    loop.advance(HOLD - 1);
    assertThat(executed).hasSize(1);
    loop.advance(3 * INTERVAL);
    assertThat(executed).hasSize(2);
  }

  @Test
  void aNeedThatPassesIsForgotten() {
    rebalancer(Automation.AUTO);
    loop.advance(INTERVAL);
    load(0);
    for (int i = 0; i < 600; i++) {
      load(0); // until the histories hold nothing else
    }
    loop.advance(INTERVAL);
    for (int i = 0; i < 600; i++) {
      load(400);
    }
    loop.advance(INTERVAL);

    assertThat(executed).isEmpty();
    loop.advance(INTERVAL);
    assertThat(executed).hasSize(1);
  }

  @Test
  void offMovesNothingWhateverTheClustersAutomation() {
    rebalancer(Automation.OFF);
    loop.advance(10 * INTERVAL);

    assertThat(plans()).isEmpty();
    assertThat(decisions()).isEmpty();
  }

  @Test
  void aClusterWithAutomationOffMovesNothingAndSaysSoOnce() {
    rebalancer(Automation.AUTO);
    cluster.submit(new AutomationSet(Optional.empty(), Automation.OFF)).join();
    loop.advance(10 * INTERVAL);

    assertThat(plans()).isEmpty();
    assertThat(decisions())
        .singleElement()
        .satisfies(event -> assertThat(event.text()).contains("automation of the cluster is off"));
  }

  @Test
  void recommendedOncePlansWaitForAnOperator() {
    rebalancer(Automation.RECOMMEND);
    loop.advance(10 * INTERVAL);

    assertThat(executed).isEmpty();
    assertThat(plans())
        .singleElement()
        .satisfies(plan -> assertThat(plan.state()).isEqualTo(PlanState.RECOMMENDED));
    assertThat(decisions())
        .anySatisfy(
            event ->
                assertThat(event.text())
                    .contains("do it with: ballast apply " + plans().getFirst().id() + " --run"));
  }

  @Test
  void hostsWhoseAutomationAllowsLessAreLeftAlone() {
    rebalancer(Automation.AUTO);
    cluster.submit(new AutomationSet(Optional.of(H2), Automation.RECOMMEND)).join();
    loop.advance(10 * INTERVAL);

    assertThat(plans()).isEmpty();
    assertThat(decisions())
        .singleElement()
        .satisfies(event -> assertThat(event.text()).startsWith("no move lowers"));
  }

  @Test
  void nothingIsMovedWhileAnOperationRuns() {
    rebalancer(Automation.AUTO);
    idle = false;
    loop.advance(10 * INTERVAL);

    assertThat(plans()).isEmpty();
    assertThat(decisions())
        .singleElement()
        .satisfies(event -> assertThat(event.text()).contains("an operation runs"));
    idle = true;
    loop.advance(2 * INTERVAL);
    assertThat(executed).hasSize(1);
  }

  @Test
  void aHotHostIsLeftToRelief() {
    rebalancer(Automation.AUTO);
    telemetry(H1, 1_000, 400, VMS.stream().map(vm -> new VmLoad(vm, 400, 300)).toList());
    loop.advance(10 * INTERVAL);

    assertThat(decisions())
        .anyMatch(
            event ->
                event.text().startsWith("no move lowers")
                    || event.text().contains("a hot host is relieved just now"))
        .noneSatisfy(event -> assertThat(event.details()).containsEntry("kind", "rebalance"));
  }

  @Test
  void aRefusedPlanIsToldAndRests() {
    rebalancer(Automation.AUTO);
    refusing = true;
    loop.advance(2 * INTERVAL);

    assertThat(decisions())
        .anySatisfy(event -> assertThat(event.text()).contains("domain/a is held by op-9"));
    int plans = plans().size();
    loop.advance(HOLD - 1);
    assertThat(plans()).hasSize(plans);
  }
}
