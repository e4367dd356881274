package dev.ballast.core.search;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** All assignments that shifts and swaps reach from the initial one through feasible ones. */
final class Reachable {
  private Reachable() {}

  static long cheapest(Problem problem) {
    Set<List<Integer>> seen = new HashSet<>();
    Deque<int[]> open = new ArrayDeque<>(List.of(problem.initial()));
    long least = Long.MAX_VALUE;
    while (!open.isEmpty()) {
      int[] at = open.poll();
      Reference reference = new Reference(problem, at);
      if (!reference.isFeasible() || !seen.add(Arrays.stream(at).boxed().toList())) {
        continue;
      }
      least = Math.min(least, reference.cost());
      neighbours(problem, at, open);
    }
    return least;
  }

  private static void neighbours(Problem problem, int[] at, Deque<int[]> open) {
    for (int a = 0; a < at.length; a++) {
      for (int bin = 0; bin < problem.bins(); bin++) {
        int[] shifted = at.clone();
        shifted[a] = bin;
        open.add(shifted);
      }
      for (int b = 0; b < a; b++) {
        if (related(problem, a, b)) {
          continue;
        }
        int[] swapped = at.clone();
        swapped[a] = at[b];
        swapped[b] = at[a];
        open.add(swapped);
      }
    }
  }

  /** Items of one group, or of groups of which one depends on the other, are never swapped. */
  private static boolean related(Problem problem, int a, int b) {
    int first = problem.group()[a];
    int second = problem.group()[b];
    return first == second
        || Arrays.stream(problem.dependencies()[first]).anyMatch(on -> on == second)
        || Arrays.stream(problem.dependencies()[second]).anyMatch(on -> on == first);
  }
}
