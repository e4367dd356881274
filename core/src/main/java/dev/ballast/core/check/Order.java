package dev.ballast.core.check;

import dev.ballast.core.plan.Plan;
import dev.ballast.core.plan.PlanStep;
import java.util.BitSet;
import java.util.List;

/** Which steps of a plan certainly come before which. */
final class Order {
  private final List<PlanStep> steps;
  private final BitSet[] before;

  Order(Plan plan) {
    steps = plan.steps();
    before = new BitSet[steps.size() + 1];
    for (PlanStep step : steps) {
      BitSet all = new BitSet();
      for (int earlier : step.after()) {
        if (earlier >= 1 && earlier < step.number()) {
          all.set(earlier);
          all.or(before[earlier]);
        }
      }
      before[step.number()] = all;
    }
  }

  /** Whether the one step waits for the other, directly or through others. */
  boolean isAfter(int later, int earlier) {
    return before[later].get(earlier);
  }

  List<PlanStep> steps() {
    return steps;
  }
}
