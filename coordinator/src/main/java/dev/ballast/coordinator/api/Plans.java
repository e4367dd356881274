package dev.ballast.coordinator.api;

import dev.ballast.coordinator.cluster.Cluster;
import dev.ballast.coordinator.cluster.EventLog;
import dev.ballast.coordinator.cluster.RecentDemand;
import dev.ballast.coordinator.store.PlanState;
import dev.ballast.coordinator.store.StoredOperation;
import dev.ballast.coordinator.store.StoredPlan;
import dev.ballast.core.action.MigrationLimits;
import dev.ballast.core.check.PlanChecker;
import dev.ballast.core.check.Violation;
import dev.ballast.core.demand.DemandPolicy;
import dev.ballast.core.model.CpuPins;
import dev.ballast.core.model.HostName;
import dev.ballast.core.model.HostSetting;
import dev.ballast.core.model.HostSetting.Hugepages;
import dev.ballast.core.model.ImageFile;
import dev.ballast.core.model.ImageSpec;
import dev.ballast.core.model.Snapshot;
import dev.ballast.core.model.VmLimits;
import dev.ballast.core.model.VmName;
import dev.ballast.core.placement.Weights;
import dev.ballast.core.plan.ExecutedOperation;
import dev.ballast.core.plan.Plan;
import dev.ballast.core.plan.PlanText;
import dev.ballast.core.plan.StepResult;
import dev.ballast.core.planning.ApplyPlanner;
import dev.ballast.core.planning.BridgePlanner;
import dev.ballast.core.planning.GuestTimePlanner;
import dev.ballast.core.planning.HostSettingPlanner;
import dev.ballast.core.planning.ImagePlanner;
import dev.ballast.core.planning.KsmChange;
import dev.ballast.core.planning.KsmPlanner;
import dev.ballast.core.planning.LimitPlanner;
import dev.ballast.core.planning.MigratePlanner;
import dev.ballast.core.planning.PinPlanner;
import dev.ballast.core.planning.PlanProblem;
import dev.ballast.core.planning.PlanResult;
import dev.ballast.core.planning.PlanningPolicy;
import dev.ballast.core.planning.PurgePlanner;
import dev.ballast.core.planning.RebalancePlanner;
import dev.ballast.core.planning.RebalancePlanner.Extent;
import dev.ballast.core.planning.RollbackPlanner;
import dev.ballast.core.planning.SnapshotPlanner;
import dev.ballast.core.search.Aim;
import dev.ballast.core.spec.Fault;
import dev.ballast.core.spec.SourceFile;
import dev.ballast.core.spec.SpecCheck;
import dev.ballast.core.spec.SpecParser;
import dev.ballast.core.spec.SpecResult;
import dev.ballast.v1.ListPlansResponse;
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
import dev.ballast.v1.PlanSnapshotRequest;
import dev.ballast.v1.RebalancePolicy;
import dev.ballast.wire.ActionCodec;
import dev.ballast.wire.HostSettingCodec;
import dev.ballast.wire.LimitCodec;
import dev.ballast.wire.ModelCodec;
import dev.ballast.wire.WireLimits;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Makes plans for operators, checks them, and keeps them to be executed by their ids. */
final class Plans {
  /** At most so many plans are listed. */
  static final int LIST_LIMIT = 200;

  private static final int LATER_OPERATION_LIMIT = 1_000;

  private final Cluster cluster;
  private final ApiStores stores;
  private final EventLog events;
  private final Operators operators;
  private final PlanningPolicy policy;
  private final Clock clock;

  Plans(
      Cluster cluster,
      ApiStores stores,
      EventLog events,
      Operators operators,
      PlanningPolicy policy,
      Clock clock) {
    this.policy = policy;
    this.cluster = cluster;
    this.stores = stores;
    this.events = events;
    this.operators = operators;
    this.clock = clock;
  }

