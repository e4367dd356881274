package dev.ballast.coordinator.cli;

import dev.ballast.v1.AfterEarlierSteps;
import dev.ballast.v1.Applied;
import dev.ballast.v1.Automation;
import dev.ballast.v1.Capability;
import dev.ballast.v1.CpuLoad;
import dev.ballast.v1.CpuPins;
import dev.ballast.v1.Decision;
import dev.ballast.v1.DiagnoseResponse;
import dev.ballast.v1.Domain;
import dev.ballast.v1.DomainState;
import dev.ballast.v1.Drift;
import dev.ballast.v1.Event;
import dev.ballast.v1.ExplainResponse;
import dev.ballast.v1.FieldDifference;
import dev.ballast.v1.Finding;
import dev.ballast.v1.GetStatusResponse;
import dev.ballast.v1.Host;
import dev.ballast.v1.HostLoad;
import dev.ballast.v1.HugepagePool;
import dev.ballast.v1.Inventory;
import dev.ballast.v1.KsmSettings;
import dev.ballast.v1.Lack;
import dev.ballast.v1.ListHostsResponse;
import dev.ballast.v1.ListOperationsResponse;
import dev.ballast.v1.ListPlansResponse;
import dev.ballast.v1.ListVmsResponse;
import dev.ballast.v1.NumaNode;
import dev.ballast.v1.Operation;
import dev.ballast.v1.OperationState;
import dev.ballast.v1.Outcome;
import dev.ballast.v1.PlanResponse;
import dev.ballast.v1.PlanStep;
import dev.ballast.v1.PlanSummary;
import dev.ballast.v1.PlannedAction;
import dev.ballast.v1.RefusalReason;
import dev.ballast.v1.Refused;
import dev.ballast.v1.Rule;
import dev.ballast.v1.Severity;
import dev.ballast.v1.StepResult;
import dev.ballast.v1.Topology;
import dev.ballast.v1.Vm;
import dev.ballast.v1.VmLoad;
import java.util.List;

/** Two hosts and their guests as the coordinator would tell them. */
final class Cluster {
  static final long NOW = 1_790_000_000_000L;
  private static final long GIB = 1L << 30;
  private static final long MIB = 1L << 20;

  private Cluster() {}

  static GetStatusResponse status() {
    return GetStatusResponse.newBuilder()
        .setCluster("lab")
        .setVersion("0.1.0")
        .setContractVersion(1)
        .setTerm(3)
        .setSnapshotVersion(42)
        .setAutomation(Automation.AUTOMATION_RECOMMEND)
        .setHostsConnected(1)
        .setHostsKnown(2)
        .setDriftCount(1)
        .build();
  }

  static CpuPins pins(String emulator, String... vcpus) {
    return CpuPins.newBuilder().addAllVcpus(List.of(vcpus)).setEmulator(emulator).build();
  }

  private static Domain domain(String name, DomainState state, CpuPins pins) {
    Domain.Builder domain =
        Domain.newBuilder()
            .setName(name)
            .setUuid("9f0c1d6e-0000-4000-8000-0000000000" + (10 + name.length()))
            .setState(state)
            .setVcpus(pins.getVcpusCount())
            .setMemoryBytes(128 * MIB);
    return (state == DomainState.DOMAIN_STATE_RUNNING ? domain.setLivePins(pins) : domain).build();
  }

  private static VmLoad load(String vm, long usageMillis, long contentionMillis) {
    return VmLoad.newBuilder()
        .setVm(vm)
        .setUsageMillis(usageMillis)
        .setContentionMillis(contentionMillis)
        .build();
  }

  private static Topology topology() {
    return Topology.newBuilder()
        .setOnlineCpus("0-7")
        .addAllPackages(List.of("0-1,4-5", "2-3,6-7"))
        .addAllCores(List.of("0,4", "1,5", "2,6", "3,7"))
        .addNumaNodes(
            NumaNode.newBuilder()
                .setId(0)
                .setCpus("0-1,4-5")
                .setMemoryBytes(4 * GIB)
                .addAllDistances(List.of(10, 21))
                .addHugepages(
                    HugepagePool.newBuilder()
                        .setPageSizeBytes(2 * MIB)
                        .setTotalPages(64)
                        .setFreePages(60)))
        .addNumaNodes(
            NumaNode.newBuilder()
                .setId(1)
                .setCpus("2-3,6-7")
                .setMemoryBytes(4 * GIB)
                .addAllDistances(List.of(21, 10)))
        .setLastLevelCache(3)
        .addAllCacheGroups(List.of("0-1,4-5", "2-3,6-7"))
        .build();
  }

