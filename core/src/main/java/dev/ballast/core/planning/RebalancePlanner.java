package dev.ballast.core.planning;

import dev.ballast.core.action.MigrationLimits;
import dev.ballast.core.balance.MigrationPolicy;
import dev.ballast.core.balance.MoveCost;
import dev.ballast.core.demand.VmDemand;
import dev.ballast.core.model.Assignment;
import dev.ballast.core.model.ObservedDomain;
import dev.ballast.core.model.Snapshot;
import dev.ballast.core.model.VmLimits;
import dev.ballast.core.model.VmName;
import dev.ballast.core.model.VmSpec;
import dev.ballast.core.placement.PlacementPolicy;
import dev.ballast.core.placement.Seating;
import dev.ballast.core.placement.Weights;
import dev.ballast.core.plan.Origin;
import dev.ballast.core.planning.Lowering.Forbidden;
import dev.ballast.core.search.Aim;
import dev.ballast.core.search.Relocation;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Plans live migrations that an operator asks for. Pure.
 *
 * <p>The snapshot is {@linkplain Lowering lowered}; {@link Relocation} gives moves in order and in
 * waves: first those that take hosts below {@code hotPercent} of their CPU capacity, then as the
 * {@link Aim} wants. Each move is then seated on nodes and CPUs in the state that the moves before
 * it leave; where a host has no seat for a VM, all is planned anew without that host for that VM.
 *
 * <p>A VM moves once. A host takes part in one migration at a time, the cluster in {@code
 * concurrent}; while a VM moves its memory is held on both hosts.
 */
public final class RebalancePlanner {
  /** So often a host without a seat is taken out and all is planned anew. */
  static final int ROUND_LIMIT = 32;

  /** A whole host, as points count. */
  private static final double WHOLE_POINTS = 100;

  /**
   * How far a rebalancing goes.
   *
   * @param minGainPermille under {@code BALANCE} each move must lower the higher share of its two
   *     hosts by this
   * @param maxMoves at most so many VMs move
   * @param concurrent so many migrations at once in the cluster
   * @param hotPercent a host whose VMs want more of its CPU capacity is relieved, and none comes to
   *     it
   * @param weights of what moves gain and cost
   * @param linkBytesPerSecond what a migration is taken to get of the network
   */
  public record Extent(
      long minGainPermille,
      int maxMoves,
      Aim policy,
      int concurrent,
      int hotPercent,
      Weights weights,
      long linkBytesPerSecond) {
    public static final Extent DEFAULT = new Extent(100, 16, Aim.BALANCE, 4, 85);
    public static final int CONCURRENT_LIMIT = 1_000;

    /** With the policy's usual weights and the link that relief assumes. */
    public Extent(long minGainPermille, int maxMoves, Aim policy, int concurrent, int hotPercent) {
      this(
          minGainPermille,
          maxMoves,
          policy,
          concurrent,
          hotPercent,
          Weights.of(policy),
          MigrationPolicy.DEFAULT.linkBytesPerSecond());
    }

    public Extent {
      if (minGainPermille < 1 || minGainPermille > 1_000 || maxMoves < 1 || maxMoves > 10_000) {
        throw new IllegalArgumentException(
            "minGainPermille is 1-1000 and maxMoves 1-10000, not "
                + minGainPermille
                + " and "
                + maxMoves);
      }
      if (concurrent < 1 || concurrent > CONCURRENT_LIMIT || hotPercent < 1 || hotPercent > 1_000) {
        throw new IllegalArgumentException(
            "concurrent and hotPercent are 1-1000, not " + concurrent + " and " + hotPercent);
      }
      if (linkBytesPerSecond < 1) {
        throw new IllegalArgumentException("linkBytesPerSecond is at least 1");
      }
    }

    /** Even shares, with the defaults of everything else. */
    public Extent(long minGainPermille, int maxMoves) {
      this(minGainPermille, maxMoves, DEFAULT.policy(), DEFAULT.concurrent(), DEFAULT.hotPercent());
    }

    Relocation.Policy relocation(
        Snapshot snapshot, LoweredCluster lowered, MigrationLimits limits) {
      return new Relocation.Policy(
          maxMoves,
          concurrent,
          1,
          lowered.fixedItems(),
          policy,
          minGainPermille / 1000.0,
          false,
          new Relocation.Prices(
              weights.imbalance() * WHOLE_POINTS,
              weights.mismatch() * WHOLE_POINTS,
              weights.consolidation() * WHOLE_POINTS,
              LoweredCluster.MEMORY,
              LoweredCluster.CPU_DEMAND,
              pricesOfMoves(snapshot, lowered, limits)));
    }

    private double[] pricesOfMoves(
        Snapshot snapshot, LoweredCluster lowered, MigrationLimits limits) {
      double[] prices = new double[lowered.vms().size()];
      for (int item = 0; item < prices.length; item++) {
        VmName vm = lowered.vms().get(item);
        VmSpec spec = snapshot.specs().get(vm);
        if (spec != null) {
          VmLimits ofVm = snapshot.limitOverrides().getOrDefault(vm, spec.limits());
          long wanted = lowered.requirement(item, LoweredCluster.CPU_DEMAND);
          prices[item] =
              new MoveCost(spec.memoryBytes(), wanted, ofVm)
                  .points(weights, linkBytesPerSecond, limits.downtimeMillis());
        }
      }
      return prices;
    }
  }

