package dev.ballast.bench.planetlab;

import dev.ballast.core.balance.fleet.FleetPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A policy with the name under which its figures are printed. */
record Candidate(String name, FleetPolicy policy) {
  /** Tolerated shares of overloaded time that make the front. */
  private static final double[] TARGETS = {0.005, 0.01, 0.02, 0.03, 0.07, 0.1};

  /** The policies by name, and {@code consolidate} with other tolerated shares of overload. */
  static List<Candidate> forFront() {
    List<Candidate> candidates = new ArrayList<>();
    for (PlanetLabCommand.Policy policy : PlanetLabCommand.Policy.values()) {
      candidates.add(of(policy));
    }
    for (double target : TARGETS) {
      candidates.add(new Candidate("consolidate(" + target + ")", FleetPolicy.consolidate(target)));
    }
    return candidates;
  }

  static Candidate of(PlanetLabCommand.Policy policy) {
    return new Candidate(policy.name().toLowerCase(Locale.ROOT), policy.inFull());
  }
}
