package dev.ballast.core.planning;

import dev.ballast.core.action.MigrationLimits;
import dev.ballast.core.demand.VmDemand;
import dev.ballast.core.model.Assignment;
import dev.ballast.core.model.Automation;
import dev.ballast.core.model.CpuPolicy;
import dev.ballast.core.model.DomainState;
import dev.ballast.core.model.HostName;
import dev.ballast.core.model.HostView;
import dev.ballast.core.model.ObservedDomain;
import dev.ballast.core.model.Snapshot;
import dev.ballast.core.model.VmName;
import dev.ballast.core.model.VmSpec;
import dev.ballast.core.placement.BestFitPlacer;
import dev.ballast.core.placement.MigrationFit;
import dev.ballast.core.placement.PlacementPolicy;
import dev.ballast.core.placement.PlacementResult;
import dev.ballast.core.placement.Placer;
import dev.ballast.core.plan.Decision;
import dev.ballast.core.plan.Origin;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Plans live migrations that even out what the hosts' VMs want, when an operator asks for it. Pure.
 *
 * <p>Share of a host = demand of its running VMs / capacity. Move by move: of the VMs of the host
 * with the highest share the one, and of the other hosts the one, whose move lowers the higher of
 * the two shares most, then the one with the lowest share; as long as that gains at least {@code
 * minGainPermille} and moves are left. A VM moves once. Each move is possible in the state that the
 * moves before it leave, since they follow one another.
 */
public final class RebalancePlanner {
  private static final long PERMILLE = 1_000;

  private final Placer placer;

  public RebalancePlanner() {
    this(new BestFitPlacer());
  }

  public RebalancePlanner(Placer placer) {
    this.placer = placer;
  }

  /**
   * How far a rebalancing goes.
   *
   * @param minGainPermille each move must lower the higher share of its two hosts by this
   * @param maxMoves at most so many VMs move
   */
  public record Extent(long minGainPermille, int maxMoves) {
    public static final Extent DEFAULT = new Extent(100, 16);

    public Extent {
      if (minGainPermille < 1 || minGainPermille > PERMILLE || maxMoves < 1 || maxMoves > 10_000) {
        throw new IllegalArgumentException(
            "minGainPermille is 1-1000 and maxMoves 1-10000, not "
                + minGainPermille
                + " and "
                + maxMoves);
      }
    }
  }

  private record Move(Assignment from, Assignment to, long before, long after, long there) {
    long gain() {
      return before - after;
    }
  }

  /**
   * Plans the moves; an empty plan where nothing gains enough.
   *
   * @param demand of VMs; one that is not named counts by its last sample
   */
  public PlanResult plan(
      Snapshot snapshot,
      Map<VmName, VmDemand> demand,
      MigrationLimits limits,
      PlacementPolicy policy,
      Extent extent) {
    PlanDraft draft = new PlanDraft(snapshot);
    Migrations migrations = new Migrations(snapshot, limits, draft);
    Set<VmName> moved = new HashSet<>();
    Snapshot working = snapshot;
    while (moved.size() < extent.maxMoves()) {
      Optional<Move> best = best(working, demand, policy, moved);
      if (best.isEmpty() || best.get().gain() < extent.minGainPermille()) {
        break;
      }
      Move move = best.get();
      VmName vm = move.to().vm();
      ObservedDomain domain = snapshot.domain(move.from().host(), vm).orElseThrow();
      moved.add(vm);
      migrations.move(domain, move.from().host(), move.to());
      draft.decide(decision(move, domain));
      working = after(working, move);
    }
    if (moved.isEmpty()) {
      draft.decide(
          new Decision(
              "wait",
              Optional.empty(),
              "no move lowers the higher share of two hosts by "
                  + extent.minGainPermille() / 10
                  + " points: "
                  + shares(working, demand),
              "none",
              "none",
              List.of()));
    }
    return draft.finish("rebalance: migrate " + moved.size() + " VMs", Origin.OPERATOR);
  }

  private static Decision decision(Move move, ObservedDomain domain) {
    return new Decision(
        "migrate",
        Optional.of(move.to().vm()),
        "an operator rebalances: it moves from "
            + move.from().host()
            + " to "
            + move.to().host()
            + ", the higher share of the two falls from "
            + move.before() / 10
            + " % to "
            + move.after() / 10
            + " %",
        (domain.memoryBytes() >> 20) + " MiB of memory over the network",
        move.gain() / 10 + " points",
        List.of());
  }

