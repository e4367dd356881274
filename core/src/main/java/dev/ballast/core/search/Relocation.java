package dev.ballast.core.search;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Ordered moves that take load off bins above their safety, few and cheap ones, each possible in
 * the state that the moves before it leave, with the moved item's room held on both sides.
 *
 * <p>Bins are relieved the hottest first. Of a hot bin's items that one moves which ends its
 * overload at the least move cost; if none does, the one that takes most off it. It goes where,
 * with it, the scarcest resource stays most free, and where no safety is exceeded. Where no item
 * finds a place, two change places, through a third bin if neither has room for the other first.
 * What stays hot is reported with the reason.
 *
 * <p>Then, as the {@link Aim} wants, the rest is {@linkplain Levelling levelled} or bins are
 * {@linkplain Emptying emptied}.
 */
public final class Relocation {
  /** Bins looked at for an exchange, the freest first. */
  private static final int EXCHANGE_BINS = 64;

  private final Problem problem;
  private final Policy policy;
  private final Fleet fleet;
  private final Moves moves;
  private @org.jspecify.annotations.Nullable Cycle cycle; // that the last exchange met

  /**
   * What a relocation may do.
   *
   * @param maxMoves over all
   * @param concurrent moves in one wave at most; in a wave no bin is part of two moves
   * @param minGain the weighted overload that a move must take off
   * @param fixed by item: whether it may not move
   * @param minShareGain what a levelling move must take off the higher share of its two bins
   * @param asides whether an item may move more than once, to make room for others meanwhile
   * @param prices what moves must be worth besides
   */
  @SuppressWarnings("ArrayRecordComponent") // as large as the problem's own arrays
  public record Policy(
      int maxMoves,
      int concurrent,
      long minGain,
      boolean[] fixed,
      Aim aim,
      double minShareGain,
      boolean asides,
      Prices prices) {
    /** Moves that cost nothing but their number. */
    public Policy(
        int maxMoves,
        int concurrent,
        long minGain,
        boolean[] fixed,
        Aim aim,
        double minShareGain,
        boolean asides) {
      this(maxMoves, concurrent, minGain, fixed, aim, minShareGain, asides, Prices.NONE);
    }

    /** Ends overload and nothing else. */
    public Policy(int maxMoves, int concurrent, long minGain, boolean[] fixed) {
      this(maxMoves, concurrent, minGain, fixed, Aim.STABLE, 1, true);
    }

    public Policy {
      if (maxMoves < 0 || concurrent < 1) {
        throw new IllegalArgumentException("no negative moves, and at least one at a time");
      }
    }
  }

  /**
   * What levelling and emptying weigh against each other, in one unit. Shares count from 0 to 1.
   *
   * @param imbalance of the higher share of a move's two bins
   * @param mismatch of the difference between the free shares of two resources in each of the bins
   * @param emptied of a bin that becomes empty
   * @param first the one resource of mismatch
   * @param second the other
   * @param ofMove by item: what its move costs; shorter where moves cost nothing
   */
  @SuppressWarnings("ArrayRecordComponent") // as large as the problem's own arrays
  public record Prices(
      double imbalance, double mismatch, double emptied, int first, int second, double[] ofMove) {
    public static final Prices NONE = new Prices(1, 0, 1, 0, 0, new double[0]);

    double ofMove(int item) {
      return item < ofMove.length ? ofMove[item] : 0;
    }
  }

  /** What a move is for. */
  public enum Purpose {
    RELIEF,
    LEVELLING,
    EMPTYING
  }

  /**
   * One item goes from one bin to another.
   *
   * @param wave moves of one wave may run at once; a wave starts when the one before it is done
   * @param gain the weighted overload that it takes off; 0 for a step aside
   */
  public record Move(int item, int from, int to, int wave, long gain, Purpose purpose) {}

  /** Why a bin stays above its safety. */
  public enum Reason {
    /** None of its items may move. */
    FIXED,
    /** No other bin has room for any of its items, directly or by an exchange. */
    NO_ROOM,
    /** Bins have room, but rules or groups forbid each of them. */
    FORBIDDEN,
    /** As many moves as the policy allows are planned. */
    MOVE_LIMIT,
    /** No single move takes off as much as the policy wants. */
    SMALL_GAIN,
    /** Two items could change places, but only by a step aside, and items move once. */
    CYCLE
  }

  /**
   * Two items that each wait for the other's room.
   *
   * @param item of the hot bin
   * @param back of the other
   * @param third a bin in which that one could wait meanwhile
   */
  public record Cycle(int item, int back, int third) {}

  /**
   * A bin that stays above its safety by that weighted overload.
   *
   * @param cycle where that is the reason
   */
  public record Refusal(int bin, long overload, Reason reason, Optional<Cycle> cycle) {
    /** For another reason than a cycle. */
    public Refusal(int bin, long overload, Reason reason) {
      this(bin, overload, reason, Optional.empty());
    }
  }

