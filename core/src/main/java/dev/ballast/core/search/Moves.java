package dev.ballast.core.search;

import java.util.ArrayList;
import java.util.List;

/** The moves planned so far, in their order and waves; the fleet is always as they leave it. */
final class Moves {
  private final Fleet fleet;
  private final Relocation.Policy policy;
  private final Waves waves;
  private final boolean[] moved; // by item
  private final List<Relocation.Move> all = new ArrayList<>();

  Moves(Problem problem, Rules rules, Fleet fleet, Relocation.Policy policy) {
    this.fleet = fleet;
    this.policy = policy;
    this.waves = new Waves(problem, rules, policy.concurrent());
    this.moved = new boolean[problem.items()];
  }

  /** How many more moves the policy allows. */
  int left() {
    return policy.maxMoves() - all.size();
  }

  boolean mayMove(int item) {
    return !policy.fixed()[item] && (policy.asides() || !moved[item]) && fleet.isAlone(item);
  }

  void add(int item, int to, Relocation.Purpose purpose) {
    int from = fleet.binOf(item);
    long before = fleet.overload(from) + fleet.overload(to);
    fleet.move(item, to);
    moved[item] = true;
    long gain = before - fleet.overload(from) - fleet.overload(to);
    all.add(new Relocation.Move(item, from, to, waves.next(item, from, to), gain, purpose));
  }

  /** Does the moves if each of them is possible in its turn, none otherwise. */
  boolean inOrder(int[] items, int[] bins) {
    boolean possible = left() >= items.length && arePossible(items, bins);
    for (int i = 0; possible && i < items.length; i++) {
      add(items[i], bins[i], Relocation.Purpose.RELIEF);
    }
    return possible;
  }

  /** Whether each of the moves would be possible in its turn. */
  boolean arePossible(int[] items, int[] bins) {
    int[] from = new int[items.length];
    int done = 0;
    while (done < items.length && fleet.canMove(items[done], bins[done])) {
      from[done] = fleet.binOf(items[done]);
      fleet.move(items[done], bins[done]);
      done++;
    }
    boolean possible = done == items.length;
    while (done > 0) {
      done--;
      fleet.move(items[done], from[done]);
    }
    return possible;
  }

  List<Relocation.Move> all() {
    return List.copyOf(all);
  }
}
