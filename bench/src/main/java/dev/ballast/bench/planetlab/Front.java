package dev.ballast.bench.planetlab;

import java.util.List;
import java.util.Map;

/** Which runs of a day no other run of that day beats. */
final class Front {
  /** Less of each is better. */
  private static final List<String> FIGURES = List.of("energyKwh", "slatah", "migrations");

  private Front() {}

  /**
   * Adds {@code onFront} to each run: whether no other is at least as good in energy, SLATAH and
   * migrations, and better in one of them.
   */
  static void mark(List<Map<String, Object>> runs) {
    for (Map<String, Object> run : runs) {
      run.put("onFront", runs.stream().noneMatch(other -> dominates(other, run)));
    }
  }

  private static boolean dominates(Map<String, Object> better, Map<String, Object> worse) {
    boolean isBetter = false;
    for (String name : FIGURES) {
      int order = Double.compare(figure(better, name), figure(worse, name));
      if (order > 0) {
        return false;
      }
      isBetter |= order < 0;
    }
    return isBetter;
  }

  private static double figure(Map<String, Object> run, String name) {
    return run.get(name) instanceof Number number ? number.doubleValue() : Double.NaN;
  }
}
