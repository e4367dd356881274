package dev.ballast.coordinator.api;

import dev.ballast.coordinator.cluster.Cluster;
import dev.ballast.coordinator.cluster.DefinitionQueries;
import dev.ballast.coordinator.cluster.EventLog;
import dev.ballast.coordinator.execution.Executor;
import dev.ballast.coordinator.store.StoredOperation;
import dev.ballast.coordinator.store.StoredPlan;
import dev.ballast.v1.AbortOperationRequest;
import dev.ballast.v1.AbortOperationResponse;
import dev.ballast.v1.DiagnoseRequest;
import dev.ballast.v1.DiagnoseResponse;
import dev.ballast.v1.Event;
import dev.ballast.v1.ExecutePlanRequest;
import dev.ballast.v1.ExplainRequest;
import dev.ballast.v1.ExplainResponse;
import dev.ballast.v1.GetOperationRequest;
import dev.ballast.v1.GetPlanRequest;
import dev.ballast.v1.GetStatusRequest;
import dev.ballast.v1.GetStatusResponse;
import dev.ballast.v1.ListHostsRequest;
import dev.ballast.v1.ListHostsResponse;
import dev.ballast.v1.ListNetworksRequest;
import dev.ballast.v1.ListNetworksResponse;
import dev.ballast.v1.ListOperationsRequest;
import dev.ballast.v1.ListOperationsResponse;
import dev.ballast.v1.ListPlansRequest;
import dev.ballast.v1.ListPlansResponse;
import dev.ballast.v1.ListVmsRequest;
import dev.ballast.v1.ListVmsResponse;
import dev.ballast.v1.Operation;
import dev.ballast.v1.OperationProgress;
import dev.ballast.v1.OperatorApiGrpc;
import dev.ballast.v1.PlanAdoptRequest;
import dev.ballast.v1.PlanAdoptResponse;
import dev.ballast.v1.PlanApplyRequest;
import dev.ballast.v1.PlanBridgeRequest;
import dev.ballast.v1.PlanDrainRequest;
import dev.ballast.v1.PlanGuestTimeRequest;
import dev.ballast.v1.PlanHostSettingRequest;
import dev.ballast.v1.PlanKsmRequest;
import dev.ballast.v1.PlanLimitsRequest;
import dev.ballast.v1.PlanMigrateRequest;
import dev.ballast.v1.PlanPinRequest;
import dev.ballast.v1.PlanPurgeRequest;
import dev.ballast.v1.PlanRebalanceRequest;
import dev.ballast.v1.PlanResponse;
import dev.ballast.v1.PlanRollbackRequest;
import dev.ballast.v1.PlanSnapshotRequest;
import dev.ballast.v1.SetAutomationRequest;
import dev.ballast.v1.SetAutomationResponse;
import dev.ballast.v1.SetCordonRequest;
import dev.ballast.v1.SetCordonResponse;
import dev.ballast.v1.SetFreezeRequest;
import dev.ballast.v1.SetFreezeResponse;
import dev.ballast.v1.WatchEventsRequest;
import io.grpc.stub.StreamObserver;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** The operators' calls. Each is handed to the part that answers it. */
public final class OperatorService extends OperatorApiGrpc.OperatorApiImplBase {
  /** At most so many operations are listed. */
  static final int LIST_LIMIT = 200;

  private final ApiStores stores;
  private final Inventories inventories;
  private final Networks networks;
  private final Plans plans;
  private final Adoptions adoptions;
  private final Explanations explanations;
  private final Administration administration;
  private final Streams streams;
  private final Executor executor;
  private final Diagnoses diagnoses;

  public OperatorService(
      Cluster cluster,
      Executor executor,
      ApiStores stores,
      EventLog events,
      Operators operators,
      ApiSettings settings,
      Clock clock,
      DefinitionQueries definitions) {
    this.stores = stores;
    this.executor = executor;
    this.networks = new Networks(cluster);
    this.inventories = new Inventories(cluster, stores.database(), executor, settings, clock);
    this.plans = new Plans(cluster, stores, events, operators, settings.policy(), clock);
    this.adoptions = new Adoptions(cluster, definitions, plans);
    this.explanations = new Explanations(cluster, stores, settings.policy().placement());
    this.administration = new Administration(cluster, events, operators);
    this.streams = new Streams(executor, events);
    this.diagnoses = new Diagnoses(cluster);
  }

  private static <T> void answer(StreamObserver<T> observer, Supplier<T> question) {
    T answer;
    try {
      answer = question.get();
    } catch (RuntimeException e) {
      observer.onError(Failures.of(e));
      return;
    }
    observer.onNext(answer);
    observer.onCompleted();
  }

  private static void stream(StreamObserver<?> observer, Runnable begin) {
    try {
      begin.run();
    } catch (RuntimeException e) {
      observer.onError(Failures.of(e));
    }
  }

  @Override
  public void getStatus(GetStatusRequest request, StreamObserver<GetStatusResponse> observer) {
    answer(observer, inventories::status);
  }

  @Override
  public void diagnose(DiagnoseRequest request, StreamObserver<DiagnoseResponse> observer) {
    answer(observer, () -> diagnoses.diagnose(request));
  }

  @Override
  public void listHosts(ListHostsRequest request, StreamObserver<ListHostsResponse> observer) {
    answer(observer, () -> inventories.hosts(request.getHost()));
  }

