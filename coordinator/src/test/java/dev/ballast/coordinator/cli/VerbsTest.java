package dev.ballast.coordinator.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ballast.core.model.HostSetting;
import dev.ballast.core.topology.CpuSet;
import dev.ballast.v1.Automation;
import dev.ballast.v1.ExecutePlanRequest;
import dev.ballast.v1.KsmSettings;
import dev.ballast.v1.OperationProgress;
import dev.ballast.v1.OperationState;
import dev.ballast.v1.PlanHostSettingRequest;
import dev.ballast.v1.PlanKsmRequest;
import dev.ballast.v1.PlanPinRequest;
import dev.ballast.v1.PlanRollbackRequest;
import dev.ballast.v1.SetAutomationRequest;
import dev.ballast.v1.SetFreezeRequest;
import dev.ballast.v1.Vm;
import dev.ballast.wire.HostSettingCodec;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The imperative verbs: what they ask the coordinator for. */
class VerbsTest {
  private final CliRun cli = new CliRun();

  @BeforeEach
  void allGoesWell() {
    cli.coordinator.progress =
        List.of(
            OperationProgress.newBuilder()
                .setOperationId("op-1")
                .setState(OperationState.OPERATION_STATE_APPLIED)
                .build());
  }

  @AfterEach
  void close() {
    cli.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ksm on",
        "hugepages h1 --size 2MiB --count 8",
        "reserve h1 --cpus 0",
        "time-sources --none",
        "pin web-2 --vcpu 0=1",
        "rollback op-1"
      })
  void changesOnlyWithRun(String command) {
    assertThat(cli.run(command.split(" ")).exit()).isZero();
    assertThat(cli.coordinator.request(ExecutePlanRequest.class).getDryRun()).isTrue();
    assertThat(cli.run((command + " --run").split(" ")).exit()).isZero();
    assertThat(cli.coordinator.request(ExecutePlanRequest.class).getDryRun()).isFalse();
  }

  @Test
  void ksmSwitchesWithKnobs() {
    cli.run("ksm", "ON", "--host", "h1", "--host", "h2", "--pages-to-scan", "200");
    PlanKsmRequest on = cli.coordinator.request(PlanKsmRequest.class);
    assertThat(on.getHostsList()).containsExactly("h1", "h2");
    assertThat(on.getRun()).isEqualTo(1);
    assertThat(on.getPagesToScan()).isEqualTo(200);
    assertThat(on.hasSleepMillis()).isFalse();
    cli.run("ksm", "off");
    PlanKsmRequest off = cli.coordinator.request(PlanKsmRequest.class);
    assertThat(off.getRun()).isZero();
    assertThat(off.getHostsList()).isEmpty();
  }

  @Test
  void ksmUnmergesAndKeepsNodesApart() {
    cli.run("ksm", "unmerge", "--host", "h1", "--merge-across-nodes", "no");
    PlanKsmRequest request = cli.coordinator.request(PlanKsmRequest.class);
    assertThat(request.getRun()).isEqualTo(2);
    assertThat(request.hasMergeAcrossNodes()).isTrue();
    assertThat(request.getMergeAcrossNodes()).isFalse();
  }

  @Test
  void thingsOfHostsAreAskedForAsTheyAreNamed() {
    cli.run("hugepages", "h1", "--size", "1G", "--count", "4", "--node", "1");
    PlanHostSettingRequest pages = cli.coordinator.request(PlanHostSettingRequest.class);
    assertThat(HostSettingCodec.fromProto(pages.getSetting()))
        .isEqualTo(new HostSetting.Hugepages(1L << 30, 1, 4));
    assertThat(pages.getAllNodes()).isFalse();
    cli.run("hugepages", "h1", "--size", "2MiB", "--count", "4");
    assertThat(cli.coordinator.request(PlanHostSettingRequest.class).getAllNodes()).isTrue();
    cli.run("reserve", "h1", "--cpus", "0-1");
    assertThat(cli.coordinator.request(PlanHostSettingRequest.class).getSetting())
        .isEqualTo(HostSettingCodec.toProto(new HostSetting.ReservedCpus(CpuSet.of(0, 1))));
    cli.run("time-sources", "--source", "ntp1", "--source", "ntp2", "--host", "h2");
    PlanHostSettingRequest sources = cli.coordinator.request(PlanHostSettingRequest.class);
    assertThat(sources.getHostsList()).containsExactly("h2");
    assertThat(sources.getSetting().getTimeSources().getServersList())
        .containsExactly("ntp1", "ntp2");
  }

  @Test
  void ksmSetKeepsTheSwitch() {
    cli.run("ksm", "set", "--sleep-millis", "50");
    PlanKsmRequest set = cli.coordinator.request(PlanKsmRequest.class);
    assertThat(set.getRun()).isEqualTo(1);
    assertThat(set.getSleepMillis()).isEqualTo(50);

    var hosts = cli.coordinator.hosts.toBuilder();
    hosts.getHostsBuilder(1).setKsm(KsmSettings.newBuilder().setPagesToScan(1));
    cli.coordinator.hosts = hosts.build();
    CliRun.Result mixed = cli.run("ksm", "set", "--sleep-millis", "50");
    assertThat(mixed.exit()).isEqualTo(ExitCode.REFUSED);
    assertThat(mixed.err()).contains("h1 run=1, h2 run=0");
    assertThat(cli.run("ksm", "set").exit()).isEqualTo(ExitCode.USAGE);
  }

  @Test
  void pinKeepsWhatIsNotNamed() {
    cli.run("pin", "web-2", "--vcpu", "1=2,3");
    PlanPinRequest pin = cli.coordinator.request(PlanPinRequest.class);
    assertThat(pin.getVm()).isEqualTo("web-2");
    assertThat(pin.getPins()).isEqualTo(Cluster.pins("0-1", "0", "2-3"));
    assertThat(pin.getOnce()).isFalse();
    cli.run("pin", "web-2", "--emulator", "5", "--once");
    pin = cli.coordinator.request(PlanPinRequest.class);
    assertThat(pin.getPins()).isEqualTo(Cluster.pins("5", "0", "3"));
    assertThat(pin.getOnce()).isTrue();
  }

  @Test
  void pinTakesTheEmulatorAlongWhereNothingIsKnown() {
    var vms = cli.coordinator.vms.toBuilder();
    vms.setVms(0, Vm.newBuilder().setName("web-2").setVcpus(2));
    cli.coordinator.vms = vms.build();
    cli.run("pin", "web-2", "--vcpu", "0=1", "--vcpu", "1=2");
    assertThat(cli.coordinator.request(PlanPinRequest.class).getPins())
        .isEqualTo(Cluster.pins("1-2", "1", "2"));
    assertThat(cli.run("pin", "web-2", "--vcpu", "0=1").err())
        .contains("where vCPU 1 of web-2 runs is not known");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "pin web-2",
        "pin web-2 --vcpu 2=1",
        "pin web-2 --vcpu 0=x",
        "pin web-2 --vcpu 0=",
        "pin web-2 --vcpu 0=3-1",
        "pin web-2 --emulator 9999",
        "pin nobody --vcpu 0=1",
        "ksm sideways",
        "ksm on --merge-across-nodes perhaps",
        "hugepages h1 --size 3MiB --count 1",
        "hugepages h1 --size 2MiB --count -1",
        "reserve h1 --cpus x",
        "time-sources",
        "time-sources --none --source ntp1",
        "time-sources --source a/b",
        "ksm on --pages-to-scan -1",
        "automation sometimes",
        "freeze --host h1 --vm web-2",
        "rollback",
        "hosts --timeout 0",
        "top --interval 0",
        "nonsense"
      })
  void senselessWordsAreWrongUsageInOneLine(String command) {
    CliRun.Result result = cli.run(command.split(" "));
    assertThat(result.exit()).isEqualTo(ExitCode.USAGE);
    assertThat(result.out()).isEmpty();
    assertThat(result.err()).startsWith("ballast: ").hasLineCount(1);
    assertThat(cli.coordinator.received(ExecutePlanRequest.class)).isFalse();
  }

  @Test
  void rollbackNamesTheOperation() {
    cli.run("rollback", "op-7");
    assertThat(cli.coordinator.request(PlanRollbackRequest.class).getOperationId())
        .isEqualTo("op-7");
  }

  @Test
  void freezeAndAutomationSayWhatTheyDid() {
    CliRun.Result freeze = cli.run("freeze", "--host", "h2", "--reason", "maintenance");
    assertThat(freeze.out()).isEqualTo("h2 is frozen\n");
    assertThat(cli.coordinator.request(SetFreezeRequest.class))
        .isEqualTo(
            SetFreezeRequest.newBuilder()
                .setHost("h2")
                .setFrozen(true)
                .setReason("maintenance")
                .build());
    cli.run("freeze", "--vm", "web-2", "--off");
    assertThat(cli.coordinator.request(SetFreezeRequest.class))
        .isEqualTo(SetFreezeRequest.newBuilder().setVm("web-2").build());
    CliRun.Result automation = cli.run("automation", "auto", "--host", "h1");
    assertThat(automation.out()).isEqualTo("automation is auto\n");
    assertThat(cli.coordinator.request(SetAutomationRequest.class))
        .isEqualTo(
            SetAutomationRequest.newBuilder()
                .setHost("h1")
                .setAutomation(Automation.AUTOMATION_AUTO)
                .build());
  }

  @Test
  void completionKnowsCommandsAndOptions() {
    String bash = cli.run("completion", "bash").out();
    assertThat(bash).contains("rollback").contains("--exit-code").contains("complete -F");
    assertThat(cli.run("completion", "zsh").out()).startsWith("autoload").endsWith(bash);
  }
}
