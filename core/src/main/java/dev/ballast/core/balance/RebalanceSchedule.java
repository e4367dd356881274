package dev.ballast.core.balance;

import dev.ballast.core.model.Automation;

/**
 * When the balancer rebalances by itself. Hot spots are relief's, whatever stands here.
 *
 * @param automation whether it does, or plans only; the cluster's automation limits it
 * @param intervalMillis from the end of one look to the next
 * @param holdMillis how long it rests after a rebalancing that moved anything, or failed
 */
public record RebalanceSchedule(Automation automation, long intervalMillis, long holdMillis) {
  public static final RebalanceSchedule DEFAULT =
      new RebalanceSchedule(Automation.OFF, 600_000, 1_800_000);

  public RebalanceSchedule {
    if (intervalMillis < 1_000 || holdMillis < 0) {
      throw new IllegalArgumentException("intervalMillis is at least 1000, holdMillis at least 0");
    }
  }
}
