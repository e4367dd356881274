package dev.ballast.core.search;

import java.util.HashMap;
import java.util.Map;

/**
 * Puts moves, told in their order, into waves: a move is in a later wave than each earlier one that
 * touches one of its bins or an item of one of its sets, and no wave is larger than allowed.
 */
final class Waves {
  private final Problem problem;
  private final Rules rules;
  private final int concurrent;
  private final Map<Long, Integer> lastOf = new HashMap<>();
  private final Map<Integer, Integer> sizeOf = new HashMap<>();

  private enum Kind {
    BIN,
    GROUP,
    APART,
    SPREAD
  }

  Waves(Problem problem, Rules rules, int concurrent) {
    this.problem = problem;
    this.rules = rules;
    this.concurrent = concurrent;
  }

  /** The wave of the next move, from 1. */
  int next(int item, int from, int to) {
    long[] touched = touched(item, from, to);
    int wave = 1;
    for (long thing : touched) {
      wave = Math.max(wave, 1 + lastOf.getOrDefault(thing, 0));
    }
    while (sizeOf.getOrDefault(wave, 0) >= concurrent) {
      wave++;
    }
    sizeOf.merge(wave, 1, Integer::sum);
    for (long thing : touched) {
      lastOf.put(thing, wave);
    }
    return wave;
  }

  private long[] touched(int item, int from, int to) {
    int[] apart = rules.apart()[item];
    long[] touched = new long[4 + apart.length];
    touched[0] = key(Kind.BIN, from);
    touched[1] = key(Kind.BIN, to);
    touched[2] = key(Kind.GROUP, problem.group()[item]);
    touched[3] = key(Kind.SPREAD, rules.spread()[item] < 0 ? -1 - item : rules.spread()[item]);
    for (int i = 0; i < apart.length; i++) {
      touched[4 + i] = key(Kind.APART, apart[i]);
    }
    return touched;
  }

  private static long key(Kind kind, int number) {
    return (long) kind.ordinal() << 32 | (number & 0xffffffffL);
  }
}
