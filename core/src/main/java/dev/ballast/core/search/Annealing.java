package dev.ballast.core.search;

import java.util.function.DoubleSupplier;

/**
 * Simulated annealing over shifts of one item and swaps of two, on one {@link State}.
 *
 * <p>A move with cost change d is taken with probability min(1, exp(−(d + λ·h)/T)), where h is the
 * change of the transient requirement held by moved items. T falls geometrically from {@code
 * startTemperature} to {@code endTemperature}; λ falls linearly to zero at {@link #HOLD_END} of the
 * run: it keeps transient capacity free while the coarse structure forms, which otherwise locks the
 * search in. The best assignment seen is kept.
 */
public final class Annealing {
  /** The share of the run after which held transient capacity costs nothing any more. */
  private static final double HOLD_END = 0.7;

  /** How often the schedule is looked at, in steps. */
  private static final int STRIDE = 2048;

  private final Problem problem;
  private final State state;
  private final double[] holdOf;
  private final Schedule schedule;
  private final SplitMix random;
  private final Best best;
  private long steps;

  /**
   * How the run cools.
   *
   * @param holdWeight λ at the start, in cost per unit of relative transient requirement
   */
  public record Schedule(double startTemperature, double endTemperature, double holdWeight) {}

  public Annealing(Problem problem, int[] start, Schedule schedule, long seed) {
    this.problem = problem;
    this.state = new State(problem, start);
    this.schedule = schedule;
    this.random = new SplitMix(seed);
    this.holdOf = held(problem);
    this.best = new Best(state);
  }

  /** Σ over transient resources of requirement / mean capacity, per item. */
  private static double[] held(Problem problem) {
    double[] held = new double[problem.items()];
    for (int r = 0; r < problem.resources(); r++) {
      if (!problem.isTransient()[r]) {
        continue;
      }
      double capacity = 1;
      for (int bin = 0; bin < problem.bins(); bin++) {
        capacity += (double) problem.capacity()[bin * problem.resources() + r] / problem.bins();
      }
      for (int item = 0; item < held.length; item++) {
        held[item] += problem.requirement()[item * problem.resources() + r] / capacity;
      }
    }
    return held;
  }

  /**
   * Runs until {@code progress} (0 to 1, never falling) reaches 1, asking it every {@link #STRIDE}
   * steps.
   */
  public void run(DoubleSupplier progress) {
    if (problem.bins() < 2 || problem.items() == 0) {
      return;
    }
    double ratio = Math.log(schedule.endTemperature() / schedule.startTemperature());
    for (double done = progress.getAsDouble(); done < 1; done = progress.getAsDouble()) {
      double temperature = schedule.startTemperature() * Math.exp(ratio * done);
      double hold = schedule.holdWeight() * Math.max(0, 1 - done / HOLD_END);
      for (int i = 0; i < STRIDE; i++) {
        if ((random.next() & 1) == 0) {
          tryShift(temperature, hold);
        } else {
          trySwap(temperature, hold);
        }
      }
      steps += STRIDE;
    }
  }

  private void tryShift(double temperature, double hold) {
    int item = random.below(problem.items());
    int bin = random.below(problem.bins());
    if (!state.canShift(item, bin)) {
      return;
    }
    double delta = state.shiftDelta(item, bin) + hold * holdChange(item, bin);
    if (accepts(delta, temperature)) {
      int from = state.binOf(item);
      state.shift(item, bin);
      best.left(item, from);
      best.offer(state);
    }
  }

  private void trySwap(double temperature, double hold) {
    int a = random.below(problem.items());
    int b = random.below(problem.items());
    if (!state.canSwap(a, b)) {
      return;
    }
    double held = holdChange(a, state.binOf(b)) + holdChange(b, state.binOf(a));
    if (accepts(state.swapDelta(a, b) + hold * held, temperature)) {
      int binA = state.binOf(a);
      int binB = state.binOf(b);
      state.swap(a, b);
      best.left(a, binA);
      best.left(b, binB);
      best.offer(state);
    }
  }

  private double holdChange(int item, int bin) {
    int home = problem.initial()[item];
    if (bin == home) {
      return -holdOf[item];
    }
    return state.binOf(item) == home ? holdOf[item] : 0;
  }

  private boolean accepts(double delta, double temperature) {
    return delta <= 0 || delta < -temperature * Math.log(random.nextDouble());
  }

  public long bestCost() {
    return best.cost();
  }

  public int[] best() {
    return best.assignment(state);
  }

  public long steps() {
    return steps;
  }
}
