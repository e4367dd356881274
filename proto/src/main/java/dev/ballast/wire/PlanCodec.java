package dev.ballast.wire;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.ballast.core.model.HostName;
import dev.ballast.core.model.NetworkName;
import dev.ballast.core.model.VmName;
import dev.ballast.core.plan.Decision;
import dev.ballast.core.plan.DesiredChange;
import dev.ballast.core.plan.Origin;
import dev.ballast.core.plan.Plan;
import dev.ballast.core.plan.PlanStep;
import dev.ballast.v1.StoredChange;
import dev.ballast.v1.StoredDecision;
import dev.ballast.v1.StoredHostSettingKey;
import dev.ballast.v1.StoredKsm;
import dev.ballast.v1.StoredLimits;
import dev.ballast.v1.StoredOrigin;
import dev.ballast.v1.StoredPlan;
import dev.ballast.v1.StoredStep;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/** Plans as the coordinator stores them, whole and without loss. */
public final class PlanCodec {
  private PlanCodec() {}

  public static byte[] toBytes(Plan plan) {
    return toProto(plan).toByteArray();
  }

  /**
   * The plan.
   *
   * @throws WireException when the bytes are damaged or of a newer version
   */
  public static Plan fromBytes(byte[] bytes) {
    try {
      return fromProto(StoredPlan.parseFrom(bytes));
    } catch (InvalidProtocolBufferException e) {
      throw damaged("StoredPlan", e);
    }
  }

  static WireException damaged(String message, InvalidProtocolBufferException cause) {
    WireException fault =
        new At(message).fault("the stored bytes are damaged: " + cause.getMessage());
    fault.initCause(cause);
    return fault;
  }

  public static StoredPlan toProto(Plan plan) {
    return StoredPlan.newBuilder()
        .setTitle(plan.title())
        .setOrigin(toProto(plan.origin()))
        .setParentVersion(plan.parentVersion())
        .addAllSteps(plan.steps().stream().map(PlanCodec::toProto).toList())
        .addAllChanges(plan.changes().stream().map(PlanCodec::toProto).toList())
        .addAllDecisions(plan.decisions().stream().map(PlanCodec::toProto).toList())
        .addAllInverse(plan.inverse().stream().map(PlanCodec::toProto).toList())
        .build();
  }

  public static Plan fromProto(StoredPlan plan) {
    At at = new At("StoredPlan");
    at.refuseUnknown(plan);
    Origin origin = fromProto(plan.getOrigin(), at.field("origin"));
    long parentVersion = at.natural("parent_version", plan.getParentVersion());
    List<PlanStep> steps = at.list("steps", plan.getStepsList(), Plan.STEP_LIMIT, PlanCodec::step);
    List<DesiredChange> changes = changes("changes", plan.getChangesList(), at);
    List<DesiredChange> inverse = changes("inverse", plan.getInverseList(), at);
    List<Decision> decisions =
        at.list("decisions", plan.getDecisionsList(), WireLimits.LIST_ENTRIES, PlanCodec::decision);
    return at.make(
        () -> new Plan(plan.getTitle(), origin, parentVersion, steps, changes, decisions, inverse));
  }

  private static List<DesiredChange> changes(String name, List<StoredChange> changes, At at) {
    return at.list(name, changes, WireLimits.LIST_ENTRIES, PlanCodec::change);
  }

  private static StoredStep toProto(PlanStep step) {
    return StoredStep.newBuilder()
        .setNumber(step.number())
        .setHost(step.host().value())
        .setPlanned(ActionCodec.toProto(step.planned()))
        .addAllAfter(step.after())
        .build();
  }

  private static PlanStep step(StoredStep p, At at) {
    HostName host = at.host("host", p.getHost());
    var planned = at.required("planned", p.hasPlanned(), p.getPlanned(), ActionCodec::planned);
    return at.make(
        () -> new PlanStep(p.getNumber(), host, planned, new TreeSet<>(p.getAfterList())));
  }

  private static StoredChange toProto(DesiredChange change) {
    StoredChange.Builder result = StoredChange.newBuilder();
    switch (change) {
      case DesiredChange.PutSpec(var spec) -> result.setPutSpec(SpecCodec.toProto(spec));
      case DesiredChange.RemoveSpec(var vm) -> result.setRemoveSpec(vm.value());
      case DesiredChange.PutAssignment(var assignment) ->
          result.setPutAssignment(SpecCodec.toProto(assignment));
      case DesiredChange.RemoveAssignment(var vm) -> result.setRemoveAssignment(vm.value());
      case DesiredChange.PutKsm(var host, var settings) ->
          result.setPutKsm(
              StoredKsm.newBuilder()
                  .setHost(host.value())
                  .setSettings(ModelCodec.toProto(settings)));
      case DesiredChange.RemoveKsm(var host) -> result.setRemoveKsm(host.value());
      case DesiredChange.PutHostSetting put ->
          result.setPutHostSetting(HostSettingCodec.toProto(put));
      case DesiredChange.RemoveHostSetting(var host, var key) ->
          result.setRemoveHostSetting(
              StoredHostSettingKey.newBuilder().setHost(host.value()).setKey(key));
      case DesiredChange.PutLimits(var vm, var limits) ->
          result.setPutLimits(
              StoredLimits.newBuilder().setVm(vm.value()).setLimits(LimitCodec.toProto(limits)));
      case DesiredChange.RemoveLimits(var vm) -> result.setRemoveLimits(vm.value());
      case DesiredChange.PutNetwork(var network) ->
          result.setPutNetwork(SwitchCodec.toProto(network));
      case DesiredChange.RemoveNetwork(var network) -> result.setRemoveNetwork(network.value());
    }
    return result.build();
  }

