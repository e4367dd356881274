package dev.ballast.coordinator.api;

import static dev.ballast.coordinator.Fixtures.H1;
import static dev.ballast.coordinator.Fixtures.H2;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ballast.coordinator.Fixtures;
import dev.ballast.coordinator.cluster.Cluster;
import dev.ballast.coordinator.cluster.ClusterEvent.DesiredChanged;
import dev.ballast.coordinator.cluster.ClusterStores;
import dev.ballast.coordinator.cluster.EventLog;
import dev.ballast.coordinator.cluster.LoadHistory;
import dev.ballast.coordinator.execution.ExecutionSettings;
import dev.ballast.coordinator.execution.ExecutionStores;
import dev.ballast.coordinator.execution.Executor;
import dev.ballast.coordinator.execution.InverseDefinition;
import dev.ballast.coordinator.execution.ThreadTaskLoop;
import dev.ballast.coordinator.store.ClusterStore;
import dev.ballast.coordinator.store.Database;
import dev.ballast.coordinator.store.EventStore;
import dev.ballast.coordinator.store.LeaderDatabase;
import dev.ballast.coordinator.store.LeadershipStore;
import dev.ballast.coordinator.store.SqliteDatabase;
import dev.ballast.core.model.Automation;
import dev.ballast.core.model.CpuPins;
import dev.ballast.core.model.VmName;
import dev.ballast.core.topology.CpuSet;
import dev.ballast.v1.DiagnoseRequest;
import dev.ballast.v1.DiagnoseResponse;
import dev.ballast.v1.DomainState;
import dev.ballast.v1.Event;
import dev.ballast.v1.ExecutePlanRequest;
import dev.ballast.v1.ExplainRequest;
import dev.ballast.v1.GetOperationRequest;
import dev.ballast.v1.GetPlanRequest;
import dev.ballast.v1.GetStatusRequest;
import dev.ballast.v1.GetStatusResponse;
import dev.ballast.v1.Host;
import dev.ballast.v1.ListHostsRequest;
import dev.ballast.v1.ListOperationsRequest;
import dev.ballast.v1.ListPlansRequest;
import dev.ballast.v1.ListVmsRequest;
import dev.ballast.v1.Operation;
import dev.ballast.v1.OperationProgress;
import dev.ballast.v1.OperationState;
import dev.ballast.v1.OperatorApiGrpc;
import dev.ballast.v1.OperatorApiGrpc.OperatorApiBlockingStub;
import dev.ballast.v1.PlanApplyRequest;
import dev.ballast.v1.PlanKsmRequest;
import dev.ballast.v1.PlanPinRequest;
import dev.ballast.v1.PlanResponse;
import dev.ballast.v1.PlanRollbackRequest;
import dev.ballast.v1.Rule;
import dev.ballast.v1.SetAutomationRequest;
import dev.ballast.v1.SetFreezeRequest;
import dev.ballast.v1.SpecFile;
import dev.ballast.v1.Vm;
import dev.ballast.v1.WatchEventsRequest;
import dev.ballast.wire.ModelCodec;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The operators' calls over gRPC, with a real store, cluster and executor. */
class ApiTest {
  private static final String WEB =
      """
      kind: VM
      name: web
      vcpus: 1
      memory: 128MiB
      disks: [{path: /srv/web.qcow2, format: qcow2}]
      """;

  @TempDir private Path stateDir;
  private Database database;
  private Cluster cluster;
  private ThreadTaskLoop loop;
  private ObedientAgents agents;
  private Server server;
  private ManagedChannel channel;
  private OperatorApiBlockingStub api;

  private final FakeDefinitions definitions = new FakeDefinitions();

