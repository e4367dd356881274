package dev.ballast.coordinator.control;

import dev.ballast.core.balance.ReliefPolicy;
import dev.ballast.core.demand.DemandPolicy;

/**
 * How the loop decides.
 *
 * @param sweepMillis how often hosts are looked at whose alert may be lost
 * @param failureLimit so many failed operations on a host within {@code failureWindowMillis} end
 *     its automation {@code auto}
 */
public record ControlSettings(
    ReliefPolicy relief,
    DemandPolicy demand,
    long sweepMillis,
    int failureLimit,
    long failureWindowMillis) {
  public static final ControlSettings DEFAULT =
      new ControlSettings(ReliefPolicy.DEFAULT, DemandPolicy.DEFAULT, 10_000, 3, 600_000);

  /** The default with another policy of relief. */
  public static ControlSettings ofRelief(ReliefPolicy relief) {
    return new ControlSettings(
        relief,
        DEFAULT.demand(),
        DEFAULT.sweepMillis(),
        DEFAULT.failureLimit(),
        DEFAULT.failureWindowMillis());
  }

  public ControlSettings {
    if (sweepMillis < 100 || failureLimit < 1 || failureWindowMillis < 1) {
      throw new IllegalArgumentException(
          "sweepMillis is at least 100, failureLimit and failureWindowMillis at least 1");
    }
  }
}