  /** The moves in order, and what they cannot relieve. */
  public record Plan(List<Move> moves, List<Refusal> refusals) {}

  private Relocation(Problem problem, Rules rules, Policy policy) {
    this.problem = problem;
    this.policy = policy;
    this.fleet = new Fleet(problem, rules);
    this.moves = new Moves(problem, rules, fleet, policy);
  }

  /** Plans from the problem's initial assignment. */
  public static Plan plan(Problem problem, Rules rules, Policy policy) {
    return new Relocation(problem, rules, policy).run();
  }

  private Plan run() {
    List<Refusal> refusals = new ArrayList<>();
    int[] hot = fleet.hotBins();
    for (int bin : hot) {
      relieve(bin).ifPresent(refusals::add);
    }
    switch (policy.aim()) {
      case STABLE -> {}
      case BALANCE -> new Levelling(problem, fleet, moves, policy).run();
      case CONSOLIDATE -> new Emptying(problem, fleet, moves, policy.prices()).run();
    }
    return new Plan(moves.all(), List.copyOf(refusals));
  }

  private Optional<Refusal> relieve(int bin) {
    while (fleet.overload(bin) > 0) {
      Reason reason = step(bin);
      if (reason != null) {
        Optional<Cycle> seen =
            reason == Reason.CYCLE ? Optional.ofNullable(cycle) : Optional.empty();
        return Optional.of(new Refusal(bin, fleet.overload(bin), reason, seen));
      }
    }
    return Optional.empty();
  }

  /** Does one thing for the bin, or says why nothing can be done. */
  private @org.jspecify.annotations.Nullable Reason step(int bin) {
    if (moves.left() == 0) {
      return Reason.MOVE_LIMIT;
    }
    List<Integer> movable = movable(bin);
    if (movable.isEmpty()) {
      return Reason.FIXED;
    }
    List<Integer> worth =
        movable.stream().filter(item -> fleet.relief(bin, item) >= worthwhile()).toList();
    if (worth.isEmpty()) {
      return Reason.SMALL_GAIN;
    }
    boolean forbidden = false;
    for (int item : worth) {
      int to = fleet.freest(item);
      if (to >= 0) {
        moves.add(item, to, Purpose.RELIEF);
        return null;
      }
      forbidden |= fleet.hasRoomAnywhere(item);
    }
    cycle = null;
    if (exchange(bin, worth)) {
      return null;
    }
    if (cycle != null) {
      return Reason.CYCLE;
    }
    return forbidden ? Reason.FORBIDDEN : Reason.NO_ROOM;
  }

  private long worthwhile() {
    return Math.max(1, policy.minGain());
  }

  /**
   * The bin's items that may move: those that end its overload, the cheapest first; then others.
   */
  private List<Integer> movable(int bin) {
    long overload = fleet.overload(bin);
    return Arrays.stream(fleet.itemsOf(bin))
        .filter(moves::mayMove)
        .boxed()
        .sorted(
            Comparator.comparing((Integer item) -> fleet.relief(bin, item) < overload)
                .thenComparingDouble(
                    item ->
                        fleet.relief(bin, item) < overload
                            ? -fleet.relief(bin, item)
                            : moveCost(item))
                .thenComparingInt(item -> item))
        .toList();
  }

  private double moveCost(int item) {
    return policy.prices().ofMove().length == 0
        ? problem.itemMoveCost()[item]
        : policy.prices().ofMove(item);
  }

  /** Exchanges an item with a smaller one of a freer bin. */
  private boolean exchange(int bin, List<Integer> items) {
    int[] freest = fleet.freestBins(EXCHANGE_BINS);
    for (int item : items) {
      for (int other : freest) {
        for (int back : other == bin ? new int[0] : fleet.itemsOf(other)) {
          if (moves.mayMove(back) && exchanged(item, back)) {
            return true;
          }
        }
      }
    }
    return false;
  }

  private boolean exchanged(int item, int back) {
    int bin = fleet.binOf(item);
    int other = fleet.binOf(back);
    if (!fleet.gainsByExchange(item, back, worthwhile())) {
      return false;
    }
    return moves.inOrder(new int[] {back, item}, new int[] {bin, other})
        || moves.inOrder(new int[] {item, back}, new int[] {other, bin})
        || aside(item, back);
  }

  /**
   * The item steps aside to a third bin, so that the cycle is broken; where items move once it is
   * only noted.
   */
  private boolean aside(int item, int back) {
    int bin = fleet.binOf(item);
    int other = fleet.binOf(back);
    int third = fleet.freestExcept(back, bin);
    if (third < 0 || third == other) {
      return false;
    }
    int[] items = {back, item, back};
    int[] bins = {third, other, bin};
    if (policy.asides()) {
      return moves.inOrder(items, bins);
    }
    if (cycle == null && moves.arePossible(items, bins)) {
      cycle = new Cycle(item, back, third);
    }
    return false;
  }
}
