package dev.ballast.coordinator.control;

import dev.ballast.core.balance.RebalanceSchedule;
import dev.ballast.core.balance.ReliefPolicy;
import dev.ballast.core.demand.DemandPolicy;
import dev.ballast.core.planning.PlanningPolicy;

/**
 * How the balancer rebalances by itself.
 *
 * @param relief whose rests and limits of migrations hold here too
 */
public record RebalanceSettings(
    PlanningPolicy planning,
    RebalanceSchedule schedule,
    ReliefPolicy relief,
    DemandPolicy demand) {}
