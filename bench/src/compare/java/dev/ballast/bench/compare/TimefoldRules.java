package dev.ballast.bench.compare;

import ai.timefold.solver.core.api.score.HardSoftScore;
import ai.timefold.solver.core.api.score.stream.Constraint;
import ai.timefold.solver.core.api.score.stream.ConstraintCollectors;
import ai.timefold.solver.core.api.score.stream.ConstraintFactory;
import ai.timefold.solver.core.api.score.stream.ConstraintProvider;

/**
 * Capacity and groups are hard; soft is Σ cpu² / capacity over the hosts, which is least where all
 * hosts have the same share of their CPU in use.
 */
public final class TimefoldRules implements ConstraintProvider {
  private static final long SCALE = 1_000;

  @Override
  public Constraint[] defineConstraints(ConstraintFactory factory) {
    return new Constraint[] {cpu(factory), memory(factory), groups(factory), balance(factory)};
  }

  private static Constraint cpu(ConstraintFactory factory) {
    return factory
        .forEach(VmSeat.class)
        .groupBy(VmSeat::getHost, ConstraintCollectors.sum(VmSeat::getCpu))
        .filter((host, cpu) -> cpu > host.cpu)
        .penalize(HardSoftScore.ONE_HARD, (host, cpu) -> cpu - host.cpu)
        .asConstraint("cpu");
  }

  private static Constraint memory(ConstraintFactory factory) {
    return factory
        .forEach(VmSeat.class)
        .groupBy(VmSeat::getHost, ConstraintCollectors.sum(VmSeat::getMemory))
        .filter((host, memory) -> memory > host.memory)
        .penalize(HardSoftScore.ONE_HARD, (host, memory) -> memory - host.memory)
        .asConstraint("memory");
  }

  private static Constraint groups(ConstraintFactory factory) {
    return factory
        .forEach(VmSeat.class)
        .filter(VmSeat::isGrouped)
        .groupBy(VmSeat::getHost, VmSeat::getGroup, ConstraintCollectors.count())
        .filter((host, group, count) -> count > 1)
        .penalize(HardSoftScore.ONE_HARD, (host, group, count) -> count - 1)
        .asConstraint("groups");
  }

  private static Constraint balance(ConstraintFactory factory) {
    return factory
        .forEach(VmSeat.class)
        .groupBy(VmSeat::getHost, ConstraintCollectors.sum(VmSeat::getCpu))
        .penalize(HardSoftScore.ONE_SOFT, (host, cpu) -> SCALE * cpu * cpu / host.cpu)
        .asConstraint("balance");
  }
}
