package dev.ballast.coordinator.api;

import dev.ballast.coordinator.execution.OutcomeText;
import dev.ballast.coordinator.execution.Progress;
import dev.ballast.coordinator.store.PlanSummary;
import dev.ballast.coordinator.store.StepState;
import dev.ballast.coordinator.store.StoredDecision;
import dev.ballast.coordinator.store.StoredEvent;
import dev.ballast.coordinator.store.StoredOperation;
import dev.ballast.coordinator.store.StoredStep;
import dev.ballast.core.action.Final;
import dev.ballast.core.model.HostName;
import dev.ballast.core.model.VmName;
import dev.ballast.core.plan.Decision;
import dev.ballast.core.plan.Plan;
import dev.ballast.core.plan.PlanStep;
import dev.ballast.v1.Event;
import dev.ballast.v1.Fault;
import dev.ballast.v1.Operation;
import dev.ballast.v1.OperationProgress;
import dev.ballast.v1.OperationState;
import dev.ballast.v1.StepResult;
import dev.ballast.wire.ActionCodec;
import dev.ballast.wire.OutcomeCodec;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What the store and the core hold, as messages of the contract. */
final class Messages {
  private Messages() {}

  static dev.ballast.v1.Decision decision(Decision decision) {
    return dev.ballast.v1.Decision.newBuilder()
        .setKind(decision.kind())
        .setVm(decision.vm().map(VmName::value).orElse(""))
        .setReason(decision.reason())
        .setCost(decision.cost())
        .setGain(decision.gain())
        .addAllRejected(decision.rejected())
        .build();
  }

  static dev.ballast.v1.Decision decision(StoredDecision stored) {
    return decision(stored.decision()).toBuilder()
        .setEpochMillis(stored.epochMillis())
        .setOperationId(stored.operationId())
        .build();
  }

  static dev.ballast.v1.PlanStep step(PlanStep step) {
    return dev.ballast.v1.PlanStep.newBuilder()
        .setNumber(step.number())
        .setHost(step.host().value())
        .setPlanned(ActionCodec.toProto(step.planned()))
        .addAllAfter(step.after())
        .setText(step.planned().action().describe())
        .setFinal(step.planned().action() instanceof Final)
        .build();
  }

  static Fault fault(dev.ballast.core.spec.Fault fault) {
    return Fault.newBuilder()
        .setPath(fault.path())
        .setLine(fault.line())
        .setColumn(fault.column())
        .setMessage(fault.message())
        .setHint(fault.hint().orElse(""))
        .build();
  }

  static dev.ballast.v1.PlanSummary summary(PlanSummary summary) {
    return dev.ballast.v1.PlanSummary.newBuilder()
        .setPlanId(summary.id())
        .setTitle(summary.title())
        .setOrigin(lower(summary.origin()))
        .setCreatedEpochMillis(summary.createdEpochMillis())
        .setStepCount(summary.stepCount())
        .setState(lower(summary.state()))
        .build();
  }

  static Operation operation(StoredOperation stored, Optional<Plan> plan, List<StoredStep> steps) {
    Operation.Builder operation =
        Operation.newBuilder()
            .setOperationId(stored.id())
            .setPlanId(stored.planId())
            .setTitle(stored.title())
            .setOrigin(lower(stored.origin()))
            .setState(state(stored.state()))
            .setStartedEpochMillis(stored.startedEpochMillis())
            .setEndedEpochMillis(stored.endedEpochMillis())
            .setDetail(stored.detail());
    steps.forEach(step -> operation.addSteps(result(step, plan)));
    return operation.build();
  }

  private static StepResult result(StoredStep step, Optional<Plan> plan) {
    StepResult.Builder result =
        StepResult.newBuilder()
            .setStep(step.number())
            .setHost(step.host().value())
            .setText(plan.map(known -> text(known, step.number())).orElse(""))
            .setStepState(
                step.outcome().map(OutcomeText::name).orElseGet(() -> name(step.state())));
    step.outcome().map(OutcomeCodec::toProto).ifPresent(result::setOutcome);
    return result.build();
  }

  private static String text(Plan plan, int step) {
    return plan.steps().get(step - 1).planned().action().describe();
  }

  private static String name(StepState state) {
    return switch (state) {
      case WAITING -> "waiting";
      case SENT -> "sent";
      case ENDED -> "ended";
    };
  }

  static OperationProgress progress(Progress progress) {
    OperationProgress.Builder message =
        OperationProgress.newBuilder()
            .setOperationId(progress.operationId())
            .setState(state(progress.state()))
            .setStep(progress.step())
            .setStepState(progress.stepState())
            .setText(progress.text())
            .setStepsDone(progress.stepsDone())
            .setStepsTotal(progress.stepsTotal());
    progress.outcome().map(OutcomeCodec::toProto).ifPresent(message::setOutcome);
    return message.build();
  }

  static OperationState state(dev.ballast.coordinator.store.OperationState state) {
    return switch (state) {
      case RUNNING -> OperationState.OPERATION_STATE_RUNNING;
      case APPLIED -> OperationState.OPERATION_STATE_APPLIED;
      case UNDONE -> OperationState.OPERATION_STATE_UNDONE;
      case REFUSED -> OperationState.OPERATION_STATE_REFUSED;
      case FAILED -> OperationState.OPERATION_STATE_FAILED;
      case NEEDS_ATTENTION -> OperationState.OPERATION_STATE_NEEDS_ATTENTION;
      case VERIFIED -> OperationState.OPERATION_STATE_VERIFIED;
    };
  }

  static Event event(StoredEvent event) {
    return Event.newBuilder()
        .setNumber(event.number())
        .setEpochMillis(event.epochMillis())
        .setKind(event.kind())
        .setHost(event.host().map(HostName::value).orElse(""))
        .setVm(event.vm().map(VmName::value).orElse(""))
        .setText(event.text())
        .setOperationId(event.operationId())
        .putAllDetails(event.details())
        .build();
  }

  private static String lower(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}
