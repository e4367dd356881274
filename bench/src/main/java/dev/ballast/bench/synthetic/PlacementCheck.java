package dev.ballast.bench.synthetic;

import dev.ballast.core.search.Problem;
import dev.ballast.core.search.Rules;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** Whether an assignment keeps to all hard constraints, counted anew from the assignment alone. */
final class PlacementCheck {
  private final Problem problem;
  private final Rules rules;
  private final int[] assignment;

  private PlacementCheck(Problem problem, Rules rules, int[] assignment) {
    this.problem = problem;
    this.rules = rules;
    this.assignment = assignment;
  }

  /** VMs on no host, below 0, are not looked at. */
  static boolean isFeasible(Problem problem, Rules rules, int[] assignment) {
    PlacementCheck check = new PlacementCheck(problem, rules, assignment);
    return check.keepsCapacity() && check.keepsProfilesAndApart() && check.keepsSets();
  }

  private boolean keepsCapacity() {
    long[] used = new long[problem.capacity().length];
    for (int vm = 0; vm < assignment.length; vm++) {
      for (int r = 0; r < problem.resources() && assignment[vm] >= 0; r++) {
        used[assignment[vm] * problem.resources() + r] +=
            problem.requirement()[vm * problem.resources() + r];
      }
    }
    for (int at = 0; at < used.length; at++) {
      if (used[at] > problem.capacity()[at]) {
        return false;
      }
    }
    return true;
  }

  private record Seat(String kind, int set, int where) {}

  private boolean keepsProfilesAndApart() {
    Set<Seat> seats = new HashSet<>();
    for (int vm = 0; vm < assignment.length; vm++) {
      int host = assignment[vm];
      if (host < 0) {
        continue;
      }
      long word = rules.eligible()[rules.profile()[vm]][host / 64];
      boolean free = (word >> (host % 64) & 1) == 1;
      free &= seats.add(new Seat("group", problem.group()[vm], host));
      for (int set : rules.apart()[vm]) {
        free &= seats.add(new Seat("apart", set, host));
      }
      if (!free) {
        return false;
      }
    }
    return true;
  }

  private boolean keepsSets() {
    Map<Integer, Integer> hostOfSet = new HashMap<>();
    Map<Seat, Integer> inDomain = new HashMap<>();
    for (int vm = 0; vm < assignment.length; vm++) {
      int host = assignment[vm];
      if (host < 0) {
        continue;
      }
      int together = rules.together()[vm];
      if (together >= 0
          && !Objects.equals(
              host, Objects.requireNonNullElse(hostOfSet.put(together, host), host))) {
        return false;
      }
      int spread = rules.spread()[vm];
      if (spread >= 0
          && inDomain.merge(new Seat("spread", spread, rules.domain()[host]), 1, Integer::sum)
              > rules.spreadLimit()[spread]) {
        return false;
      }
    }
    return true;
  }
}
