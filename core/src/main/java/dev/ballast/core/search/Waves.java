package dev.ballast.core.search;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Puts moves, told in their order, into waves: a move is in a later wave than each earlier one that
 * touches one of its bins or an item of one of its sets, and no wave is larger than allowed.
 */
final class Waves {
  private final Problem problem;
  private final Rules rules;
  private final int concurrent;
  private final Map<Thing, Integer> lastOf = new HashMap<>();
  private final Map<Integer, Integer> sizeOf = new HashMap<>();

  private enum Kind {
    BIN,
    GROUP,
    APART,
    SPREAD
  }

  /** Something that only one move of a wave may touch. */
  private record Thing(Kind kind, int number) {}

  Waves(Problem problem, Rules rules, int concurrent) {
    this.problem = problem;
    this.rules = rules;
    this.concurrent = concurrent;
  }

  /** The wave of the next move, from 1. */
  int next(int item, int from, int to) {
    List<Thing> touched = touched(item, from, to);
    int wave = 1;
    for (Thing thing : touched) {
      wave = Math.max(wave, 1 + lastOf.getOrDefault(thing, 0));
    }
    while (sizeOf.getOrDefault(wave, 0) >= concurrent) {
      wave++;
    }
    sizeOf.merge(wave, 1, Integer::sum);
    for (Thing thing : touched) {
      lastOf.put(thing, wave);
    }
    return wave;
  }

  private List<Thing> touched(int item, int from, int to) {
    List<Thing> touched = new ArrayList<>();
    touched.add(new Thing(Kind.BIN, from));
    touched.add(new Thing(Kind.BIN, to));
    touched.add(new Thing(Kind.GROUP, problem.group()[item]));
    if (rules.spread()[item] != Rules.NO_SET) {
      touched.add(new Thing(Kind.SPREAD, rules.spread()[item]));
    }
    for (int set : rules.apart()[item]) {
      touched.add(new Thing(Kind.APART, set));
    }
    return touched;
  }
}
