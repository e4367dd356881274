package dev.ballast.agent.command;

import static dev.ballast.agent.command.AgentUnderTest.command;
import static dev.ballast.agent.command.AgentUnderTest.planned;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ballast.core.action.Expectation.HostSettingRecord;
import dev.ballast.core.action.Outcome;
import dev.ballast.core.action.Outcome.Applied;
import dev.ballast.core.action.Outcome.Failed;
import dev.ballast.core.action.Outcome.Refused;
import dev.ballast.core.action.PlannedAction;
import dev.ballast.core.action.RefusalReason;
import dev.ballast.core.action.Reversible.SetHostSetting;
import dev.ballast.core.model.HostLink;
import dev.ballast.core.model.LinkSetting.OtherLinks;
import dev.ballast.core.model.LinkSetting.OwnLinks;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Links of the host through the pipeline: what is refused, and what is given back. */
class LinksTest extends PipelineFixture {
  private static final OwnLinks NONE = new OwnLinks(new TreeMap<>());

  private PlannedAction set(OwnLinks target) {
    return planned(
        new SetHostSetting(target), new HostSettingRecord(host.settings().get(OwnLinks.KEY)));
  }

  private String refusal(PlannedAction action, RefusalReason reason) {
    Outcome outcome = only(command(1, action));
    refused(outcome, reason);
    return ((Refused) outcome).detail();
  }

  @Test
  void whatACardCarriedIsGivenBackWithoutAnyRecord() {
    String before = host.picture();
    assertThat(only(command(1, set(FaultScenario.LINKS)))).isInstanceOf(Applied.class);
    assertThat(((OtherLinks) host.settings().get(OtherLinks.KEY)).links()).containsOnlyKeys("eth2");

    assertThat(only(command(2, set(NONE)))).isInstanceOf(Applied.class);

    assertThat(host.picture()).isEqualTo(before);
  }

  @Test
  void aCardThatChangedSinceThePlanIsNotTaken() throws IOException {
    host.programs.ip().batch("address replace 192.0.2.9/24 brd + dev eth0\n");

    assertThat(refusal(set(FaultScenario.LINKS), RefusalReason.ILLEGAL))
        .contains("eth0 has changed since it was planned", "192.0.2.9/24");
  }

  @Test
  void aCardOfAnotherOwnerIsNotTaken() throws IOException {
    host.put("run/NetworkManager/devices/2", "[device]\nmanaged=true\n");

    assertThat(refusal(set(FaultScenario.LINKS), RefusalReason.OTHER_OWNER))
        .contains("eth0 is managed by NetworkManager");
  }

  @Test
  void aChangeThatWouldCutTheHostOffIsRefused() {
    TreeMap<String, HostLink> links = new TreeMap<>(FaultScenario.LINKS.links());
    links.computeIfPresent("br0", (name, bridge) -> bridge.with(new TreeSet<>(), new TreeSet<>()));

    assertThat(refusal(set(new OwnLinks(links)), RefusalReason.ILLEGAL))
        .contains("the host would be cut off");
  }

  @Test
  void aBridgeWithGuestsStays() throws IOException {
    only(command(1, set(FaultScenario.LINKS)));
    host.programs.ip().tap("vnet0", "br0");

    Outcome outcome = only(command(2, set(NONE)));

    refused(outcome, RefusalReason.ILLEGAL);
    assertThat(((Refused) outcome).detail()).contains("vnet0").contains("shut them off");
  }

  @Test
  void aBatchThatIsBrokenOffIsUndone() throws IOException {
    String before = host.picture();
    host.programs.ip().breaksAt("route replace");

    assertThat(only(command(1, set(FaultScenario.LINKS)))).isInstanceOf(Failed.class);

    assertThat(host.picture()).isEqualTo(before);
  }

  @Test
  void aLinkThatWasTakenDownIsTakenUpAgain() throws IOException {
    only(command(1, set(FaultScenario.LINKS)));
    host.programs.ip().batch("link set dev eth1 down\n");
    assertThat(host.settings().get(OwnLinks.KEY).value()).contains("down");

    assertThat(only(command(2, set(FaultScenario.LINKS)))).isInstanceOf(Applied.class);
    assertThat(host.settings()).containsEntry(OwnLinks.KEY, FaultScenario.LINKS);
  }

  @Test
  void linksOfOthersAreNeverSet() {
    OtherLinks others = (OtherLinks) host.settings().get(OtherLinks.KEY);
    OtherLinks none = new OtherLinks(new TreeMap<>(Map.of()));

    refused(
        only(command(1, planned(new SetHostSetting(none), new HostSettingRecord(others)))),
        RefusalReason.ILLEGAL);
    assertThat(List.copyOf(others.links().keySet())).containsExactly("eth0", "eth1", "eth2");
  }
}