  @Override
  public void listVms(ListVmsRequest request, StreamObserver<ListVmsResponse> observer) {
    answer(observer, () -> inventories.vms(request.getVm()));
  }

  @Override
  public void planApply(PlanApplyRequest request, StreamObserver<PlanResponse> observer) {
    answer(observer, () -> plans.apply(request));
  }

  @Override
  public void planKsm(PlanKsmRequest request, StreamObserver<PlanResponse> observer) {
    answer(observer, () -> plans.ksm(request));
  }

  @Override
  public void planBridge(PlanBridgeRequest request, StreamObserver<PlanResponse> observer) {
    answer(observer, () -> plans.bridge(request));
  }

  @Override
  public void listNetworks(
      ListNetworksRequest request, StreamObserver<ListNetworksResponse> observer) {
    answer(observer, () -> networks.list(request.getNetwork()));
  }

  @Override
  public void planPin(PlanPinRequest request, StreamObserver<PlanResponse> observer) {
    answer(observer, () -> plans.pin(request));
  }

  @Override
  public void planMigrate(PlanMigrateRequest request, StreamObserver<PlanResponse> observer) {
    answer(observer, () -> plans.migrate(request));
  }

  @Override
  public void planDrain(PlanDrainRequest request, StreamObserver<PlanResponse> observer) {
    answer(observer, () -> plans.drain(request));
  }

  @Override
  public void setCordon(SetCordonRequest request, StreamObserver<SetCordonResponse> observer) {
    answer(observer, () -> administration.cordon(request));
  }

  @Override
  public void abortOperation(
      AbortOperationRequest request, StreamObserver<AbortOperationResponse> observer) {
    answer(observer, () -> administration.abort(executor, request.getOperationId()));
  }

  @Override
  public void planAdopt(PlanAdoptRequest request, StreamObserver<PlanAdoptResponse> observer) {
    answer(observer, () -> adoptions.adopt(request));
  }

  @Override
  public void planRebalance(PlanRebalanceRequest request, StreamObserver<PlanResponse> observer) {
    answer(observer, () -> plans.rebalance(request));
  }

  @Override
  public void planGuestTime(PlanGuestTimeRequest request, StreamObserver<PlanResponse> observer) {
    answer(observer, () -> plans.guestTime(request));
  }

  @Override
  public void planSnapshot(PlanSnapshotRequest request, StreamObserver<PlanResponse> observer) {
    answer(observer, () -> plans.snapshot(request));
  }

  @Override
  public void planPurge(PlanPurgeRequest request, StreamObserver<PlanResponse> observer) {
    answer(observer, () -> plans.purge(request));
  }

  @Override
  public void planLimits(PlanLimitsRequest request, StreamObserver<PlanResponse> observer) {
    answer(observer, () -> plans.limits(request));
  }

  @Override
  public void planHostSetting(
      PlanHostSettingRequest request, StreamObserver<PlanResponse> observer) {
    answer(observer, () -> plans.hostSetting(request));
  }

  @Override
  public void planRollback(PlanRollbackRequest request, StreamObserver<PlanResponse> observer) {
    answer(observer, () -> plans.rollback(request.getOperationId()));
  }

  @Override
  public void getPlan(GetPlanRequest request, StreamObserver<PlanResponse> observer) {
    answer(observer, () -> plans.get(request.getPlanId()));
  }

  @Override
  public void listPlans(ListPlansRequest request, StreamObserver<ListPlansResponse> observer) {
    answer(observer, plans::list);
  }

  @Override
  public void executePlan(ExecutePlanRequest request, StreamObserver<OperationProgress> observer) {
    stream(
        observer,
        () -> {
          String verb = request.getDryRun() ? "verifies " : "executes ";
          administration.audit(Optional.empty(), Optional.empty(), verb + request.getPlanId());
          streams.execute(request, new OutStream<>(observer));
        });
  }

  @Override
  public void listOperations(
      ListOperationsRequest request, StreamObserver<ListOperationsResponse> observer) {
    answer(
        observer,
        () -> {
          ListOperationsResponse.Builder response = ListOperationsResponse.newBuilder();
          for (StoredOperation operation : stores.operations().newest(LIST_LIMIT)) {
            response.addOperations(Messages.operation(operation, Optional.empty(), List.of()));
          }
          return response.build();
        });
  }

  @Override
  public void getOperation(GetOperationRequest request, StreamObserver<Operation> observer) {
    answer(
        observer,
        () -> {
          StoredOperation operation = plans.operation(request.getOperationId());
          return Messages.operation(
              operation,
              stores.plans().get(operation.planId()).map(StoredPlan::plan),
              stores.operations().steps(operation.id()));
        });
  }

  @Override
  public void watchEvents(WatchEventsRequest request, StreamObserver<Event> observer) {
    stream(observer, () -> streams.watch(request, new OutStream<>(observer)));
  }

  @Override
  public void explain(ExplainRequest request, StreamObserver<ExplainResponse> observer) {
    answer(observer, () -> explanations.explain(request.getVm()));
  }

  @Override
  public void setFreeze(SetFreezeRequest request, StreamObserver<SetFreezeResponse> observer) {
    answer(observer, () -> administration.freeze(request));
  }

  @Override
  public void setAutomation(
      SetAutomationRequest request, StreamObserver<SetAutomationResponse> observer) {
    answer(observer, () -> administration.automation(request));
  }
}
