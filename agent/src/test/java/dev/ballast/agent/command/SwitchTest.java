package dev.ballast.agent.command;

import static dev.ballast.agent.command.AgentUnderTest.command;
import static dev.ballast.agent.command.AgentUnderTest.planned;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ballast.agent.executor.ExecutionFault;
import dev.ballast.agent.executor.ObjectState;
import dev.ballast.agent.executor.ObjectStateCodec;
import dev.ballast.agent.host.ovs.Column;
import dev.ballast.agent.host.ovs.FakeOvsdb;
import dev.ballast.agent.host.ovs.OvsdbFault;
import dev.ballast.core.action.Expectation.SwitchRecord;
import dev.ballast.core.action.Outcome;
import dev.ballast.core.action.Outcome.Applied;
import dev.ballast.core.action.Outcome.Failed;
import dev.ballast.core.action.Outcome.Refused;
import dev.ballast.core.action.Outcome.Unchanged;
import dev.ballast.core.action.Outcome.Undone;
import dev.ballast.core.action.PlannedAction;
import dev.ballast.core.action.RefusalReason;
import dev.ballast.core.action.Reversible.PinCpus;
import dev.ballast.core.action.Reversible.SetSwitch;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Bridges through the pipeline, on a database by hand: applied, verified, undone, refused. */
class SwitchTest {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  @TempDir private Path directory;
  private LedgerHost host;
  private FakeOvsdb ovs;
  private AgentUnderTest agent;

  @BeforeEach
  void start() throws IOException {
    host = new LedgerHost(directory.resolve("host"), fresh -> {});
    ovs = host.ovsdb();
    agent = new AgentUnderTest(directory.resolve("state"), host, CrashPoints.NONE);
  }

  @AfterEach
  void stop() throws IOException {
    agent.die();
  }

  private static SetSwitch bridge(int vlan) {
    return new SetSwitch(
        new TreeMap<>(Map.of("br1", FaultScenario.bridgeOf(vlan))), new TreeSet<>());
  }

  private static SetSwitch noBridge() {
    return new SetSwitch(new TreeMap<>(), new TreeSet<>(List.of("br1")));
  }

  private PlannedAction change(SetSwitch action) {
    return planned(action, SwitchRecord.of(host.observedSwitch(), action.names()));
  }

  private Outcome only(long id, PlannedAction action) {
    List<Outcome> outcomes = agent.execute(command(id, action));
    assertThat(outcomes).hasSize(1);
    return outcomes.getFirst();
  }

  /** What somebody else does to the bridge, past Ballast. */
  private void byHand(ObjectNode row) {
    ObjectNode update = NODES.objectNode().put("op", "update").put("table", "Bridge");
    update.putArray("where").addArray().add("name").add("==").add("br1");
    update.set("row", row);
    try {
      var _ = ovs.transact(List.of(update));
    } catch (OvsdbFault e) {
      throw new IllegalStateException(e);
    }
  }

  private static ObjectNode otherOwner() {
    ObjectNode row = NODES.objectNode();
    row.set("external_ids", Column.map(Map.of("ballast-cluster", "another")));
    return row;
  }

  @Test
  void oneTransactionMakesTheWholeBridge() {
    assertThat(only(1, change(bridge(10)))).isInstanceOf(Applied.class);

    assertThat(ovs.commits).isEqualTo(1);
    assertThat(ovs.picture()).contains("br1", "eth1", "[10]");
    assertThat(only(2, change(bridge(10)))).isInstanceOf(Unchanged.class);
    assertThat(only(3, change(noBridge()))).isInstanceOf(Applied.class);
    assertThat(ovs.picture()).isEmpty();
  }

  @Test
  void anUndoBringsBackWhatBallastDoesNotKnow() {
    host.apply(bridge(10));
    ObjectNode settings = NODES.objectNode();
    settings.set("other_config", Column.map(Map.of("hwaddr", "02:00:00:00:00:01")));
    byHand(settings);
    String before = ovs.picture();
    host.libvirt.refuses = "pin 0";
    host.addGuest("web", "c".repeat(64), false);

    List<Outcome> outcomes = agent.execute(command(1, change(bridge(20)), failing()));

    assertThat(outcomes.getFirst()).isInstanceOf(Undone.class);
    assertThat(ovs.picture()).isEqualTo(before);
  }

