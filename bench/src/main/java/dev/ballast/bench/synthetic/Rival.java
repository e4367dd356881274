package dev.ballast.bench.synthetic;

import dev.ballast.core.search.Problem;

/** A solver of others that {@code compare} sets beside Ballast's; found by ServiceLoader. */
public interface Rival {
  /** Name and version. */
  String name();

  /**
   * The bin of each item, or -1 for each if nothing was found; capacity of the two resources CPU
   * (0) and memory (1), and no two items of one group in a bin. Aims at equal shares of CPU in use.
   *
   * @param wallSeconds not longer than this, as far as the solver keeps to it
   */
  int[] solve(Problem problem, int wallSeconds, long seed);
}