  private static DesiredChange change(StoredChange p, At at) {
    return switch (p.getChangeCase()) {
      case PUT_SPEC ->
          new DesiredChange.PutSpec(SpecCodec.spec(p.getPutSpec(), at.field("put_spec")));
      case REMOVE_SPEC -> new DesiredChange.RemoveSpec(at.vm("remove_spec", p.getRemoveSpec()));
      case PUT_ASSIGNMENT ->
          new DesiredChange.PutAssignment(
              SpecCodec.assignment(p.getPutAssignment(), at.field("put_assignment")));
      case REMOVE_ASSIGNMENT ->
          new DesiredChange.RemoveAssignment(at.vm("remove_assignment", p.getRemoveAssignment()));
      case PUT_KSM -> putKsm(p.getPutKsm(), at.field("put_ksm"));
      case REMOVE_KSM -> new DesiredChange.RemoveKsm(at.host("remove_ksm", p.getRemoveKsm()));
      case PUT_HOST_SETTING ->
          HostSettingCodec.put(p.getPutHostSetting(), at.field("put_host_setting"));
      case REMOVE_HOST_SETTING ->
          HostSettingCodec.remove(p.getRemoveHostSetting(), at.field("remove_host_setting"));
      case PUT_LIMITS -> putLimits(p.getPutLimits(), at.field("put_limits"));
      case REMOVE_LIMITS ->
          new DesiredChange.RemoveLimits(at.vm("remove_limits", p.getRemoveLimits()));
      case PUT_NETWORK ->
          new DesiredChange.PutNetwork(
              SwitchCodec.network(p.getPutNetwork(), at.field("put_network")));
      case REMOVE_NETWORK ->
          at.field("remove_network")
              .make(() -> new DesiredChange.RemoveNetwork(new NetworkName(p.getRemoveNetwork())));
      case CHANGE_NOT_SET -> throw at.fault("holds no change that this version knows");
    };
  }

  private static DesiredChange putKsm(StoredKsm p, At at) {
    return new DesiredChange.PutKsm(
        at.host("host", p.getHost()),
        at.required("settings", p.hasSettings(), p.getSettings(), ModelCodec::ksm));
  }

  private static DesiredChange putLimits(StoredLimits p, At at) {
    return new DesiredChange.PutLimits(
        at.vm("vm", p.getVm()),
        at.required("limits", p.hasLimits(), p.getLimits(), LimitCodec::limits));
  }

  static StoredDecision toProto(Decision decision) {
    StoredDecision.Builder result =
        StoredDecision.newBuilder()
            .setKind(decision.kind())
            .setReason(decision.reason())
            .setCost(decision.cost())
            .setGain(decision.gain())
            .addAllRejected(decision.rejected());
    decision.vm().ifPresent(vm -> result.setVm(vm.value()));
    return result.build();
  }

  static Decision decision(StoredDecision p, At at) {
    Optional<VmName> vm = p.hasVm() ? Optional.of(at.vm("vm", p.getVm())) : Optional.empty();
    return new Decision(
        p.getKind(), vm, p.getReason(), p.getCost(), p.getGain(), p.getRejectedList());
  }

  private static StoredOrigin toProto(Origin origin) {
    return switch (origin) {
      case OPERATOR -> StoredOrigin.STORED_ORIGIN_OPERATOR;
      case BALANCER -> StoredOrigin.STORED_ORIGIN_BALANCER;
      case ROLLBACK -> StoredOrigin.STORED_ORIGIN_ROLLBACK;
    };
  }

  private static Origin fromProto(StoredOrigin origin, At at) {
    return switch (origin) {
      case STORED_ORIGIN_OPERATOR -> Origin.OPERATOR;
      case STORED_ORIGIN_BALANCER -> Origin.BALANCER;
      case STORED_ORIGIN_ROLLBACK -> Origin.ROLLBACK;
      case STORED_ORIGIN_UNSPECIFIED, UNRECOGNIZED -> throw at.fault("unknown origin");
    };
  }
}
