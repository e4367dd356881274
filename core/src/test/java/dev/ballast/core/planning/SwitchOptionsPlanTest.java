package dev.ballast.core.planning;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ballast.core.action.Outcome;
import dev.ballast.core.check.PlanChecker;
import dev.ballast.core.drift.DriftDetector;
import dev.ballast.core.model.HostName;
import dev.ballast.core.model.HostView;
import dev.ballast.core.model.NetworkName;
import dev.ballast.core.model.NetworkSpec;
import dev.ballast.core.model.ObservedSwitch;
import dev.ballast.core.model.Snapshot;
import dev.ballast.core.model.SwitchBridge;
import dev.ballast.core.model.SwitchPort;
import dev.ballast.core.placement.PlacementPolicy;
import dev.ballast.core.plan.ExecutedOperation;
import dev.ballast.core.plan.Plan;
import dev.ballast.core.plan.StepResult;
import dev.ballast.core.sample.Enactment;
import dev.ballast.core.sample.Sample;
import dev.ballast.core.spec.SourceFile;
import dev.ballast.core.spec.SpecParser;
import dev.ballast.core.spec.SpecResult;
import dev.ballast.core.spec.SpecWriter;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Bonds, tunnels, patches, mirrors, rates, sFlow: from the file to the bridges and back. */
class SwitchOptionsPlanTest {
  private static final String FILE =
      """
      kind: Network
      name: web
      uplinks: [eth1, eth4]
      trunks: [10, 20]
      nativeVlan: 5
      failMode: secure
      rstp: true
      patches: [mgmt]
      vxlan:
        vni: 100
        addresses: {h1: 192.0.2.1, h2: 192.0.2.2, h3: 192.0.2.3}
      rates:
        - {port: eth1, maxKilobitsPerSecond: 1000000, ingressKilobitsPerSecond: 5000}
      mirrors:
        - {name: m0, from: [eth1], to: eth4}
      sflow: {targets: ["192.0.2.9:6343"], agent: eth0}
      ---
      kind: Network
      name: mgmt
      bond: {name: bond0, members: [eth2, eth3], mode: balance-tcp, lacp: active}
      """;

  private final Snapshot before = Sample.snapshot(host("h1"), host("h2"), host("h3"));

  private static HostView host(String name) {
    SortedMap<String, String> links = new TreeMap<>(Map.of("eth0", "has the address 192.0.2.1"));
    List.of("eth1", "eth2", "eth3", "eth4").forEach(card -> links.put(card, ""));
    return Sample.lab(name)
        .withOvs(
            Optional.of(new ObservedSwitch(new TreeMap<>(), links, "netdev", new TreeMap<>())));
  }

  private static List<NetworkSpec> networks(String text) {
    SpecResult result = SpecParser.parse(List.of(new SourceFile("web.yaml", text)), Sample.CLUSTER);
    return result.networkSpecs();
  }

  private static PlanResult plan(Snapshot snapshot, String text) {
    return new ApplyPlanner()
        .plan(
            snapshot,
            new ApplyPlanner.Declared(List.of(), networks(text)),
            PlacementPolicy.DEFAULT,
            false);
  }

  private static Plan planned(PlanResult result) {
    assertThat(result).isInstanceOf(PlanResult.Planned.class);
    return ((PlanResult.Planned) result).plan();
  }

  private static SwitchBridge bridge(Snapshot snapshot, String host, String name) {
    return snapshot.hosts().get(new HostName(host)).ovs().orElseThrow().bridges().get(name);
  }

  @Test
  void theFileBecomesOneStepOnEachHostAndItsRollbackTakesItBack() {
    Plan plan = planned(plan(before, FILE));
    assertThat(plan.steps()).hasSize(3);
    assertThat(PlanChecker.check(before, plan)).isEmpty();

    Snapshot after = Enactment.of(before, plan);
    assertThat(DriftDetector.detect(after)).isEmpty();
    assertThat(planned(plan(after, FILE)).isEmpty()).isTrue();
    SwitchBridge web = bridge(after, "h1", "web");
    assertThat(web.settings())
        .containsEntry("fail_mode", "secure")
        .containsEntry("rstp_enable", "true")
        .containsEntry("mirror.m0.output_port", "eth4")
        .containsEntry("sflow.sampling", "400")
        .doesNotContainKey("stp_enable");
    assertThat(web.ports().get("eth1").describe())
        .contains("VLAN 5", "native-untagged", "qos.max-rate=1000000000");
    assertThat(bridge(after, "h1", "mgmt").ports().get("bond0").cards())
        .containsExactly("eth2", "eth3");

    Plan back =
        planned(
            new RollbackPlanner()
                .plan(
                    after,
                    new ExecutedOperation(
                        "op-1",
                        plan,
                        plan.steps().stream()
                            .map(s -> new StepResult(s.number(), new Outcome.Applied("", 1)))
                            .toList())));
    assertThat(PlanChecker.check(after, back)).isEmpty();
    assertThat(Enactment.of(after, back).networks()).isEmpty();
  }

