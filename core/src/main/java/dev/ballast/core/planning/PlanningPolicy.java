package dev.ballast.core.planning;

import dev.ballast.core.placement.PlacementPolicy;
import dev.ballast.core.planning.RebalancePlanner.Extent;

/**
 * How a cluster's operators want its VMs to be placed.
 *
 * @param placement of VMs that come to a host
 * @param rebalance of VMs that run
 */
public record PlanningPolicy(PlacementPolicy placement, Extent rebalance) {
  public static final PlanningPolicy DEFAULT =
      new PlanningPolicy(PlacementPolicy.DEFAULT, Extent.DEFAULT);
}