  PlanResponse apply(PlanApplyRequest request) {
    if (request.getFilesCount() > WireLimits.SPEC_FILES) {
      throw Problem.invalid(
          request.getFilesCount()
              + " files are more than the "
              + WireLimits.SPEC_FILES
              + " of one plan; apply them in parts");
    }
    Snapshot snapshot = cluster.snapshot();
    List<SourceFile> files =
        request.getFilesList().stream()
            .map(file -> new SourceFile(file.getPath(), file.getContent()))
            .toList();
    SpecResult parsed =
        SpecParser.parse(
            files, snapshot.cluster(), SpecParser.defaultCache(snapshot.hosts().size()));
    List<Fault> faults = SpecCheck.all(parsed, snapshot);
    if (!faults.isEmpty()) {
      PlanResponse.Builder response =
          PlanResponse.newBuilder().setParentVersion(snapshot.version());
      faults.forEach(fault -> response.addFaults(Messages.fault(fault)));
      return response.build();
    }
    return answer(
        snapshot,
        new ApplyPlanner()
            .plan(
                snapshot,
                new ApplyPlanner.Declared(
                    parsed.specs(),
                    parsed.networkSpecs(),
                    parsed.imageSpecs(),
                    parsed.libvirtNetworkSpecs()),
                request.hasPolicy()
                    ? policy.placement().withAim(aim(request.getPolicy()))
                    : policy.placement(),
                request.getPrune()));
  }

  PlanResponse bridge(PlanBridgeRequest request) {
    Snapshot snapshot = cluster.snapshot();
    BridgePlanner planner = new BridgePlanner();
    return answer(
        snapshot,
        request.getRemove()
            ? planner.remove(snapshot, Networks.name(request.getName()), Networks.hosts(request))
            : planner.add(snapshot, Networks.asked(request)));
  }

  PlanResponse ksm(PlanKsmRequest request) {
    Snapshot snapshot = cluster.snapshot();
    Set<HostName> hosts = hosts(snapshot, request.getHostsList());
    KsmChange change =
        new KsmChange(
            Optional.of(request.getRun()),
            request.hasPagesToScan() ? Optional.of(request.getPagesToScan()) : Optional.empty(),
            request.hasSleepMillis() ? Optional.of(request.getSleepMillis()) : Optional.empty(),
            request.hasMergeAcrossNodes()
                ? Optional.of(request.getMergeAcrossNodes())
                : Optional.empty());
    return answer(snapshot, new KsmPlanner().plan(snapshot, hosts, change));
  }

  /** Those hosts, or all. */
  private static Set<HostName> hosts(Snapshot snapshot, List<String> names) {
    Set<HostName> hosts = new TreeSet<>();
    names.forEach(host -> hosts.add(new HostName(host)));
    if (hosts.isEmpty()) {
      hosts.addAll(snapshot.hosts().keySet());
    }
    return hosts;
  }

  PlanResponse hostSetting(PlanHostSettingRequest request) {
    Snapshot snapshot = cluster.snapshot();
    HostSetting setting = HostSettingCodec.fromProto(request.getSetting());
    if (setting instanceof ImageFile image) {
      return image(snapshot, hosts(snapshot, request.getHostsList()), image);
    }
    HostSettingPlanner planner = new HostSettingPlanner();
    if (request.getMerge()) {
      return answer(
          snapshot,
          planner.merge(
              snapshot,
              hosts(snapshot, request.getHostsList()),
              setting,
              Set.copyOf(request.getRemovedList()),
              request.getKeep()));
    }
    if (!request.getAllNodes()) {
      return answer(
          snapshot, planner.plan(snapshot, hosts(snapshot, request.getHostsList()), setting));
    }
    if (!(setting instanceof Hugepages pages) || request.getHostsCount() != 1) {
      throw Problem.invalid("only the hugepages of one host are shared among its NUMA nodes");
    }
    return answer(
        snapshot,
        planner.hugepages(
            snapshot,
            new HostName(request.getHosts(0)),
            pages.pageSizeBytes(),
            Optional.empty(),
            pages.count()));
  }

  private PlanResponse image(Snapshot snapshot, Set<HostName> hosts, ImageFile image) {
    ImagePlanner planner = new ImagePlanner();
    return answer(
        snapshot,
        image
            .content()
            .map(
                content ->
                    planner.fetch(
                        snapshot, new ImageSpec(image.name(), content, new TreeSet<>(hosts))))
            .orElseGet(() -> planner.remove(snapshot, hosts, image.name())));
  }

  PlanResponse pin(PlanPinRequest request) {
    Snapshot snapshot = cluster.snapshot();
    CpuPins pins = ModelCodec.fromProto(request.getPins());
    return answer(
        snapshot,
        new PinPlanner().plan(snapshot, new VmName(request.getVm()), pins, request.getOnce()));
  }

  PlanResponse migrate(PlanMigrateRequest request) {
    Snapshot snapshot = cluster.snapshot();
    return answer(
        snapshot,
        new MigratePlanner()
            .migrate(
                snapshot,
                new VmName(request.getVm()),
                request.getHost().isEmpty()
                    ? Optional.empty()
                    : Optional.of(new HostName(request.getHost())),
                limits(request.hasLimits(), request.getLimits()),
                policy.placement()));
  }