  /** A move with its seat. */
  private record Seated(Relocation.Move move, Assignment from, Assignment to) {}

  /** What one round gave: the moves up to the first that had no seat. */
  private record Round(LoweredCluster lowered, Relocation.Plan found, List<Seated> seated) {
    boolean isWhole() {
      return seated.size() == found.moves().size();
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
    return plan(
        new Question(snapshot, demand, limits, policy, extent, Bounds.NONE, Origin.OPERATOR));
  }

  /**
   * What is to be planned.
   *
   * @param demand of VMs; one that is not named counts by its last sample
   * @param origin who asks
   */
  public record Question(
      Snapshot snapshot,
      Map<VmName, VmDemand> demand,
      MigrationLimits limits,
      PlacementPolicy policy,
      Extent extent,
      Bounds bounds,
      Origin origin) {}

  /** Plans the moves; an empty plan where nothing gains enough. */
  public PlanResult plan(Question question) {
    Set<Forbidden> forbidden = new HashSet<>();
    Round round = round(question, forbidden);
    for (int i = 1; i < ROUND_LIMIT && !round.isWhole(); i++) {
      round = round(question, forbidden);
    }
    return planned(question, round);
  }

  private static Round round(Question question, Set<Forbidden> forbidden) {
    Snapshot snapshot = question.snapshot();
    Extent extent = question.extent();
    LoweredCluster lowered =
        Lowering.of(
            snapshot,
            question.demand(),
            question.policy(),
            extent.hotPercent(),
            forbidden,
            question.bounds());
    Relocation.Plan found =
        Relocation.plan(
            lowered.problem(),
            lowered.rules(),
            extent.relocation(snapshot, lowered, question.limits()));
    Seating seating = new Seating(snapshot, question.policy());
    List<Seated> seated = new ArrayList<>();
    for (Relocation.Move move : inWaves(found.moves())) {
      VmName vm = lowered.vms().get(move.item());
      VmSpec spec = snapshot.specs().get(vm);
      Assignment from = snapshot.assignments().get(vm);
      if (spec == null || from == null) {
        throw new IllegalStateException(vm + " has no specification, and moves");
      }
      Seating.Answer answer = seating.move(spec, from.host(), lowered.hosts().get(move.to()));
      if (answer.assignment().isEmpty()) {
        forbidden.add(new Forbidden(vm, lowered.hosts().get(move.to())));
        break;
      }
      seated.add(new Seated(move, from, answer.assignment().get()));
    }
    return new Round(lowered, found, seated);
  }

  private static List<Relocation.Move> inWaves(List<Relocation.Move> moves) {
    return moves.stream().sorted(Comparator.comparingInt(Relocation.Move::wave)).toList();
  }

  private static PlanResult planned(Question question, Round round) {
    Snapshot snapshot = question.snapshot();
    PlanDraft draft = new PlanDraft(snapshot);
    Migrations migrations = new Migrations(snapshot, question.limits(), draft);
    RebalanceText text = new RebalanceText(question);
    int wave = 0;
    for (Seated seated : round.seated()) {
      if (seated.move().wave() > wave) {
        wave = seated.move().wave();
        migrations.nextWave();
      }
      VmName vm = seated.to().vm();
      ObservedDomain domain = snapshot.domain(seated.from().host(), vm).orElseThrow();
      migrations.move(domain, seated.from().host(), seated.to());
      draft.decide(text.moved(seated.move().purpose(), seated.from(), seated.to(), domain));
    }
    round.found().refusals().forEach(refusal -> draft.decide(text.stays(round.lowered(), refusal)));
    if (round.seated().isEmpty()) {
      draft.decide(text.nothing());
    }
    return draft.finish("rebalance: migrate " + round.seated().size() + " VMs", question.origin());
  }
}
