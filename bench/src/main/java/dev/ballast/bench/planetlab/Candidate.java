package dev.ballast.bench.planetlab;

import dev.ballast.bench.cloudsim.Detector;
import dev.ballast.core.balance.fleet.FleetPolicy;
import java.util.ArrayList;
import java.util.List;

/** What runs a day, with the name under which its figures are printed. */
record Candidate(String name, Contender contender) {
  /** What runs a day. */
  sealed interface Contender {}

  /** Ballast's planner by one policy. */
  record Keeper(FleetPolicy policy) implements Contender {}

  /** One of CloudSim's policies, in CloudSim's own experiment. */
  record Reference(Detector detector) implements Contender {}

  /** Tolerated shares of overloaded time that make the front. */
  private static final double[] TARGETS = {0.005, 0.01, 0.02, 0.03, 0.07, 0.1};

  /**
   * The policies by name, and {@code consolidate} with other tolerated shares of overload.
   *
   * @param withReferences whether CloudSim's policies take part
   */
  static List<Candidate> forFront(boolean withReferences) {
    List<Candidate> candidates = new ArrayList<>();
    for (PlanetLabCommand.Policy policy : PlanetLabCommand.Policy.values()) {
      if (withReferences || policy.contender() instanceof Keeper) {
        candidates.add(of(policy));
      }
    }
    for (double target : TARGETS) {
      candidates.add(
          new Candidate(
              "consolidate(" + target + ")", new Keeper(FleetPolicy.consolidate(target))));
    }
    return candidates;
  }

  static Candidate of(PlanetLabCommand.Policy policy) {
    return new Candidate(policy.toString(), policy.contender());
  }
}