  PlanResponse drain(PlanDrainRequest request) {
    Snapshot snapshot = cluster.snapshot();
    return answer(
        snapshot,
        new MigratePlanner()
            .drain(
                snapshot,
                new HostName(request.getHost()),
                limits(request.hasLimits(), request.getLimits()),
                policy.placement()));
  }

  PlanResponse rebalance(PlanRebalanceRequest request) {
    Snapshot snapshot = cluster.snapshot();
    Extent extent = extent(request);
    return answer(
        snapshot,
        new RebalancePlanner()
            .plan(
                snapshot,
                RecentDemand.of(snapshot, cluster.history(), DemandPolicy.DEFAULT),
                limits(request.hasLimits(), request.getLimits()),
                policy.placement(),
                extent));
  }

  private Extent extent(PlanRebalanceRequest request) {
    Extent absent = policy.rebalance();
    Aim aim = request.hasPolicy() ? aim(request.getPolicy()) : absent.policy();
    try {
      return new Extent(
          request.hasMinGainPermille() ? request.getMinGainPermille() : absent.minGainPermille(),
          request.hasMaxMoves() ? request.getMaxMoves() : absent.maxMoves(),
          aim,
          request.hasConcurrent() ? request.getConcurrent() : absent.concurrent(),
          request.hasHotPercent() ? request.getHotPercent() : absent.hotPercent(),
          aim == absent.policy() ? absent.weights() : Weights.of(aim),
          absent.linkBytesPerSecond());
    } catch (IllegalArgumentException e) {
      throw Problem.invalid(String.valueOf(e.getMessage()));
    }
  }

  private static Aim aim(RebalancePolicy policy) {
    return switch (policy) {
      case REBALANCE_POLICY_BALANCE -> Aim.BALANCE;
      case REBALANCE_POLICY_CONSOLIDATE -> Aim.CONSOLIDATE;
      case REBALANCE_POLICY_STABLE -> Aim.STABLE;
      case REBALANCE_POLICY_UNSPECIFIED, UNRECOGNIZED ->
          throw Problem.invalid("policy is balance, consolidate or stable");
    };
  }

  private static MigrationLimits limits(boolean given, dev.ballast.v1.MigrationLimits limits) {
    return given ? ActionCodec.fromProto(limits) : MigrationLimits.DEFAULT;
  }

  PlanResponse limits(PlanLimitsRequest request) {
    Snapshot snapshot = cluster.snapshot();
    Optional<VmLimits> limits =
        request.hasLimits()
            ? Optional.of(LimitCodec.fromProto(request.getLimits()))
            : Optional.empty();
    return answer(snapshot, new LimitPlanner().plan(snapshot, new VmName(request.getVm()), limits));
  }

  PlanResponse guestTime(PlanGuestTimeRequest request) {
    Snapshot snapshot = cluster.snapshot();
    return answer(snapshot, new GuestTimePlanner().plan(snapshot, new VmName(request.getVm())));
  }

  PlanResponse snapshot(PlanSnapshotRequest request) {
    Snapshot snapshot = cluster.snapshot();
    SnapshotPlanner planner = new SnapshotPlanner(policy.placement());
    VmName vm = new VmName(request.getVm());
    String name = request.getName();
    return answer(
        snapshot,
        switch (request.getVerb()) {
          case SNAPSHOT_VERB_TAKE -> planner.take(snapshot, vm, name);
          case SNAPSHOT_VERB_REVERT -> planner.revert(snapshot, vm, name);
          case SNAPSHOT_VERB_DELETE -> planner.delete(snapshot, vm, name);
          case SNAPSHOT_VERB_UNSPECIFIED, UNRECOGNIZED ->
              throw Problem.invalid("a snapshot is taken, reverted to or deleted");
        });
  }

  PlanResponse purge(PlanPurgeRequest request) {
    Snapshot snapshot = cluster.snapshot();
    if (request.getOlderThanMillis() < 0) {
      throw Problem.invalid("an age is not negative");
    }
    return answer(
        snapshot,
        new PurgePlanner()
            .plan(
                snapshot,
                new HostName(request.getHost()),
                clock.millis() - request.getOlderThanMillis()));
  }