  @BeforeEach
  void setUp() throws Exception {
    Clock clock = Clock.systemUTC();
    database = SqliteDatabase.open(stateDir);
    LeaderDatabase leader =
        new LeaderDatabase(database, new LeadershipStore(database).take(clock.millis()));
    new ClusterStore(leader).create("test", Automation.RECOMMEND);
    cluster = new Cluster(ClusterStores.of(leader), leader.term(), new LoadHistory(), clock);
    agents = new ObedientAgents(cluster);
    loop = new ThreadTaskLoop("execution", clock);
    EventLog events = new EventLog(new EventStore(leader), clock);
    Executor executor =
        new Executor(
            ExecutionStores.of(leader),
            events,
            cluster::snapshot,
            (changes, operation) -> cluster.submit(new DesiredChanged(changes, operation)),
            agents,
            loop,
            ExecutionSettings.ofLease(15_000),
            new InverseDefinition(cluster::snapshot));
    cluster.addListener(executor);
    cluster.start();
    executor.recover();
    agents.connect(H1, Fixtures.inventory());
    agents.connect(H2, Fixtures.inventory());
    server =
        InProcessServerBuilder.forName(stateDir.toString())
            .addService(
                new OperatorService(
                    cluster,
                    executor,
                    ApiStores.of(leader),
                    events,
                    () -> "alice",
                    new ApiSettings("test", "1.0"),
                    clock,
                    definitions))
            .build()
            .start();
    channel = InProcessChannelBuilder.forName(stateDir.toString()).build();
    api = OperatorApiGrpc.newBlockingStub(channel);
  }

  @AfterEach
  void tearDown() {
    channel.shutdownNow();
    server.shutdownNow();
    loop.close();
    cluster.close();
    database.close();
  }

  private PlanResponse planApply(String... files) {
    PlanApplyRequest.Builder request = PlanApplyRequest.newBuilder();
    for (int i = 0; i < files.length; i++) {
      request.addFiles(SpecFile.newBuilder().setPath("f" + i + ".yaml").setContent(files[i]));
    }
    return api.planApply(request.build());
  }

  private List<OperationProgress> execute(String planId, boolean dryRun) {
    List<OperationProgress> progress = new ArrayList<>();
    api.executePlan(ExecutePlanRequest.newBuilder().setPlanId(planId).setDryRun(dryRun).build())
        .forEachRemaining(progress::add);
    return progress;
  }

  private OperationProgress run(PlanResponse plan) {
    assertThat(plan.getProblemsList()).isEmpty();
    assertThat(plan.getPlanId()).isNotEmpty();
    return execute(plan.getPlanId(), false).getLast();
  }

  private List<Event> events() {
    List<Event> events = new ArrayList<>();
    api.watchEvents(WatchEventsRequest.getDefaultInstance()).forEachRemaining(events::add);
    return events;
  }

