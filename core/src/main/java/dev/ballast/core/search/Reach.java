package dev.ballast.core.search;

import java.util.Arrays;

/**
 * Which bins an item can ever sit in. Whatever else moves, what a bin's initial items need of a
 * transient resource stays taken there; so an item that needs more than the rest of it can come to
 * the bin by no sequence of moves. In tight problems that is most pairs, and a search that tries
 * only the others is several times as fast.
 */
final class Reach {
  /** With more pairs of an item and a bin no lists are kept, and any bin may be drawn. */
  private static final long LISTED_LIMIT = 1 << 24;

  private final Problem problem;
  private final long[] open; // by bin and resource: what an item may need at most
  private final int[] first; // by item: where its bins start in `listed`; empty without lists
  private final int[] listed;
  private final long[] bits; // by item and bin

  Reach(Problem problem) {
    this.problem = problem;
    this.open = open(problem);
    long pairs = (long) problem.items() * problem.bins();
    boolean isListed = pairs <= LISTED_LIMIT;
    this.first = new int[isListed ? problem.items() + 1 : 0];
    this.bits = new long[isListed ? (int) (pairs / Long.SIZE) + 1 : 0];
    this.listed = isListed ? list((int) pairs) : new int[0];
  }

  private static long[] open(Problem problem) {
    long[] open = problem.capacity().clone();
    int resources = problem.resources();
    for (int item = 0; item < problem.items(); item++) {
      for (int r = 0; r < resources; r++) {
        if (problem.isTransient()[r]) {
          open[problem.initial()[item] * resources + r] -=
              problem.requirement()[item * resources + r];
        }
      }
    }
    return open;
  }

  private int[] list(int pairs) {
    int[] all = new int[pairs];
    int count = 0;
    for (int item = 0; item < problem.items(); item++) {
      first[item] = count;
      for (int bin = 0; bin < problem.bins(); bin++) {
        if (computed(item, bin)) {
          all[count++] = bin;
          int pair = item * problem.bins() + bin;
          bits[pair / Long.SIZE] |= 1L << pair;
        }
      }
    }
    first[problem.items()] = count;
    return Arrays.copyOf(all, count);
  }

  private boolean computed(int item, int bin) {
    if (problem.initial()[item] == bin) {
      return true;
    }
    int resources = problem.resources();
    for (int r = 0; r < resources; r++) {
      if (problem.requirement()[item * resources + r] > open[bin * resources + r]) {
        return false;
      }
    }
    return true;
  }

  /**
   * Whether most pairs are out of reach: only then is it worth the memory that is touched for each
   * move to try none of them.
   */
  boolean isTight() {
    return first.length > 0 && 2L * listed.length < (long) problem.items() * problem.bins();
  }

  /** Whether the item can ever sit in the bin. */
  boolean contains(int item, int bin) {
    if (bits.length == 0) {
      return computed(item, bin);
    }
    int pair = item * problem.bins() + bin;
    return (bits[pair / Long.SIZE] >>> pair & 1) != 0;
  }

  /** One of the bins that the item can sit in; where no lists are kept, of all bins. */
  int random(int item, SplitMix random) {
    if (first.length == 0) {
      return random.below(problem.bins());
    }
    int from = first[item];
    return listed[from + random.below(first[item + 1] - from)];
  }
}
