package dev.ballast.agent.command;

import static dev.ballast.agent.command.AgentUnderTest.command;
import static dev.ballast.agent.command.AgentUnderTest.planned;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ballast.core.action.Expectation.HostSettingRecord;
import dev.ballast.core.action.Outcome;
import dev.ballast.core.action.Outcome.Applied;
import dev.ballast.core.action.Outcome.Failed;
import dev.ballast.core.action.Outcome.Refused;
import dev.ballast.core.action.Outcome.Unchanged;
import dev.ballast.core.action.Outcome.Undone;
import dev.ballast.core.action.PlannedAction;
import dev.ballast.core.action.RefusalReason;
import dev.ballast.core.action.Reversible.SetHostSetting;
import dev.ballast.core.model.HostSetting;
import dev.ballast.core.model.HostSetting.Hugepages;
import dev.ballast.core.model.HostSetting.IpForwarding;
import dev.ballast.core.model.HostSetting.OtherNetworks;
import dev.ballast.core.model.HostSetting.PortForwards;
import dev.ballast.core.model.HostSetting.ReservedCpus;
import dev.ballast.core.model.HostSetting.TimeSources;
import dev.ballast.core.model.HostSetting.VirtualNetworks;
import dev.ballast.core.model.KsmSettings;
import dev.ballast.core.model.VirtualNetwork;
import dev.ballast.core.topology.CpuSet;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Things of the machine through the pipeline: applied, observed, undone, refused. */
class HostSettingsTest extends PipelineFixture {
  private static final String BY_HAND =
      """
      table inet ballast {
        chain prerouting {
          fib daddr type local tcp dport 9 dnat ip to 10.5.0.2:9
        }
      }
      """;

  private static final String CHRONY = "etc/chrony/sources.d/ballast.sources";
  private static final String GUESTS = "sys/fs/cgroup/cpuset/machine/cpuset.cpus";

  static List<HostSetting> targets() {
    return List.of(
        new Hugepages(2L << 20, 0, 16),
        new Hugepages(2L << 20, 0, 3),
        new ReservedCpus(CpuSet.of(0, 1)),
        new TimeSources(new TreeSet<>(Set.of("ntp1.example", "fd00::1"))),
        new IpForwarding(true, true),
        new VirtualNetworks(new TreeMap<>()),
        FaultScenario.NETWORKS,
        FaultScenario.LINKS,
        FaultScenario.FORWARDS);
  }

  private PlannedAction set(HostSetting target) {
    return planned(
        new SetHostSetting(target), new HostSettingRecord(host.settings().get(target.key())));
  }

  @ParameterizedTest
  @MethodSource("targets")
  void isSetAndReadBack(HostSetting target) {
    assertThat(only(command(1, set(target)))).isInstanceOf(Applied.class);

    assertThat(host.settings()).containsEntry(target.key(), target);
    assertThat(only(command(2, set(target)))).isInstanceOf(Unchanged.class);
  }

  @ParameterizedTest
  @MethodSource("targets")
  void aLaterFailureBringsBackExactlyWhatWas(HostSetting target) {
    String before = host.picture();
    host.libvirt.refuses = "define";

    List<Outcome> outcomes = agent.execute(command(1, set(target), define("new")));

    assertThat(outcomes.get(0)).isInstanceOf(Undone.class);
    assertThat(host.picture()).isEqualTo(before);
  }

