package dev.ballast.coordinator.cli;

import com.google.protobuf.Message;
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
import dev.ballast.v1.PlanHostSettingRequest;
import dev.ballast.v1.PlanKsmRequest;
import dev.ballast.v1.PlanPinRequest;
import dev.ballast.v1.PlanResponse;
import dev.ballast.v1.PlanRollbackRequest;
import dev.ballast.v1.SetAutomationRequest;
import dev.ballast.v1.SetAutomationResponse;
import dev.ballast.v1.SetFreezeRequest;
import dev.ballast.v1.SetFreezeResponse;
import dev.ballast.v1.WatchEventsRequest;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Answers every call with what the test set, and keeps the requests. */
final class FakeCoordinator extends OperatorApiGrpc.OperatorApiImplBase {
  /** All requests, in their order. */
  final List<Message> requests = new ArrayList<>();

  GetStatusResponse status = Cluster.status();
  ListHostsResponse hosts = Cluster.hosts();
  ListVmsResponse vms = Cluster.vms();
  PlanResponse plan = Cluster.plan();
  PlanAdoptResponse adoption = PlanAdoptResponse.getDefaultInstance();
  ListPlansResponse plans = Cluster.plans();
  ListOperationsResponse operations = Cluster.operations();
  List<OperationProgress> progress = List.of();
  List<Event> events = Cluster.events();

  private Optional<Status> failure = Optional.empty();
  DiagnoseResponse diagnosis = Cluster.diagnosis();
  private Class<? extends Message> failing = Message.class;

  /** Lets calls with such requests end so, after what they stream. */
  void fail(Class<? extends Message> requests, Status status) {
    failing = requests;
    failure = Optional.of(status);
  }

  /** The newest request of that type. */
  <T extends Message> T request(Class<T> type) {
    return requests.reversed().stream()
        .filter(type::isInstance)
        .map(type::cast)
        .findFirst()
        .orElseThrow(() -> new AssertionError("no " + type.getSimpleName() + " in " + requests));
  }

  boolean received(Class<? extends Message> type) {
    return requests.stream().anyMatch(type::isInstance);
  }

  private <T> void answer(Message request, StreamObserver<T> observer, List<T> responses) {
    requests.add(request);
    responses.forEach(observer::onNext);
    failure
        .filter(status -> failing.isInstance(request))
        .ifPresentOrElse(
            status -> observer.onError(status.asRuntimeException()), observer::onCompleted);
  }

  @Override
  public void getStatus(GetStatusRequest request, StreamObserver<GetStatusResponse> observer) {
    answer(request, observer, List.of(status));
  }

  @Override
  public void diagnose(DiagnoseRequest request, StreamObserver<DiagnoseResponse> observer) {
    answer(request, observer, List.of(diagnosis));
  }

  @Override
  public void listHosts(ListHostsRequest request, StreamObserver<ListHostsResponse> observer) {
    ListHostsResponse.Builder found = ListHostsResponse.newBuilder();
    hosts.getHostsList().stream()
        .filter(host -> request.getHost().isEmpty() || request.getHost().equals(host.getName()))
        .forEach(found::addHosts);
    answer(request, observer, List.of(found.build()));
  }

  @Override
  public void listVms(ListVmsRequest request, StreamObserver<ListVmsResponse> observer) {
    ListVmsResponse.Builder found = ListVmsResponse.newBuilder();
    vms.getVmsList().stream()
        .filter(vm -> request.getVm().isEmpty() || request.getVm().equals(vm.getName()))
        .forEach(found::addVms);
    answer(request, observer, List.of(found.build()));
  }

  @Override
  public void planApply(PlanApplyRequest request, StreamObserver<PlanResponse> observer) {
    answer(request, observer, List.of(plan));
  }

  @Override
  public void planHostSetting(
      PlanHostSettingRequest request, StreamObserver<PlanResponse> observer) {
    answer(request, observer, List.of(plan));
  }

  @Override
  public void planKsm(PlanKsmRequest request, StreamObserver<PlanResponse> observer) {
    answer(request, observer, List.of(plan));
  }

  @Override
  public void planPin(PlanPinRequest request, StreamObserver<PlanResponse> observer) {
    answer(request, observer, List.of(plan));
  }

  @Override
  public void planAdopt(PlanAdoptRequest request, StreamObserver<PlanAdoptResponse> observer) {
    answer(request, observer, List.of(adoption));
  }

  @Override
  public void planRollback(PlanRollbackRequest request, StreamObserver<PlanResponse> observer) {
    answer(request, observer, List.of(plan));
  }

  @Override
  public void getPlan(GetPlanRequest request, StreamObserver<PlanResponse> observer) {
    answer(request, observer, List.of(plan));
  }

  @Override
  public void listPlans(ListPlansRequest request, StreamObserver<ListPlansResponse> observer) {
    answer(request, observer, List.of(plans));
  }

  @Override
  public void executePlan(ExecutePlanRequest request, StreamObserver<OperationProgress> observer) {
    answer(request, observer, progress);
  }

  @Override
  public void listOperations(
      ListOperationsRequest request, StreamObserver<ListOperationsResponse> observer) {
    answer(request, observer, List.of(operations));
  }

  @Override
  public void getOperation(GetOperationRequest request, StreamObserver<Operation> observer) {
    answer(request, observer, List.of(operations.getOperations(1)));
  }

  @Override
  public void watchEvents(WatchEventsRequest request, StreamObserver<Event> observer) {
    answer(request, observer, events);
  }

  @Override
  public void explain(ExplainRequest request, StreamObserver<ExplainResponse> observer) {
    answer(request, observer, List.of(Cluster.explanation(request.getVm())));
  }

  @Override
  public void setFreeze(SetFreezeRequest request, StreamObserver<SetFreezeResponse> observer) {
    SetFreezeResponse response = SetFreezeResponse.newBuilder().setText("h2 is frozen").build();
    answer(request, observer, List.of(response));
  }

  @Override
  public void setAutomation(
      SetAutomationRequest request, StreamObserver<SetAutomationResponse> observer) {
    SetAutomationResponse response =
        SetAutomationResponse.newBuilder().setText("automation is auto").build();
    answer(request, observer, List.of(response));
  }
}
