package dev.ballast.core.balance;

import dev.ballast.core.action.Expectation.DomainRecord;
import dev.ballast.core.action.Final.MigrateDomain;
import dev.ballast.core.action.PlannedAction;
import dev.ballast.core.model.Assignment;
import dev.ballast.core.model.Automation;
import dev.ballast.core.model.Capability;
import dev.ballast.core.model.HostName;
import dev.ballast.core.model.HostView;
import dev.ballast.core.model.MemoryNodes;
import dev.ballast.core.model.ObservedDomain;
import dev.ballast.core.model.Snapshot;
import dev.ballast.core.model.VmLimits;
import dev.ballast.core.model.VmName;
import dev.ballast.core.model.VmSpec;
import dev.ballast.core.placement.MigrationFit;
import dev.ballast.core.placement.PlacementPolicy;
import dev.ballast.core.placement.PlacementResult;
import dev.ballast.core.placement.Placer;
import dev.ballast.core.plan.Decision;
import dev.ballast.core.plan.DesiredChange;
import dev.ballast.core.plan.Origin;
import dev.ballast.core.plan.Plan;
import dev.ballast.core.plan.PlanStep;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Finds the one VM whose move to another host helps most for its cost.
 *
 * <p>Candidates are the {@value #GUEST_LIMIT} movable VMs that want most; targets the {@value
 * #TARGET_LIMIT} hosts with most capacity left that can take the VM and whose VMs, with it, want at
 * most {@code hostPercent} of their capacity on no CPU above the target. Of the moves that gain at
 * least {@code minGainMillis} those that end the overload come first, then those of VMs that
 * automation may move at once, then the cheapest:
 *
 * <pre>
 * cost = {@link MoveCost}, with the weights of the placement's policy
 * </pre>
 *
 * then the target with the lowest share of its capacity wanted afterwards, then by name.
 */
final class MoveSearch {
  static final int GUEST_LIMIT = 24;
  static final int TARGET_LIMIT = 32;

  private static final Comparator<Move> ORDER =
      Comparator.comparing((Move move) -> move.leftMillis() > 0)
          .thenComparing(Move::recommended)
          .thenComparingDouble(Move::points)
          .thenComparingLong(Move::costMillis)
          .thenComparingLong(Move::leftMillis)
          .thenComparingLong(Move::targetPermille)
          .thenComparing(move -> move.guest().vm())
          .thenComparing(move -> move.assignment().host());

  private final Snapshot snapshot;
  private final HotHost hot;
  private final Overload overload;
  private final ReliefPolicy policy;
  private final ReliefHistory history;
  private final long nowMillis;
  private final Placer placer;
  private final PlacementPolicy placement;
  private final SortedMap<HostName, HotHost> targets = new TreeMap<>();
  private final SortedMap<HostName, String> closed = new TreeMap<>();
  private final List<Move> moves = new ArrayList<>();
  private final List<String> rejected = new ArrayList<>();

  MoveSearch(
      Snapshot snapshot,
      HotHost hot,
      Overload overload,
      ReliefPolicy policy,
      ReliefHistory history,
      long nowMillis,
      Placer placer,
      PlacementPolicy placement) {
    this.snapshot = snapshot;
    this.hot = hot;
    this.overload = overload;
    this.policy = policy;
    this.history = history;
    this.nowMillis = nowMillis;
    this.placer = placer;
    this.placement = placement;
  }

  /**
   * One VM to one host.
   *
   * @param leftMillis the overload of the source afterwards
   * @param costMillis how long its memory is sent
   * @param points its whole cost, in weighted points
   * @param targetPermille what the VMs of the target then want, in thousandths of its capacity
   */
  record Move(
      Guest guest,
      Assignment assignment,
      boolean recommended,
      long costMillis,
      double points,
      long leftMillis,
      long targetPermille) {}

  Optional<Move> best() {
    String obstacle = clusterObstacle();
    if (!obstacle.isEmpty()) {
      rejected.add("migrate: " + obstacle);
      return Optional.empty();
    }
    openTargets();
    hot.guests().stream()
        .sorted(Comparator.comparingLong(Guest::demandMillis).reversed().thenComparing(Guest::vm))
        .limit(GUEST_LIMIT)
        .forEach(this::consider);
    return moves.stream().min(ORDER);
  }

  private String clusterObstacle() {
    long rest = history.migrationRestMillis(hot.name(), policy.migration(), nowMillis);
    if (hot.view().inventory().lacks().containsKey(Capability.MIGRATION)) {
      return "it sends none: " + hot.view().inventory().lacks().get(Capability.MIGRATION);
    } else if (history.migrating().contains(hot.name())) {
      return "one from or to it is underway";
    } else if (history.migrating().size() / 2 >= policy.migration().concurrentLimit()) {
      return policy.migration().concurrentLimit() + " are underway in the cluster";
    } else if (rest > 0) {
      return "one from or to it ended a short time ago; it rests for " + rest / 1000 + " s more";
    }
    return "";
  }

  private void openTargets() {
    List<HostView> open = new ArrayList<>();
    for (HostView view : snapshot.hosts().values()) {
      if (view.name().equals(hot.name())) {
        continue;
      }
      String why = closed(view);
      if (why.isEmpty()) {
        open.add(view);
      } else {
        closed.put(view.name(), why);
      }
    }
    open.stream()
        .sorted(
            Comparator.comparingLong(
                    (HostView view) ->
                        view.load().usageMillis() - view.inventory().cpuCapacityMillis())
                .thenComparing(HostView::name))
        .limit(TARGET_LIMIT)
        .forEach(
            view ->
                targets.put(
                    view.name(), new HotHost(snapshot, view, Map.of(), history, nowMillis)));
  }

  private String closed(HostView view) {
    long rest = history.migrationRestMillis(view.name(), policy.migration(), nowMillis);
    if (!view.connected()) {
      return "is not connected";
    } else if (view.frozen() || view.observeOnly()) {
      return "is frozen or only observed";
    } else if (view.cordoned()) {
      return "is cordoned";
    } else if (view.automation() == Automation.OFF) {
      return "has automation off";
    } else if (view.inventory().migrationUri().isEmpty()) {
      return MigrationFit.noEndpoint(view);
    } else if (history.migrating().contains(view.name())) {
      return "takes part in a migration";
    } else if (rest > 0) {
      return "rests for " + rest / 1000 + " s more";
    } else if (view.load().epochMillis() == 0) {
      return "has sent no telemetry yet";
    }
    return "";
  }

  private void consider(Guest guest) {
    VmSpec spec = snapshot.specs().get(guest.vm());
    long left = overload.without(guest, hot);
    long gain = overload.totalMillis() - left;
    if (!guest.movable() || spec == null) {
      rejected.add("move " + guest.vm() + ": " + guest.fixed());
    } else if (gain < policy.migration().minGainMillis()) {
      rejected.add(
          "move " + guest.vm() + ": gains " + Overload.percent(gain) + ", which is not enough");
    } else {
      targets.forEach((name, target) -> consider(guest, spec, left, target));
    }
  }

  private void consider(Guest guest, VmSpec spec, long left, HotHost target) {
    HostView view = target.view();
    long capacity = Math.max(1, view.inventory().cpuCapacityMillis());
    long wanted = target.demandMillis() + guest.demandMillis();
    String why = MigrationFit.obstacle(spec, hot.view(), view).orElse("");
    if (why.isEmpty() && wanted * 100 > capacity * policy.migration().hostPercent()) {
      why = "its VMs would want " + Overload.percent(wanted) + " of " + Overload.percent(capacity);
    }
    if (!why.isEmpty()) {
      reject(guest, view.name(), why);
      return;
    }
    TreeSet<HostName> only = new TreeSet<>(List.of(view.name()));
    if (!spec.hosts().isEmpty() && !spec.hosts().contains(view.name())) {
      reject(guest, view.name(), "is not in placement.hosts");
      return;
    }
    PlacementResult result =
        placer.place(snapshot, List.of(spec.withPlacement(only, spec.pins())), placement);
    var placed = result.placed().get(guest.vm());
    if (placed == null || !result.yielding().isEmpty()) {
      reject(
          guest,
          view.name(),
          placed == null ? String.valueOf(vetoes(result, guest.vm(), view.name())) : "is crowded");
      return;
    }
    CpuLoads loads = target.loads().copy();
    loads.add(placed.assignment().pins(), guest.perVcpuMillis());
    if (loads.overload(policy.targetMillis()) > target.loads().overload(policy.targetMillis())) {
      reject(guest, view.name(), "a CPU there would be at " + Overload.percent(loads.highest()));
      return;
    }
    Automation level = guest.level().and(view.automation());
    MoveCost cost = moveCost(guest, spec);
    long link = policy.migration().linkBytesPerSecond();
    moves.add(
        new Move(
            guest,
            placed.assignment(),
            level != Automation.AUTO,
            cost.transferMillis(link),
            cost.points(placement.weights(), link, policy.migration().limits().downtimeMillis()),
            left,
            wanted * 1000 / capacity));
  }

  private static List<String> vetoes(PlacementResult result, VmName vm, HostName host) {
    var unplaceable = result.unplaceable().get(vm);
    return unplaceable == null
        ? List.of()
        : unplaceable.vetoes().getOrDefault(host, List.of()).stream()
            .map(veto -> veto.reason())
            .toList();
  }

  private void reject(Guest guest, HostName target, String why) {
    if (rejected.size() < GUEST_LIMIT) {
      rejected.add("move " + guest.vm() + " to " + target + ": " + why);
    }
  }

  private MoveCost moveCost(Guest guest, VmSpec spec) {
    VmLimits limits = snapshot.limitOverrides().getOrDefault(guest.vm(), spec.limits());
    return new MoveCost(memoryBytes(guest), guest.demandMillis(), limits);
  }

  private long memoryBytes(Guest guest) {
    return snapshot.domain(hot.name(), guest.vm()).map(ObservedDomain::memoryBytes).orElse(0L);
  }

  List<String> rejected() {
    List<String> all = new ArrayList<>(rejected);
    closed.forEach((host, why) -> all.add("any move to " + host + ": " + why));
    return all.subList(0, Math.min(all.size(), GUEST_LIMIT));
  }

  /** One sentence. */
  String whyNone() {
    List<String> all = rejected();
    return all.isEmpty() ? "there is no other host" : all.getFirst();
  }

  /** The next best moves, and what could not be done. */
  List<String> others(Move chosen) {
    List<String> others = new ArrayList<>();
    moves.stream()
        .filter(move -> !move.equals(chosen))
        .sorted(ORDER)
        .limit(5)
        .forEach(
            move ->
                others.add(
                    "move "
                        + move.guest().vm()
                        + " to "
                        + move.assignment().host()
                        + ": leaves "
                        + Overload.percent(move.leftMillis())
                        + " overload, costs "
                        + move.costMillis()
                        + " ms of the link"));
    others.addAll(rejected());
    return others;
  }

  Decision decision(Move move, List<String> notTaken) {
    HostName target = move.assignment().host();
    return new Decision(
        "migrate",
        Optional.of(move.guest().vm()),
        (move.recommended() ? "recommended, waits for apply: " : "")
            + overload.text()
            + " and no new pins suffice: it moves to "
            + target
            + ", whose VMs then want "
            + move.targetPermille() / 10
            + " % of its capacity",
        "1 live migration of "
            + (memoryBytes(move.guest()) >> 20)
            + " MiB, about "
            + move.costMillis()
            + " ms of the link",
        "overload "
            + Overload.percent(overload.totalMillis())
            + " -> "
            + Overload.percent(move.leftMillis()),
        notTaken);
  }

  private Optional<MemoryNodes> memory(VmName vm, Move move) {
    VmSpec spec = snapshot.specs().get(vm);
    HostView target = snapshot.hosts().get(move.assignment().host());
    return spec == null || target == null
        ? Optional.empty()
        : MemoryNodes.of(spec, move.assignment(), target.inventory().topology());
  }

  Plan plan(Move move, Decision decision) {
    VmName vm = move.guest().vm();
    ObservedDomain domain = snapshot.domain(hot.name(), vm).orElseThrow();
    Assignment former = snapshot.assignments().get(vm);
    HostName target = move.assignment().host();
    String uri =
        Optional.ofNullable(snapshot.hosts().get(target))
            .flatMap(view -> view.inventory().migrationUri())
            .orElseThrow();
    MigrateDomain migrate =
        new MigrateDomain(
            vm,
            target,
            uri,
            move.assignment().pins(),
            policy.migration().limits(),
            memory(vm, move));
    PlanStep step =
        new PlanStep(
            1, hot.name(), new PlannedAction(migrate, DomainRecord.of(domain)), new TreeSet<>());
    return new Plan(
        "relieve " + hot.name() + ": migrate " + vm + " to " + target,
        Origin.BALANCER,
        snapshot.version(),
        List.of(step),
        List.of(new DesiredChange.PutAssignment(move.assignment())),
        List.of(decision),
        former == null ? List.of() : List.of(new DesiredChange.PutAssignment(former)));
  }

  ReliefHistory history(Move move) {
    return history.migrated(
        hot.name(), move.assignment().host(), move.guest().vm(), policy, nowMillis);
  }
}