  @ParameterizedTest
  @MethodSource("targets")
  void aDryRunWritesNothing(HostSetting target) {
    String before = host.picture();

    assertThat(only(command(1, true, set(target)))).isInstanceOf(Outcome.WouldApply.class);
    assertThat(host.picture()).isEqualTo(before);
    assertThat(host.programs.commands).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("targets")
  void whatChangedSinceThePlanIsNamed(HostSetting target) throws IOException {
    PlannedAction stale = set(target);
    host.put(FakeMachine.HUGEPAGES + "/nr_hugepages", "5\n");
    host.put(GUESTS, "3-7\n");
    host.put(CHRONY, "server elsewhere\n");
    host.put("proc/sys/net/ipv4/ip_forward", "1\n");
    host.machine.networks().destroy("guests");
    host.programs.nft().load(BY_HAND);
    host.programs.ip().batch("link add name br7 group 47633 type bridge stp_state 0");

    Outcome outcome = only(command(1, stale));

    refused(outcome, RefusalReason.STALE);
    assertThat(((Refused) outcome).differences())
        .singleElement()
        .satisfies(difference -> assertThat(difference.field()).isEqualTo(target.key()));
  }

  @Test
  void pagesInUseAreNotGivenBack() {
    Outcome outcome = only(command(1, set(new Hugepages(2L << 20, 0, 2))));

    refused(outcome, RefusalReason.ILLEGAL);
    assertThat(((Refused) outcome).detail()).contains("3 of hugepages-2MiB-node0 4 are in use");
  }

  @Test
  void pagesThatTheNodeHasNoRoomForAreRefused() {
    Outcome outcome = only(command(1, set(new Hugepages(2L << 20, 0, 490))));

    refused(outcome, RefusalReason.ILLEGAL);
    assertThat(((Refused) outcome).detail()).contains("node 0 has 1024 MiB free");
  }

  @Test
  void whatTheMachineLacksIsNoCapability() {
    HostSetting none = new Hugepages(1L << 30, 3, 1);

    refused(
        only(command(1, planned(new SetHostSetting(none), new HostSettingRecord(none)))),
        RefusalReason.MISSING_CAPABILITY);
  }

  @Test
  void theGroupsOfGuestsShrinkFirstAndGrowLast() throws IOException {
    String web = "sys/fs/cgroup/cpuset/machine/qemu-1-web.libvirt-qemu/cpuset.cpus";
    host.put(web, "0-7\n");

    only(command(1, set(new ReservedCpus(CpuSet.of(0, 1)))));
    assertThat(host.text(web)).isEqualTo("2-7");
    only(command(2, set(new ReservedCpus(CpuSet.EMPTY))));
    assertThat(host.text(web)).isEqualTo("0-7");
  }

  @Test
  void theLastCpuStaysForGuests() {
    refused(only(command(1, set(new ReservedCpus(FakeHost.ONLINE)))), RefusalReason.ILLEGAL);
  }

  @Test
  void chronyIsToldOfItsSources() throws IOException {
    TimeSources target = new TimeSources(new TreeSet<>(Set.of("ntp1.example")));

    only(command(1, set(target)));

    assertThat(host.text(CHRONY)).endsWith("server ntp1.example iburst");
    assertThat(host.programs.commands).containsExactly(List.of("chronyc", "reload", "sources"));
    only(command(2, set(new TimeSources(new TreeSet<>()))));
    assertThat(Files.exists(directory.resolve("host/" + CHRONY))).isFalse();
  }

  @Test
  void aProgramThatFailsIsReportedAndWhatItWasToldIsTakenBack() {
    String before = host.picture();
    host.programs.fail = true;

    Outcome outcome = only(command(1, set(targets().get(3))));

    assertThat(outcome)
        .isInstanceOfSatisfying(
            Failed.class, failed -> assertThat(failed.error()).contains("chronyc"));
    assertThat(host.picture()).isEqualTo(before);
  }

  @Test
  void withSystemdTheSliceOfGuestsIsConfined() throws IOException {
    host.machine.useSystemd();
    ReservedCpus target = new ReservedCpus(CpuSet.of(0, 1));

    assertThat(only(command(1, set(target)))).isInstanceOf(Applied.class);

    assertThat(host.programs.commands)
        .containsExactly(List.of("systemctl", "set-property", "machine.slice", "AllowedCPUs=2-7"));
    assertThat(host.settings()).containsEntry(target.key(), target);
    assertThat(only(command(2, set(new ReservedCpus(CpuSet.EMPTY))))).isInstanceOf(Applied.class);
    assertThat(host.programs.commands)
        .extracting(List::getLast)
        .endsWith("AllowedCPUs=0-7", "AllowedCPUs=");
  }

  @Test
  void unmergingNeedsRoomOnEveryNode() throws IOException {
    host.put("sys/kernel/mm/ksm/pages_sharing", "1000000\n");
    KsmSettings target = host.ksm().withRun(KsmSettings.UNMERGING);

    Outcome outcome = only(command(1, ksm(target)));

    refused(outcome, RefusalReason.ILLEGAL);
    assertThat(((Refused) outcome).detail()).contains("a NUMA node has 1024 MiB free");
    host.put("sys/kernel/mm/ksm/pages_sharing", "1000\n");
    assertThat(only(command(2, ksm(target)))).isInstanceOf(Applied.class);
    assertThat(host.ksm().run()).isEqualTo(KsmSettings.UNMERGING);
  }

  @Test
  void unmergingIsUndone() throws IOException {
    host.put("sys/kernel/mm/ksm/run", "1\n");
    String before = host.picture();
    host.libvirt.refuses = "define";

    List<Outcome> outcomes =
        agent.execute(command(1, ksm(host.ksm().withRun(KsmSettings.UNMERGING)), define("new")));

    assertThat(outcomes.get(0)).isInstanceOf(Undone.class);
    assertThat(host.picture()).isEqualTo(before);
  }

  @Test
  void mergingAcrossNodesChangesOnlyWhileNothingIsMerged() throws IOException {
    host.put("sys/kernel/mm/ksm/merge_across_nodes", "1\n");
    host.put("sys/kernel/mm/ksm/pages_sharing", "1000\n");
    KsmSettings apart = host.ksm().withMergeAcrossNodes(Optional.of(false));

    Outcome outcome = only(command(1, ksm(apart)));

    refused(outcome, RefusalReason.ILLEGAL);
    assertThat(((Refused) outcome).detail()).contains("'ballast ksm unmerge' first");
    host.put("sys/kernel/mm/ksm/pages_sharing", "0\n");
    assertThat(only(command(2, ksm(apart)))).isInstanceOf(Applied.class);
    assertThat(host.text("sys/kernel/mm/ksm/merge_across_nodes")).isEqualTo("0");
  }

  @Test
  void aPlanThatKnowsNothingOfNodesLeavesMergingAcrossThem() throws IOException {
    PlannedAction old = ksm(new KsmSettings(1, 500, 50));
    host.put("sys/kernel/mm/ksm/merge_across_nodes", "1\n");

    assertThat(only(command(1, old))).isInstanceOf(Applied.class);
    assertThat(host.ksm().mergeAcrossNodes()).contains(true);
  }

  @Test
  void aForwardLeadsOnlyIntoAnOpenNetworkOfBallasts() {
    Outcome outcome =
        only(
            command(
                1,
                set(
                    new PortForwards(
                        new TreeMap<>(Map.of("tcp 80", "10.9.0.2:80")), new TreeSet<>(), 0))));

    refused(outcome, RefusalReason.ILLEGAL);
    assertThat(((Refused) outcome).detail()).contains("in no open network");
  }

  @Test
  void aNetworkWithGuestsDoesNotChange() throws IOException {
    String bridge =
        ((VirtualNetworks) host.settings().get(VirtualNetworks.KEY))
            .networks()
            .get("guests")
            .bridge();
    host.put("sys/class/net/" + bridge + "/brif/vnet0/state", "3\n");

    Outcome outcome = only(command(1, set(new VirtualNetworks(new TreeMap<>()))));

    refused(outcome, RefusalReason.ILLEGAL);
    assertThat(((Refused) outcome).detail()).contains("vnet0").contains("shut them off");
  }

  @Test
  void networksOfOthersAreToldAndNeverTaken() {
    assertThat(host.settings().get(OtherNetworks.KEY).value()).contains("default");
    SortedMap<String, VirtualNetwork> networks = new TreeMap<>();
    networks.put(
        "default", VirtualNetwork.wanted("default", "nat", "10.8.0.1/24", "", "", new TreeMap<>()));

    refused(only(command(1, set(new VirtualNetworks(networks)))), RefusalReason.ILLEGAL);
  }

  @Test
  void aTableChangedByHandIsNotOverwritten() throws IOException {
    host.programs.nft().load(BY_HAND);

    Outcome outcome = only(command(1, set(FaultScenario.FORWARDS)));

    refused(outcome, RefusalReason.ILLEGAL);
    assertThat(((Refused) outcome).detail()).contains("changed by hand");
  }
}