  @Test
  void tunnelsLeadFromEachHostToEachOtherAndFramesDoNotCircle() {
    Snapshot after = Enactment.of(before, planned(plan(before, FILE)));

    List<SwitchPort> tunnels =
        bridge(after, "h2", "web").ports().values().stream()
            .filter(port -> port.type().equals(SwitchPort.VXLAN))
            .toList();

    assertThat(tunnels)
        .extracting(port -> port.settings().get("options.remote_ip"))
        .containsExactlyInAnyOrder("192.0.2.1", "192.0.2.3");
    assertThat(tunnels)
        .allSatisfy(port -> assertThat(port.settings()).containsEntry("protected", "true"))
        .allSatisfy(port -> assertThat(port.name()).hasSizeLessThanOrEqualTo(15));
  }

  @Test
  void aPatchStandsOnBothBridgesAndItsEndsNameEachOther() {
    Snapshot after = Enactment.of(before, planned(plan(before, FILE)));

    SwitchPort one = patch(bridge(after, "h1", "web"));
    SwitchPort other = patch(bridge(after, "h1", "mgmt"));

    assertThat(one.peer()).contains(other.name());
    assertThat(other.peer()).contains(one.name());
  }

  private static SwitchPort patch(SwitchBridge bridge) {
    return bridge.ports().values().stream()
        .filter(port -> port.type().equals(SwitchPort.PATCH))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void whatTheCheckerDoesNotFindAskedForIsAViolation() {
    Plan plan = planned(plan(before, FILE));
    Snapshot fewer =
        before.withNetworks(
            new TreeMap<>(Map.of(new NetworkName("web"), networks(FILE).getFirst())));
    Plan without =
        new Plan(
            plan.title(),
            plan.origin(),
            plan.parentVersion(),
            plan.steps(),
            List.of(),
            plan.decisions(),
            List.of());

    assertThat(PlanChecker.check(fewer, without).toString()).contains("port bond0 too many");
  }

  @Test
  void theWriterAndTheReaderAgree() {
    for (NetworkSpec network : networks(FILE)) {
      assertThat(networks(SpecWriter.write(network))).containsExactly(network);
    }
  }

  @Test
  void aTunnelWithoutAnAddressAndAPatchToNowhereAreProblems() {
    String text = "kind: Network\nname: a\nvxlan: {vni: 1}\n";
    assertThat(plan(before, text).toString()).contains("no address of h1");
    assertThat(plan(before, "kind: Network\nname: a\npatches: [gone]\n").toString())
        .contains("patched to bridge gone, which no network has");
  }

  @Test
  void aMirrorAndARateNeedAPortOfTheBridge() {
    assertThat(plan(before, "kind: Network\nname: a\nmirrors: [{name: m, to: eth9}]\n").toString())
        .contains("mirror m names port eth9, which bridge a does not have");
    assertThat(plan(before, "kind: Network\nname: a\nrates: [{port: eth9}]\n").toString())
        .contains("rate of port eth9");
  }

  @Test
  void networksOfOneBridgeMustAgree() {
    String text =
        """
        kind: Network
        name: a
        bridge: br
        sflow: {targets: ["192.0.2.9:6343"], agent: eth0, sampling: 10}
        ---
        kind: Network
        name: b
        bridge: br
        sflow: {targets: ["192.0.2.9:6343"], agent: eth0, sampling: 20}
        """;
    assertThat(plan(before, text).toString()).contains("differ in sflow.sampling");
  }

  @Test
  void aSettingByHandIsDrift() {
    Snapshot after = Enactment.of(before, planned(plan(before, FILE)));
    HostView h1 = after.hosts().get(new HostName("h1"));
    SwitchBridge web = bridge(after, "h1", "web");
    SortedMap<String, String> settings = new TreeMap<>(web.settings());
    settings.remove("fail_mode");
    settings.put("stp_enable", "true");
    SortedMap<String, SwitchBridge> bridges = new TreeMap<>(h1.ovs().orElseThrow().bridges());
    bridges.put("web", new SwitchBridge("web", web.owner(), web.ports(), web.guests(), settings));
    ObservedSwitch seen = h1.ovs().orElseThrow();
    Snapshot touched =
        Sample.with(after, h1.withOvs(Optional.of(seen.with(bridges, seen.links()))));

    assertThat(DriftDetector.detect(touched))
        .extracting(drift -> drift.field() + " " + drift.expected() + " " + drift.found())
        .containsExactly("bridge web fail_mode secure none", "bridge web stp_enable none true");
  }
}
