package dev.ballast.core.search;

import java.util.function.DoubleSupplier;

/**
 * Simulated annealing over shifts of one item and swaps of two, on one {@link State}.
 *
 * <p>A move with cost change d is taken with probability min(1, exp(−(d + λ·h + o)/T)). T falls
 * geometrically from {@code startTemperature} to {@code endTemperature}. h is the change of the
 * transient requirement held by moved items and λ its weight: it keeps transient capacity free
 * while the coarse structure forms, which otherwise locks the search in. λ falls evenly or, as
 * {@link Relaxed} says, geometrically by {@link #HOLD_FALL}. o is the change of Σ price·(what is
 * broken): a price rises while its row or group is broken and falls while it is not, so that items
 * pass where no single feasible move leads. The best feasible assignment seen is kept.
 */
public final class Annealing {
  /** The share of the run after which held transient capacity costs nothing any more. */
  private static final double HOLD_END = 0.9;

  /** The same where λ falls evenly. */
  private static final double EVEN_HOLD_END = 0.7;

  /** By which factor λ falls until {@link #HOLD_END}. */
  private static final double HOLD_FALL = 100;

  /** Logarithm of a price's growth over a run in which its row is always exceeded. */
  private static final double PRICE_RISE = 88;

  /** The same after {@link Relaxed#end}, while the state does not fit. */
  private static final double LATE_RISE = 1000;

  /**
   * Logarithm of a price's fall over a run in which its row is never exceeded, at its first rate;
   * so prices hover where a row is exceeded a fifth of the time at first and never in the end,
   * while the temperature is still high enough to follow.
   */
  private static final double PRICE_FALL = 20;

  /** How often the schedule is looked at, in steps. */
  private static final int STRIDE = 2048;

  /** Prices of so many rows and groups are adapted per stride at most. */
  private static final int PRICES_PER_STRIDE = 4096;

  /** One swap in so many (less one; a power of two) is tried with an item of the same group. */
  private static final long COMRADES = 7;

  /** Binary logarithm of the number of thresholds. */
  private static final int THRESHOLD_BITS = 12;

  private static final int THRESHOLD_SHIFT = Long.SIZE - THRESHOLD_BITS;

  /** Quantiles of −ln u for a uniform u: what a cost change over T is held against. */
  private static final double[] THRESHOLDS = thresholds();

  private final Problem problem;
  private final Reach reach;
  private final boolean tight;
  private final double[] holdOf;
  private final Schedule schedule;
  private final SplitMix random;
  private final Best best;
  private final boolean worthwhile;
  private final State state;
  private boolean relaxed;
  private long steps;

  /** What may be broken at a price for most of a run. */
  public enum Relaxed {
    NOTHING(0, 0, false),
    /** Spread and dependencies. */
    GROUPS(0.92, 0.72, true),
    /**
     * Capacity, while transient capacity is held dear: few items move, and those where it pays
     * most; the last part of the run, in which λ ends, keeps to it.
     */
    CAPACITY(0.75, 0.6, false),
    /** Groups and capacity. */
    EVERYTHING(0.92, 0.72, true);

    private final double end; // the share of the run after which nothing is relaxed any more
    private final double pricesFallEnd; // until this share prices may fall, less and less
    private final boolean holdFallsEvenly;

    Relaxed(double end, double pricesFallEnd, boolean holdFallsEvenly) {
      this.end = end;
      this.pricesFallEnd = pricesFallEnd;
      this.holdFallsEvenly = holdFallsEvenly;
    }
  }

  /**
   * How the run cools.
   *
   * @param holdWeight λ at the start, in cost per unit of relative transient requirement
   * @param firstPrice of exceeding a mean bin's whole capacity, in start temperatures
   */
  public record Schedule(
      double startTemperature,
      double endTemperature,
      double holdWeight,
      Relaxed relaxed,
      double firstPrice) {
    public Schedule {
      if (!(startTemperature > 0) || !(endTemperature > 0)) {
        throw new IllegalArgumentException("temperatures must be above 0");
      }
    }

    /** The schedule with every cost multiplied. */
    public Schedule inUnits(double unit) {
      return new Schedule(
          startTemperature * unit, endTemperature * unit, holdWeight * unit, relaxed, firstPrice);
    }
  }

  /** Starts from an assignment that keeps to all hard constraints. */
  Annealing(Problem problem, Reach reach, int[] start, Schedule schedule, long seed) {
    this.problem = problem;
    this.reach = reach;
    this.tight = reach.isTight();
    this.state = new State(problem, start);
    this.schedule = schedule;
    this.random = new SplitMix(seed);
    this.holdOf = held(problem);
    this.best = new Best(start, state.cost());
    this.worthwhile = problem.bins() > 1 && problem.items() > 0;
    this.relaxed = schedule.relaxed() != Relaxed.NOTHING;
  }