  private static void assertStatus(Status.Code code, String text, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            e -> assertThat(e.getStatus().getCode()).as(e.getMessage()).isEqualTo(code))
        .hasMessageContaining(text);
  }

  private Vm vm(String name) {
    return api.listVms(ListVmsRequest.newBuilder().setVm(name).build()).getVms(0);
  }

  @Test
  void whatIsThereIsListed() {
    GetStatusResponse status = api.getStatus(GetStatusRequest.getDefaultInstance());
    assertThat(status.getHostsConnected()).isEqualTo(2);
    assertThat(status.getCluster()).isEqualTo("test");

    Host host = api.listHosts(ListHostsRequest.newBuilder().setHost("h1").build()).getHosts(0);
    assertThat(host.getConnected()).isTrue();
    assertThat(host.getInventory().getMemoryBytes()).isEqualTo(4L << 30);
    assertThat(host.getEffectiveAutomation())
        .isEqualTo(dev.ballast.v1.Automation.AUTOMATION_RECOMMEND);
    assertStatus(
        Status.Code.NOT_FOUND,
        "ballast hosts",
        () -> api.listHosts(ListHostsRequest.newBuilder().setHost("h9").build()));
  }

  @Test
  void allFaultsOfAllFilesComeAtOnceAndNothingIsStored() {
    PlanResponse response =
        planApply("kind: VM\nname: a\nvcpu: 1\nmemory: 1GiB\n", WEB.replace("128MiB", "9TiB"));

    assertThat(response.getPlanId()).isEmpty();
    assertThat(response.getFaultsList())
        .extracting(f -> f.getPath())
        .contains("f0.yaml", "f1.yaml");
    assertThat(response.getFaultsList()).anyMatch(f -> f.getHint().contains("vcpus"));
    assertThat(api.listPlans(ListPlansRequest.getDefaultInstance()).getPlansList()).isEmpty();
  }

  @Test
  void aSpecifiedVmIsPlacedAndStartedAndExplainsItself() {
    PlanResponse plan = planApply(WEB);
    assertThat(agents.executed).isEmpty();
    assertThat(plan.getText()).contains("define web");

    OperationProgress last = run(plan);
    assertThat(last.getState()).isEqualTo(OperationState.OPERATION_STATE_APPLIED);
    assertThat(last.getStepsDone()).isEqualTo(last.getStepsTotal()).isPositive();

    Vm web = vm("web");
    assertThat(web.getState()).isEqualTo(DomainState.DOMAIN_STATE_RUNNING);
    assertThat(web.getLivePins()).isEqualTo(web.getAssignedPins());
    assertThat(web.getSpecYaml()).contains("name: web");
    String explained = api.explain(ExplainRequest.newBuilder().setVm("web").build()).getText();
    assertThat(explained)
        .contains("web is on " + web.getHost())
        .contains("why here")
        .contains("why not on another host")
        .contains("automation: recommend");
    assertThat(events())
        .anyMatch(e -> e.getKind().equals("audit") && e.getText().startsWith("alice: executes"));
    assertThat(planApply(WEB).getPlanId()).isEmpty();

    Operation operation =
        api.getOperation(
            GetOperationRequest.newBuilder().setOperationId(last.getOperationId()).build());
    assertThat(operation.getStepsList()).allMatch(step -> step.getStepState().equals("applied"));
    assertThat(api.listOperations(ListOperationsRequest.getDefaultInstance()).getOperationsList())
        .hasSize(1);
  }

  @Test
  void aPinHoldsAndShowsAsDriftWhenChangedByHand() {
    run(planApply(WEB));
    CpuPins rear = CpuPins.uniform(1, CpuSet.of(1));
    run(
        api.planPin(
            PlanPinRequest.newBuilder().setVm("web").setPins(ModelCodec.toProto(rear)).build()));
    Vm web = vm("web");
    assertThat(web.getPinsOverride()).isTrue();
    assertThat(ModelCodec.fromProto(web.getLivePins())).isEqualTo(rear);

    agents.pinByHand(
        new dev.ballast.core.model.HostName(web.getHost()),
        new VmName("web"),
        CpuPins.uniform(1, CpuSet.of(0)));
    Host host =
        api.listHosts(ListHostsRequest.newBuilder().setHost(web.getHost()).build()).getHosts(0);
    assertThat(host.getDriftsList()).extracting(d -> d.getField()).contains("livePins.vcpu0");
    assertThat(api.explain(ExplainRequest.newBuilder().setVm("web").build()).getText())
        .contains("an operator's override")
        .contains("drift: the kernel shows");
  }

  @Test
  void ksmIsSwitchedOffByPlanAndRolledBackByPlan() {
    OperationProgress off = run(api.planKsm(PlanKsmRequest.newBuilder().setRun(0).build()));
    assertThat(off.getStepsTotal()).isEqualTo(2);
    assertThat(ksmRun("h1")).isZero();

    PlanResponse back =
        api.planRollback(
            PlanRollbackRequest.newBuilder().setOperationId(off.getOperationId()).build());
    assertThat(run(back).getState()).isEqualTo(OperationState.OPERATION_STATE_APPLIED);
    assertThat(ksmRun("h1")).isEqualTo(1);
    assertStatus(
        Status.Code.NOT_FOUND,
        "op-99",
        () -> api.planRollback(PlanRollbackRequest.newBuilder().setOperationId("op-99").build()));
  }

  private int ksmRun(String host) {
    return api.listHosts(ListHostsRequest.newBuilder().setHost(host).build())
        .getHosts(0)
        .getKsm()
        .getRun();
  }

  @Test
  void aDryRunVerifiesAndChangesNothing() {
    PlanResponse plan = api.planKsm(PlanKsmRequest.newBuilder().setRun(0).build());
    OperationProgress last = execute(plan.getPlanId(), true).getLast();

    assertThat(last.getState()).isEqualTo(OperationState.OPERATION_STATE_VERIFIED);
    assertThat(ksmRun("h1")).isEqualTo(1);
    assertThat(run(plan).getState()).isEqualTo(OperationState.OPERATION_STATE_APPLIED);
  }

  @Test
  void aPlanIsExecutedOnceAndAStaleOneNever() {
    PlanResponse first = api.planKsm(PlanKsmRequest.newBuilder().setRun(0).build());
    PlanResponse second = api.planKsm(PlanKsmRequest.newBuilder().setRun(0).build());
    run(first);

    assertStatus(
        Status.Code.FAILED_PRECONDITION,
        "executed already",
        () -> execute(first.getPlanId(), false));
    assertStatus(Status.Code.ABORTED, "plan anew", () -> execute(second.getPlanId(), false));
    assertStatus(Status.Code.NOT_FOUND, "plan-99", () -> execute("plan-99", false));
    assertStatus(
        Status.Code.NOT_FOUND,
        "plan-99",
        () -> api.getPlan(GetPlanRequest.newBuilder().setPlanId("plan-99").build()));
  }

  @Test
  void aFreezeRefusesWhatWasPlannedBefore() {
    PlanResponse plan = api.planKsm(PlanKsmRequest.newBuilder().setRun(0).build());
    api.setFreeze(SetFreezeRequest.newBuilder().setFrozen(true).setReason("moving house").build());

    assertStatus(Status.Code.FAILED_PRECONDITION, "frozen", () -> execute(plan.getPlanId(), false));
    assertThat(api.planKsm(PlanKsmRequest.newBuilder().setRun(0).build()).getProblemsList())
        .isNotEmpty();
    api.setFreeze(SetFreezeRequest.newBuilder().setFrozen(false).build());
    assertThat(run(plan).getState()).isEqualTo(OperationState.OPERATION_STATE_APPLIED);
  }

  @Test
  void wrongRequestsAreRefusedInOneSentence() {
    assertStatus(
        Status.Code.INVALID_ARGUMENT,
        "not both",
        () -> api.setFreeze(SetFreezeRequest.newBuilder().setHost("h1").setVm("web").build()));
    assertStatus(
        Status.Code.NOT_FOUND,
        "no VM 'web'",
        () -> api.setFreeze(SetFreezeRequest.newBuilder().setVm("web").build()));
    assertStatus(
        Status.Code.INVALID_ARGUMENT,
        "utomation",
        () -> api.setAutomation(SetAutomationRequest.getDefaultInstance()));
    assertStatus(
        Status.Code.INVALID_ARGUMENT,
        "host name",
        () -> api.listHosts(ListHostsRequest.newBuilder().setHost("../etc").build()));
    assertStatus(
        Status.Code.NOT_FOUND,
        "no VM 'web'",
        () -> api.explain(ExplainRequest.newBuilder().setVm("web").build()));
  }

  @Test
  void eventsAreFollowedWithoutLossOrRepetition() {
    api.setAutomation(
        SetAutomationRequest.newBuilder()
            .setAutomation(dev.ballast.v1.Automation.AUTOMATION_OFF)
            .build());
    Iterator<Event> followed =
        api.watchEvents(WatchEventsRequest.newBuilder().setFollow(true).build());
    Event first = followed.next();
    assertThat(first.getText()).isEqualTo("alice: automation of the cluster is off");

    run(api.planKsm(PlanKsmRequest.newBuilder().setRun(0).build()));
    List<Long> numbers = new ArrayList<>(List.of(first.getNumber()));
    Event event;
    do {
      event = followed.next();
      numbers.add(event.getNumber());
    } while (!event.getText().contains("ended applied"));
    assertThat(numbers).isSorted().doesNotHaveDuplicates();
    assertThat(events()).extracting(Event::getNumber).containsAll(numbers);
  }

  @Test
  void theDoctorExaminesTheHostsAskedFor() {
    DiagnoseResponse all = api.diagnose(DiagnoseRequest.getDefaultInstance());
    assertThat(all.getHostCount()).isEqualTo(2);
    assertThat(all.getRulesList()).hasSizeGreaterThan(5);

    DiagnoseResponse one =
        api.diagnose(DiagnoseRequest.newBuilder().addHosts("h1").addRules("BL001").build());
    assertThat(one.getHostCount()).isEqualTo(1);
    assertThat(one.getRulesList()).extracting(Rule::getId).containsExactly("BL001");

    assertThatThrownBy(() -> api.diagnose(DiagnoseRequest.newBuilder().addRules("BL999").build()))
        .hasMessageContaining("there is no rule BL999");
    assertThatThrownBy(() -> api.diagnose(DiagnoseRequest.newBuilder().addHosts("hx").build()))
        .hasMessageContaining("there is no host 'hx'");
  }
}
