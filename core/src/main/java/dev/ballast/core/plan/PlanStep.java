package dev.ballast.core.plan;

import dev.ballast.core.action.PlannedAction;
import dev.ballast.core.model.HostName;
import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * One step of a plan.
 *
 * @param number from 1, in the order of the plan
 * @param after the numbers of the steps that must have reached their target before
 */
public record PlanStep(int number, HostName host, PlannedAction planned, SortedSet<Integer> after) {
  public PlanStep {
    after = Collections.unmodifiableSortedSet(new TreeSet<>(after));
    if (!after.isEmpty() && after.last() >= number) {
      throw new IllegalArgumentException("step " + number + " waits for a later step");
    }
  }
}