  private static Inventory.Builder inventory() {
    return Inventory.newBuilder()
        .setTopology(topology())
        .setCpuModel("AMD EPYC 7551")
        .setMemoryBytes(8 * GIB)
        .setCpuCapacityMillis(6_500)
        .setCgroupVersion(2)
        .putVersions("kernel", "6.1.0")
        .putVersions("libvirt", "9.0.0")
        .addLacks(
            Lack.newBuilder()
                .setCapability(Capability.CAPABILITY_KVM)
                .setReason("the processor has neither vmx nor svm; guests are emulated"));
  }

  private static KsmSettings ksm(int run) {
    return KsmSettings.newBuilder().setRun(run).setPagesToScan(100).setSleepMillis(20).build();
  }

  static ListHostsResponse hosts() {
    HostLoad.Builder load =
        HostLoad.newBuilder()
            .setEpochMillis(NOW - 400)
            .setUsageMillis(1_490)
            .setMemoryAvailableBytes(3 * GIB + GIB / 2);
    int[] busy = {1_000, 30, 0, 650, 0, 0, 0, 0};
    for (int cpu = 0; cpu < busy.length; cpu++) {
      load.addCpus(CpuLoad.newBuilder().setCpu(cpu).setBusyMillis(busy[cpu]));
    }
    load.addVms(load("web-1", 480, 350)).addVms(load("web-2", 520, 310));
    Host h1 =
        Host.newBuilder()
            .setName("h1")
            .setConnected(true)
            .setInventory(inventory())
            .setKsm(ksm(1))
            .addDomains(domain("web-1", DomainState.DOMAIN_STATE_RUNNING, pins("0", "0")))
            .addDomains(domain("web-2", DomainState.DOMAIN_STATE_RUNNING, pins("0-1", "0", "3")))
            .addDomains(domain("old", DomainState.DOMAIN_STATE_SHUT_OFF, pins("0", "0")))
            .addDomains(domain("free", DomainState.DOMAIN_STATE_RUNNING, pins("0-7", "0-7")))
            .setLoad(load)
            .setAutomation(Automation.AUTOMATION_AUTO)
            .setEffectiveAutomation(Automation.AUTOMATION_RECOMMEND)
            .addDrifts(
                Drift.newBuilder()
                    .setObject("domain/web-1")
                    .setField("vcpu0")
                    .setExpected("1")
                    .setFound("0"))
            .build();
    Host h2 =
        Host.newBuilder()
            .setName("h2")
            .setInventory(inventory().clearLacks())
            .setAutomation(Automation.AUTOMATION_OFF)
            .setEffectiveAutomation(Automation.AUTOMATION_OFF)
            .setSilentMillis(75_000)
            .build();
    return ListHostsResponse.newBuilder().addHosts(h1).addHosts(h2).build();
  }

  static ListVmsResponse vms() {
    Vm web =
        Vm.newBuilder()
            .setName("web-2")
            .setHost("h1")
            .setState(DomainState.DOMAIN_STATE_RUNNING)
            .setVcpus(2)
            .setMemoryBytes(128 * MIB)
            .setAssignedPins(pins("0-1", "0", "3"))
            .setLivePins(pins("0-1", "0", "3"))
            .setPinsOverride(true)
            .setSpecified(true)
            .setSpecYaml("kind: VM\nname: web-2\n")
            .setLoad(load("web-2", 520, 310))
            .setAutomation(Automation.AUTOMATION_AUTO)
            .build();
    Vm stray =
        Vm.newBuilder()
            .setName("old")
            .setHost("h1")
            .setState(DomainState.DOMAIN_STATE_SHUT_OFF)
            .setVcpus(1)
            .setMemoryBytes(GIB + GIB / 2)
            .setFrozen(true)
            .build();
    return ListVmsResponse.newBuilder().addVms(web).addVms(stray).build();
  }

  static PlanStep step(int number, String host, String text) {
    return PlanStep.newBuilder()
        .setNumber(number)
        .setHost(host)
        .setText(text)
        .setPlanned(
            PlannedAction.newBuilder()
                .setExpectation(
                    dev.ballast.v1.Expectation.newBuilder()
                        .setAfterEarlierSteps(AfterEarlierSteps.getDefaultInstance())))
        .build();
  }

