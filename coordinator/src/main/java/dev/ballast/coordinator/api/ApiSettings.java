package dev.ballast.coordinator.api;

import dev.ballast.core.planning.PlanningPolicy;

/**
 * What the coordinator says of itself, and how it plans.
 *
 * @param cluster the cluster's name
 * @param version the build's
 */
public record ApiSettings(String cluster, String version, PlanningPolicy policy) {
  /** With the policy of a coordinator that is not told any. */
  public ApiSettings(String cluster, String version) {
    this(cluster, version, PlanningPolicy.DEFAULT);
  }
}