  private static double[] thresholds() {
    double[] thresholds = new double[1 << THRESHOLD_BITS];
    for (int i = 0; i < thresholds.length; i++) {
      thresholds[i] = -StrictMath.log((i + 0.5) / thresholds.length);
    }
    return thresholds;
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
    if (!worthwhile) {
      return;
    }
    if (relaxed) {
      state.setPrices(
          schedule.startTemperature() * schedule.firstPrice(),
          schedule.relaxed() != Relaxed.GROUPS,
          schedule.relaxed() != Relaxed.CAPACITY);
    }
    long prices = (long) problem.bins() * problem.resources() + problem.groups();
    long adaptEvery = STRIDE * (1 + prices / PRICES_PER_STRIDE);
    double ratio = StrictMath.log(schedule.endTemperature() / schedule.startTemperature());
    double adapted = 0;
    for (double done = progress.getAsDouble(); done < 1; done = progress.getAsDouble()) {
      if (relaxed && done > schedule.relaxed().end) {
        keepToConstraints(done - adapted);
        adapted = done;
      } else if (relaxed && steps % adaptEvery == 0) {
        adaptPrices(done, done - adapted);
        adapted = done;
      }
      double temperature = schedule.startTemperature() * StrictMath.exp(ratio * done);
      stride(temperature, holdAt(done));
    }
  }

  private double holdAt(double done) {
    if (schedule.relaxed().holdFallsEvenly) {
      return schedule.holdWeight() * Math.max(0, 1 - done / EVEN_HOLD_END);
    }
    return done < HOLD_END
        ? schedule.holdWeight() * StrictMath.pow(HOLD_FALL, -done / HOLD_END)
        : 0;
  }

  private void adaptPrices(double done, double share) {
    double left = Math.max(0, 1 - done / schedule.relaxed().pricesFallEnd);
    double fall = StrictMath.exp(-PRICE_FALL * left * left * share);
    state.adaptPrices(StrictMath.exp(PRICE_RISE * share), fall);
  }

  /** Once the state fits it stays so; until then prices only rise. */
  private void keepToConstraints(double share) {
    if (state.fits()) {
      state.keepToConstraints();
      relaxed = false;
    } else {
      state.adaptPrices(StrictMath.exp(LATE_RISE * share), 1);
    }
  }

  private void stride(double temperature, double hold) {
    for (int i = 0; i < STRIDE; i++) {
      if ((random.next() & 1) == 0) {
        tryShift(temperature, hold);
      } else {
        trySwap(temperature, hold);
      }
    }
    steps += STRIDE;
  }

  private void tryShift(double temperature, double hold) {
    int item = random.below(problem.items());
    int bin = tight ? reach.random(item, random) : random.below(problem.bins());
    if (!state.allowsShift(item, bin)) {
      return;
    }
    double limit = temperature * THRESHOLDS[(int) (random.next() >>> THRESHOLD_SHIFT)];
    double held = hold * holdChange(item, bin);
    if (state.shiftChange(item, bin, limit - held) <= limit - held) {
      state.shift(item, bin);
      best.moved(item);
      remember();
    }
  }

  private void trySwap(double temperature, double hold) {
    int a = random.below(problem.items());
    int b = partner(a);
    int binA = state.binOf(a);
    int binB = state.binOf(b);
    if (tight && !(reach.contains(a, binB) && reach.contains(b, binA))) {
      return;
    }
    if (!state.allowsSwap(a, b)) {
      return;
    }
    double limit = temperature * THRESHOLDS[(int) (random.next() >>> THRESHOLD_SHIFT)];
    double held = hold * (holdChange(a, binB) + holdChange(b, binA));
    if (state.swapChange(a, b, limit - held) <= limit - held) {
      state.swap(a, b);
      best.moved(a);
      best.moved(b);
      remember();
    }
  }

  private int partner(int item) {
    if ((random.next() & COMRADES) == 0) {
      return state.comrade(item, random);
    }
    return tight
        ? state.occupant(reach.random(item, random), random, item)
        : random.below(problem.items());
  }

  private double holdChange(int item, int bin) {
    int home = problem.initial()[item];
    if (bin == home) {
      return -holdOf[item];
    }
    return state.binOf(item) == home ? holdOf[item] : 0;
  }

  private void remember() {
    if (state.cost() < best.cost() && state.fits()) {
      best.reached(state);
    }
  }

  /** The lowest cost seen among feasible assignments. */
  public long bestCost() {
    return best.cost();
  }

  /** The assignment of {@link #bestCost}. */
  public int[] best() {
    return best.assignment();
  }

  /** Moves tried so far. */
  public long steps() {
    return steps;
  }
}