  @Test
  void oneTransactionMakesBondsTunnelsMirrorsAndRatesAndItsUndoTakesThemBack() {
    host.apply(bridge(10));
    String before = ovs.picture();
    int commits = ovs.commits;

    assertThat(only(1, change(FaultScenario.rich()))).isInstanceOf(Applied.class);

    assertThat(ovs.commits).isEqualTo(commits + 1);
    assertThat(ovs.picture())
        .contains("Mirror", "sFlow", "QoS", "linux-htb", "eth3", "192.0.2.2", "secure");
    assertThat(only(2, change(FaultScenario.rich()))).isInstanceOf(Unchanged.class);
    assertThat(only(3, change(bridge(10)))).isInstanceOf(Applied.class);
    assertThat(ovs.picture()).isEqualTo(before);
  }

  @Test
  void anUndoBringsBackMirrorsRatesAndTunnels() {
    host.apply(FaultScenario.rich());
    String before = ovs.picture();
    host.libvirt.refuses = "pin 0";
    host.addGuest("web", "c".repeat(64), false);

    List<Outcome> outcomes = agent.execute(command(1, change(noBridge()), failing()));

    assertThat(outcomes.getFirst()).isInstanceOf(Undone.class);
    assertThat(ovs.picture()).isEqualTo(before);
  }

  private PlannedAction failing() {
    return planned(new PinCpus(PipelineFixture.VM, PipelineFixture.PINS), CrashTest.now(host));
  }

  @Test
  void whatVswitchdDoesNotApplyGoesBack() {
    String before = ovs.picture();
    ovs.applies = false;

    assertThat(only(1, change(bridge(10))))
        .isInstanceOfSatisfying(
            Failed.class, failed -> assertThat(failed.error()).contains("did not apply"));
    assertThat(ovs.picture()).isEqualTo(before);
  }

  @Test
  void aPortWithoutANumberFailsWithItsErrorAndGoesBack() {
    String before = ovs.picture();
    ovs.errors.put("eth1", "could not open network device eth1");

    assertThat(only(1, change(bridge(10))))
        .isInstanceOfSatisfying(
            Failed.class, failed -> assertThat(failed.error()).contains("could not open"));
    assertThat(ovs.picture()).isEqualTo(before);
  }

  @Test
  void aChangeBetweenLookAndCommitIsNotOverwritten() {
    host.apply(bridge(10));
    PlannedAction change = change(bridge(20));
    ovs.meanwhile = () -> byHand(otherOwner());

    assertThat(only(1, change)).isInstanceOf(Outcome.NeedsAttention.class);
    assertThat(ovs.picture()).contains("another", "[10]").doesNotContain("[20]");
  }

  @Test
  void aLostAnswerIsResolvedByLooking() {
    ovs.loseAnswer = true;
    assertThat(only(1, change(bridge(10)))).isInstanceOf(Applied.class);

    ovs.lostBefore = true;
    assertThat(only(2, change(bridge(20)))).isInstanceOf(Failed.class);
    assertThat(ovs.picture()).contains("[10]");
  }

  @Test
  void bridgesOfOthersAreNotTouched() {
    host.apply(bridge(10));
    byHand(otherOwner());

    assertThat(only(1, change(bridge(20))))
        .isInstanceOfSatisfying(
            Refused.class,
            refused -> assertThat(refused.reason()).isEqualTo(RefusalReason.OTHER_OWNER));
  }

  @Test
  void withoutOpenVswitchTheChangeIsRefused() {
    PlannedAction change = change(bridge(10));
    ovs.reachable = false;

    assertThat(only(1, change))
        .isInstanceOfSatisfying(
            Refused.class,
            refused -> assertThat(refused.reason()).isEqualTo(RefusalReason.MISSING_CAPABILITY));
  }

  @Test
  void aStalePlanNamesThePort() {
    host.apply(bridge(10));
    PlannedAction change = change(bridge(20));
    host.apply(bridge(30));

    assertThat(only(1, change))
        .isInstanceOfSatisfying(
            Refused.class,
            refused -> {
              assertThat(refused.reason()).isEqualTo(RefusalReason.STALE);
              assertThat(refused.differences())
                  .singleElement()
                  .satisfies(
                      difference -> {
                        assertThat(difference.field()).isEqualTo("bridge br1 port eth1");
                        assertThat(difference.found()).contains("30");
                      });
            });
  }

  @Test
  void theJournalKeepsASwitchAsItIs() throws ExecutionFault {
    host.apply(FaultScenario.rich());
    ObjectState seen =
        new ObjectState.SwitchPresent(
            host.observedSwitch(), new TreeSet<>(List.of("br1")), "no port number", "{}");

    assertThat(ObjectStateCodec.decode(ObjectStateCodec.encode(seen))).isEqualTo(seen);
    ObjectState none = new ObjectState.NoSwitch("no ovsdb-server");
    assertThat(ObjectStateCodec.decode(ObjectStateCodec.encode(none))).isEqualTo(none);
  }
}