  PlanResponse rollback(String operationId) {
    Snapshot snapshot = cluster.snapshot();
    StoredOperation operation = operation(operationId);
    if (operation.dryRun()) {
      throw Problem.invalid(operationId + " was a dry run: there is nothing to roll back");
    }
    if (!operation.state().isEnded()) {
      throw Problem.invalid(operationId + " is still running; roll it back once it has ended");
    }
    List<ExecutedOperation> later =
        stores.operations().newest(LATER_OPERATION_LIMIT).stream()
            .filter(other -> !other.dryRun())
            .takeWhile(other -> !other.id().equals(operationId))
            .flatMap(other -> executed(other).stream())
            .toList()
            .reversed();
    ExecutedOperation target =
        executed(operation)
            .orElseThrow(
                () -> Problem.notFound(operation.planId() + " of " + operationId + " is gone"));
    return answer(snapshot, new RollbackPlanner(policy.placement()).plan(snapshot, target, later));
  }

  StoredOperation operation(String id) {
    return stores
        .operations()
        .get(id)
        .orElseThrow(
            () ->
                Problem.notFound(
                    "there is no operation '" + id + "'; 'ballast operations' lists them"));
  }

  private Optional<ExecutedOperation> executed(StoredOperation operation) {
    return stores
        .plans()
        .get(operation.planId())
        .map(
            stored ->
                new ExecutedOperation(
                    operation.id(),
                    stored.plan(),
                    stores.operations().steps(operation.id()).stream()
                        .flatMap(
                            step ->
                                step.outcome().stream()
                                    .map(outcome -> new StepResult(step.number(), outcome)))
                        .toList()));
  }

  /** Checks and keeps what was planned. */
  PlanResponse answer(Snapshot snapshot, PlanResult result) {
    return switch (result) {
      case PlanResult.Impossible(List<PlanProblem> problems) ->
          PlanResponse.newBuilder()
              .setParentVersion(snapshot.version())
              .addAllProblems(problems.stream().map(PlanProblem::toString).toList())
              .build();
      case PlanResult.Planned(Plan plan) -> checked(snapshot, plan);
    };
  }

  private PlanResponse checked(Snapshot snapshot, Plan plan) {
    List<Violation> violations = PlanChecker.check(snapshot, plan);
    if (!violations.isEmpty()) {
      return PlanResponse.newBuilder()
          .setParentVersion(snapshot.version())
          .setTitle(plan.title())
          .addAllProblems(violations.stream().map(v -> "the plan's check found: " + v).toList())
          .build();
    }
    if (plan.isEmpty() && plan.changes().isEmpty()) {
      return response("", plan);
    }
    String id = stores.plans().add(plan, PlanState.PLANNED, clock.millis());
    events.append(
        "plan",
        Optional.empty(),
        Optional.empty(),
        id + " by " + operators.current() + ": " + plan.title(),
        Map.of("plan", id, "operator", operators.current()));
    return response(id, plan);
  }

  PlanResponse get(String id) {
    StoredPlan stored =
        stores
            .plans()
            .get(id)
            .orElseThrow(
                () ->
                    Problem.notFound("there is no plan '" + id + "'; 'ballast plans' lists them"));
    return response(id, stored.plan());
  }

  ListPlansResponse list() {
    ListPlansResponse.Builder response = ListPlansResponse.newBuilder();
    stores.plans().newest(LIST_LIMIT).forEach(plan -> response.addPlans(Messages.summary(plan)));
    return response.build();
  }

  private static PlanResponse response(String id, Plan plan) {
    PlanResponse.Builder response =
        PlanResponse.newBuilder()
            .setPlanId(id)
            .setText(PlanText.render(plan))
            .setTitle(plan.title())
            .setParentVersion(plan.parentVersion());
    plan.steps().forEach(step -> response.addSteps(Messages.step(step)));
    plan.decisions().forEach(decision -> response.addDecisions(Messages.decision(decision)));
    PlanResponse whole = response.build();
    return whole.getSerializedSize() <= RESPONSE_BYTES_LIMIT ? whole : shortened(response);
  }

  /** What an answer has at most; the text of a larger plan tells all that matters. */
  private static final int RESPONSE_BYTES_LIMIT = WireLimits.OPERATOR_MESSAGE_BYTES * 3 / 4;

  private static PlanResponse shortened(PlanResponse.Builder response) {
    response.getStepsBuilderList().forEach(dev.ballast.v1.PlanStep.Builder::clearPlanned);
    PlanResponse slim = response.build();
    if (slim.getSerializedSize() <= RESPONSE_BYTES_LIMIT) {
      return slim;
    }
    return response.clearSteps().clearDecisions().build();
  }
}
