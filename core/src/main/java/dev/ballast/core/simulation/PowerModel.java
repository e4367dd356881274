package dev.ballast.core.simulation;

import java.util.Arrays;
import java.util.List;

/**
 * What a host draws at 0, 10 … 100 % CPU, linear between (as SPECpower measures it); a host without
 * VMs is off.
 */
public record PowerModel(List<Double> watts) {
  private static final int STEPS = 10;

  public PowerModel {
    watts = List.copyOf(watts);
    if (watts.size() != STEPS + 1) {
      throw new IllegalArgumentException(
          "a power model has " + (STEPS + 1) + " values, not " + watts.size());
    }
  }

  public static PowerModel of(double... watts) {
    return new PowerModel(Arrays.stream(watts).boxed().toList());
  }

  /** At that share of the CPU; more than all of it draws no more. */
  public double wattsAt(double utilisation) {
    double position = Math.clamp(utilisation, 0, 1) * STEPS;
    int below = Math.min((int) position, STEPS - 1);
    double low = watts.get(below);
    return low + (position - below) * (watts.get(below + 1) - low);
  }

  public double idleWatts() {
    return watts.getFirst();
  }

  public double fullWatts() {
    return watts.getLast();
  }
}