  private Optional<Move> best(
      Snapshot state, Map<VmName, VmDemand> demand, PlacementPolicy policy, Set<VmName> moved) {
    SortedMap<HostName, Long> wanted = new TreeMap<>();
    state.hosts().values().forEach(view -> wanted.put(view.name(), wanted(view, demand)));
    List<HostView> byShare =
        state.hosts().values().stream()
            .filter(view -> view.connected() && !view.frozen() && !view.observeOnly())
            .sorted(
                Comparator.comparingLong(
                        (HostView view) -> -share(wanted.getOrDefault(view.name(), 0L), view))
                    .thenComparing(HostView::name))
            .toList();
    if (byShare.size() < 2) {
      return Optional.empty();
    }
    HostView hot = byShare.getFirst();
    List<Move> moves = new ArrayList<>();
    for (ObservedDomain domain : hot.domains().values()) {
      VmSpec spec = state.specs().get(domain.name());
      Assignment assignment = state.assignments().get(domain.name());
      if (spec == null
          || assignment == null
          || moved.contains(domain.name())
          || !isMovable(state, spec, assignment, domain)) {
        continue;
      }
      for (HostView target : byShare.subList(1, byShare.size())) {
        move(state, hot, target, spec, assignment, wanted, vmWanted(hot, domain, demand), policy)
            .ifPresent(moves::add);
      }
    }
    return moves.stream()
        .min(
            Comparator.comparingLong(Move::after)
                .thenComparingLong(Move::there)
                .thenComparing(move -> move.to().vm())
                .thenComparing(move -> move.to().host()));
  }

  private static boolean isMovable(
      Snapshot state, VmSpec spec, Assignment assignment, ObservedDomain domain) {
    return domain.state() == DomainState.RUNNING
        && !state.frozenVms().contains(spec.name())
        && spec.pins().isEmpty()
        && !assignment.override()
        && spec.cpuPolicy() == CpuPolicy.SHARED
        && spec.automation() != Automation.OFF;
  }

  private Optional<Move> move(
      Snapshot state,
      HostView hot,
      HostView target,
      VmSpec spec,
      Assignment assignment,
      SortedMap<HostName, Long> wanted,
      long vmWanted,
      PlacementPolicy policy) {
    long before = share(wanted.getOrDefault(hot.name(), 0L), hot);
    long left = share(wanted.getOrDefault(hot.name(), 0L) - vmWanted, hot);
    long there = share(wanted.getOrDefault(target.name(), 0L) + vmWanted, target);
    boolean allowed = spec.hosts().isEmpty() || spec.hosts().contains(target.name());
    if (Math.max(left, there) >= before
        || !allowed
        || MigrationFit.obstacle(spec, hot, target).isPresent()) {
      return Optional.empty();
    }
    VmSpec bound = spec.withPlacement(new TreeSet<>(List.of(target.name())), spec.pins());
    PlacementResult result = placer.place(state, List.of(bound), policy);
    return Optional.ofNullable(result.placed().get(spec.name()))
        .filter(placed -> result.yielding().isEmpty())
        .map(
            placed ->
                new Move(assignment, placed.assignment(), before, Math.max(left, there), there));
  }

  private static Snapshot after(Snapshot state, Move move) {
    SortedMap<HostName, HostView> hosts = new TreeMap<>(state.hosts());
    SortedMap<VmName, Assignment> assignments = new TreeMap<>(state.assignments());
    VmName vm = move.to().vm();
    ObservedDomain domain = state.domain(move.from().host(), vm).orElseThrow();
    hosts.computeIfPresent(
        move.from().host(),
        (name, view) -> {
          SortedMap<VmName, ObservedDomain> domains = new TreeMap<>(view.domains());
          domains.remove(vm);
          return view.withDomains(domains);
        });
    hosts.computeIfPresent(
        move.to().host(),
        (name, view) -> {
          SortedMap<VmName, ObservedDomain> domains = new TreeMap<>(view.domains());
          domains.put(vm, domain);
          return view.withDomains(domains);
        });
    assignments.put(vm, move.to());
    return state.with(hosts, assignments);
  }

  private static long wanted(HostView view, Map<VmName, VmDemand> demand) {
    return view.domains().values().stream()
        .filter(domain -> domain.state().isActive())
        .mapToLong(domain -> vmWanted(view, domain, demand))
        .sum();
  }

  private static long vmWanted(HostView view, ObservedDomain domain, Map<VmName, VmDemand> demand) {
    VmDemand known = demand.get(domain.name());
    return known != null
        ? known.expectedMillis()
        : view.load().vms().stream()
            .filter(load -> load.vm().equals(domain.name()))
            .mapToLong(load -> load.usageMillis())
            .findFirst()
            .orElse(0);
  }

  private static long share(long wantedMillis, HostView view) {
    return wantedMillis * PERMILLE / Math.max(1, view.inventory().cpuCapacityMillis());
  }

  private static String shares(Snapshot state, Map<VmName, VmDemand> demand) {
    List<String> texts = new ArrayList<>();
    for (HostView view : state.hosts().values()) {
      texts.add(view.name() + " " + share(wanted(view, demand), view) / 10 + " %");
    }
    return String.join(", ", texts.subList(0, Math.min(20, texts.size())));
  }
}
