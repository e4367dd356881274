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
 */
public final class Relocation {
  /** Bins looked at for an exchange, the freest first. */
  private static final int EXCHANGE_BINS = 64;

  private final Problem problem;
  private final Policy policy;
  private final Fleet fleet;
  private final List<Move> moves = new ArrayList<>();
  private final Waves waves;

  /**
   * What a relocation may do.
   *
   * @param maxMoves over all
   * @param concurrent moves in one wave at most; in a wave no bin is part of two moves
   * @param minGain the weighted overload that a move must take off
   * @param fixed by item: whether it may not move
   */
  @SuppressWarnings("ArrayRecordComponent") // as large as the problem's own arrays
  public record Policy(int maxMoves, int concurrent, long minGain, boolean[] fixed) {
    public Policy {
      if (maxMoves < 0 || concurrent < 1) {
        throw new IllegalArgumentException("no negative moves, and at least one at a time");
      }
    }
  }

  /**
   * One item goes from one bin to another.
   *
   * @param wave moves of one wave may run at once; a wave starts when the one before it is done
   * @param gain the weighted overload that it takes off; 0 for a step aside
   */
  public record Move(int item, int from, int to, int wave, long gain) {}

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
    SMALL_GAIN
  }

  /** A bin that stays above its safety by that weighted overload. */
  public record Refusal(int bin, long overload, Reason reason) {}

  /** The moves in order, and what they cannot relieve. */
  public record Plan(List<Move> moves, List<Refusal> refusals) {}

  private Relocation(Problem problem, Rules rules, Policy policy) {
    this.problem = problem;
    this.policy = policy;
    this.fleet = new Fleet(problem, rules);
    this.waves = new Waves(problem, rules, policy.concurrent());
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
    return new Plan(List.copyOf(moves), List.copyOf(refusals));
  }

  private Optional<Refusal> relieve(int bin) {
    while (fleet.overload(bin) > 0) {
      Reason reason = step(bin);
      if (reason != null) {
        return Optional.of(new Refusal(bin, fleet.overload(bin), reason));
      }
    }
    return Optional.empty();
  }

  /** Does one thing for the bin, or says why nothing can be done. */
  private @org.jspecify.annotations.Nullable Reason step(int bin) {
    if (moves.size() >= policy.maxMoves()) {
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
        move(item, to);
        return null;
      }
      forbidden |= fleet.hasRoomAnywhere(item);
    }
    if (exchange(bin, worth)) {
      return null;
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
        .filter(item -> !policy.fixed()[item] && fleet.isAlone(item))
        .boxed()
        .sorted(
            Comparator.comparing((Integer item) -> fleet.relief(bin, item) < overload)
                .thenComparingDouble(
                    item ->
                        fleet.relief(bin, item) < overload
                            ? -fleet.relief(bin, item)
                            : problem.itemMoveCost()[item])
                .thenComparingInt(item -> item))
        .toList();
  }

  private void move(int item, int to) {
    int from = fleet.binOf(item);
    long before = fleet.overload(from) + fleet.overload(to);
    fleet.move(item, to);
    long gain = before - fleet.overload(from) - fleet.overload(to);
    moves.add(new Move(item, from, to, waves.next(item, from, to), gain));
  }

  /** Exchanges an item with a smaller one of a freer bin. */
  private boolean exchange(int bin, List<Integer> items) {
    int[] freest = fleet.freestBins(EXCHANGE_BINS);
    for (int item : items) {
      for (int other : freest) {
        for (int back : other == bin ? new int[0] : fleet.itemsOf(other)) {
          if (!policy.fixed()[back] && fleet.isAlone(back) && exchanged(item, back)) {
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
    return inOrder(new int[] {back, item}, new int[] {bin, other})
        || inOrder(new int[] {item, back}, new int[] {other, bin})
        || aside(item, back);
  }

  /** The item steps aside to a third bin, so that the cycle is broken. */
  private boolean aside(int item, int back) {
    int bin = fleet.binOf(item);
    int other = fleet.binOf(back);
    int third = fleet.freestExcept(back, bin);
    return third >= 0
        && third != other
        && inOrder(new int[] {back, item, back}, new int[] {third, other, bin});
  }

  /** Does the moves if each of them is possible in its turn, none otherwise. */
  private boolean inOrder(int[] items, int[] bins) {
    if (moves.size() + items.length > policy.maxMoves()) {
      return false;
    }
    int[] from = new int[items.length];
    int done = 0;
    while (done < items.length && fleet.canMove(items[done], bins[done])) {
      from[done] = fleet.binOf(items[done]);
      fleet.move(items[done], bins[done]);
      done++;
    }
    boolean all = done == items.length;
    while (done > 0) {
      done--;
      fleet.move(items[done], from[done]);
    }
    for (int i = 0; all && i < items.length; i++) {
      move(items[i], bins[i]);
    }
    return all;
  }
}
