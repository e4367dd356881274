package dev.ballast.bench.planetlab;

import java.util.List;
import java.util.Map;

/** Which runs of a day no other run of that day beats. */
final class Front {
  /** The figure that says whether a run is on the front. */
  static final String MARK = "onFront";

  /** Less of each is better. */
  private static final List<String> FIGURES = List.of("energyKwh", "slatah", "migrations");

  private Front() {}

  /**
   * Adds {@code onFront} to each run: whether no other is at least as good in energy, SLATAH and
   * migrations, and better in one of them.
   */
  static void mark(List<Map<String, Object>> runs) {
    for (Map<String, Object> run : runs) {
      run.put(MARK, runs.stream().noneMatch(other -> dominates(other, run)));
    }
  }

  private static boolean dominates(Map<String, Object> better, Map<String, Object> worse) {
    boolean isBetter = false;
    for (String name : FIGURES) {
      int order = Double.compare(RunTable.number(better, name), RunTable.number(worse, name));
      if (order > 0) {
        return false;
      }
      isBetter |= order < 0;
    }
    return isBetter;
  }
}