  static PlanResponse plan() {
    return PlanResponse.newBuilder()
        .setPlanId("plan-5")
        .setTitle("apply 1 file")
        .setParentVersion(42)
        .setText("apply 1 file: 2 steps\n  1  h1  define web-1\n  2  h1  start web-1 (final)\n")
        .addSteps(step(1, "h1", "define web-1"))
        .addSteps(step(2, "h1", "start web-1").toBuilder().setFinal(true).addAfter(1))
        .addDecisions(Decision.newBuilder().setKind("place").setVm("web-1").setReason("fits best"))
        .build();
  }

  static DiagnoseResponse diagnosis() {
    return DiagnoseResponse.newBuilder()
        .setHostCount(2)
        .addRules(Rule.newBuilder().setId("BL001").setTitle("KSM on").setWhy("Each keeps a copy."))
        .addRules(
            Rule.newBuilder().setId("BL006").setTitle("no needless devices").setWhy("Wake-ups."))
        .addRules(Rule.newBuilder().setId("BL010").setTitle("host clock").setWhy("One time."))
        .addFindings(
            Finding.newBuilder()
                .setRule("BL001")
                .setSeverity(Severity.SEVERITY_WARNING)
                .setHost("h1")
                .setField("ksm/run")
                .setText("KSM is off (run=0) while 2 guests run")
                .setRemedy("ballast ksm on --host h1 --run")
                .setPlanText("change KSM on [h1]\n\nh1\n  ksm\n    ~ 1  set KSM run=1\n"))
        .addFindings(
            Finding.newBuilder()
                .setRule("BL006")
                .setSeverity(Severity.SEVERITY_INFO)
                .setHost("h1")
                .setVm("web-1")
                .setField("devices")
                .setText("has graphics vnc")
                .setRemedy("virsh edit web-1: remove it; then restart it"))
        .build();
  }

  static ListPlansResponse plans() {
    return ListPlansResponse.newBuilder()
        .addPlans(
            PlanSummary.newBuilder()
                .setPlanId("plan-5")
                .setTitle("apply 1 file")
                .setOrigin("operator")
                .setCreatedEpochMillis(NOW - 60_000)
                .setStepCount(2)
                .setState("planned"))
        .build();
  }

  static ListOperationsResponse operations() {
    Operation running =
        Operation.newBuilder()
            .setOperationId("op-8")
            .setPlanId("plan-6")
            .setTitle("KSM on")
            .setOrigin("operator")
            .setState(OperationState.OPERATION_STATE_RUNNING)
            .setStartedEpochMillis(NOW - 2_500)
            .build();
    Outcome stale =
        Outcome.newBuilder()
            .setRefused(
                Refused.newBuilder()
                    .setReason(RefusalReason.REFUSAL_REASON_STALE)
                    .addDifferences(
                        FieldDifference.newBuilder()
                            .setField("vcpu0")
                            .setExpected("1")
                            .setFound("0-1")))
            .build();
    Operation refused =
        Operation.newBuilder()
            .setOperationId("op-7")
            .setPlanId("plan-5")
            .setTitle("re-pin web-1")
            .setOrigin("balancer")
            .setState(OperationState.OPERATION_STATE_UNDONE)
            .setStartedEpochMillis(NOW - 100_000)
            .setEndedEpochMillis(NOW - 98_700)
            .setDetail("step 2 was refused")
            .addSteps(
                StepResult.newBuilder()
                    .setStep(1)
                    .setHost("h1")
                    .setText("pin web-2")
                    .setStepState("undone")
                    .setOutcome(
                        Outcome.newBuilder().setApplied(Applied.newBuilder().setBefore("0"))))
            .addSteps(
                StepResult.newBuilder()
                    .setStep(2)
                    .setHost("h1")
                    .setText("pin web-1")
                    .setStepState("refused")
                    .setOutcome(stale))
            .build();
    return ListOperationsResponse.newBuilder()
        .addOperations(running)
        .addOperations(refused)
        .build();
  }

  static List<Event> events() {
    return List.of(
        Event.newBuilder()
            .setNumber(1)
            .setEpochMillis(NOW - 5_000)
            .setKind("host-connected")
            .setHost("h1")
            .setText("h1 is connected")
            .build(),
        Event.newBuilder()
            .setNumber(2)
            .setEpochMillis(NOW)
            .setKind("spike-relieved")
            .setHost("h1")
            .setVm("web-1")
            .setOperationId("op-7")
            .setText("relieved in 4.2 s\u001b[31m")
            .putDetails("t0EpochMillis", "1789999995800")
            .build());
  }

  static ExplainResponse explanation(String vm) {
    return ExplainResponse.newBuilder()
        .setVm(vm)
        .setText(vm + " is on h1: most free memory\n")
        .addDecisions(Decision.newBuilder().setKind("place").setReason("most free memory"))
        .build();
  }
}
