package dev.ballast.core.planning;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ballast.core.action.Outcome;
import dev.ballast.core.check.PlanChecker;
import dev.ballast.core.drift.DriftDetector;
import dev.ballast.core.model.HostView;
import dev.ballast.core.model.NetworkName;
import dev.ballast.core.model.NetworkSpec;
import dev.ballast.core.model.ObservedSwitch;
import dev.ballast.core.model.Snapshot;
import dev.ballast.core.model.SwitchBridge;
import dev.ballast.core.model.SwitchPort;
import dev.ballast.core.plan.ExecutedOperation;
import dev.ballast.core.plan.Plan;
import dev.ballast.core.plan.StepResult;
import dev.ballast.core.sample.Enactment;
import dev.ballast.core.sample.Sample;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class BridgePlannerTest {
  private static final SortedMap<String, String> LINKS =
      new TreeMap<>(Map.of("eth0", "has the address 192.0.2.1", "eth1", ""));
  private static final NetworkSpec NETWORK =
      new NetworkSpec(
          new NetworkName("brx"),
          "brx",
          new TreeSet<>(),
          new TreeSet<>(List.of("eth1")),
          Optional.empty(),
          new TreeSet<>(List.of(10, 20)),
          true);

  private final Snapshot before = Sample.snapshot(host("h1"), host("h2"));

  private static HostView host(String name) {
    return Sample.lab(name).withOvs(Optional.of(new ObservedSwitch(new TreeMap<>(), LINKS)));
  }

  private static Plan planned(PlanResult result) {
    assertThat(result).isInstanceOf(PlanResult.Planned.class);
    return ((PlanResult.Planned) result).plan();
  }

  private static ExecutedOperation applied(Plan plan) {
    return new ExecutedOperation(
        "op-1",
        plan,
        plan.steps().stream()
            .map(step -> new StepResult(step.number(), new Outcome.Applied("", 1)))
            .toList());
  }

  @Test
  void onePlanForAllHostsThatItsRollbackTakesBack() {
    Plan plan = planned(new BridgePlanner().add(before, NETWORK));
    assertThat(plan.steps()).hasSize(2);
    assertThat(PlanChecker.check(before, plan)).isEmpty();

    Snapshot after = Enactment.of(before, plan);
    assertThat(DriftDetector.detect(after)).isEmpty();
    assertThat(planned(new BridgePlanner().add(after, NETWORK)).isEmpty()).isTrue();

    Plan back = planned(new RollbackPlanner().plan(after, applied(plan)));
    assertThat(PlanChecker.check(after, back)).isEmpty();
    Snapshot restored = Enactment.of(after, back);
    assertThat(restored.networks()).isEmpty();
    assertThat(restored.hosts().get(Sample.host("h1")).ovs().orElseThrow().bridges()).isEmpty();
  }

  @Test
  void aCardThatCarriesAnAddressIsRefused() {
    NetworkSpec cutting =
        new NetworkSpec(
            NETWORK.name(),
            "brx",
            new TreeSet<>(),
            new TreeSet<>(List.of("eth0")),
            Optional.empty(),
            new TreeSet<>(),
            true);

    assertThat(new BridgePlanner().add(before, cutting).toString())
        .contains("eth0 has the address 192.0.2.1");
  }

  @Test
  void aPortByHandIsDriftAndStopsTheRollback() {
    Plan plan = planned(new BridgePlanner().add(before, NETWORK));
    Snapshot after = Enactment.of(before, plan);
    HostView h1 = after.hosts().get(Sample.host("h1"));
    SwitchBridge bridge = h1.ovs().orElseThrow().bridges().get("brx");
    SortedMap<String, SwitchPort> ports = new TreeMap<>(bridge.ports());
    ports.put(
        "hand0",
        new SwitchPort(
            "hand0",
            "internal",
            Optional.of(7),
            new TreeSet<>(),
            "",
            Optional.empty(),
            Optional.empty()));
    SortedMap<String, SwitchBridge> bridges = new TreeMap<>();
    bridges.put("brx", new SwitchBridge("brx", bridge.owner(), ports, bridge.guests()));
    Snapshot touched =
        Sample.with(after, h1.withOvs(Optional.of(new ObservedSwitch(bridges, LINKS))));

    assertThat(DriftDetector.detect(touched).toString()).contains("bridge brx port hand0");
    assertThat(new RollbackPlanner().plan(touched, applied(plan)).toString())
        .contains("nothing is rolled back");
  }
}
