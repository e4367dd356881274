package dev.ballast.core.search;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class StateTest {
  private static final double NO_LIMIT = Double.MAX_VALUE;

  @Property(tries = 300)
  void costAndFeasibilityStayWhatTheDefinitionSays(
      @ForAll long seed, @ForAll @IntRange(min = 2, max = 8) int bins) {
    Problem problem = RandomProblems.of(seed, bins, 12);
    State state = new State(problem, problem.initial());
    Random random = new Random(seed);
    for (int i = 0; i < 60; i++) {
      int a = random.nextInt(12);
      int b = random.nextInt(12);
      if (random.nextBoolean()) {
        tryShift(problem, state, a, random.nextInt(bins));
      } else {
        trySwap(problem, state, a, b);
      }
      Reference reference = new Reference(problem, state.assignment());
      assertThat(reference.isFeasible()).isTrue();
      assertThat(state.cost()).isEqualTo(reference.cost());
      assertThat(state.fits()).isTrue();
    }
  }

  private static void tryShift(Problem problem, State state, int item, int bin) {
    if (!state.allowsShift(item, bin)) {
      return;
    }
    int[] then = state.assignment();
    then[item] = bin;
    double change = state.shiftChange(item, bin, NO_LIMIT);
    if (holds(problem, state, then, change)) {
      state.shift(item, bin);
    }
  }

  private static void trySwap(Problem problem, State state, int a, int b) {
    if (!state.allowsSwap(a, b)) {
      return;
    }
    int[] then = state.assignment();
    then[a] = state.binOf(b);
    then[b] = state.binOf(a);
    if (holds(problem, state, then, state.swapChange(a, b, NO_LIMIT))) {
      state.swap(a, b);
    }
  }

  /** A change is infinite where a constraint would be broken, and exact elsewhere. */
  private static boolean holds(Problem problem, State state, int[] then, double change) {
    Reference after = new Reference(problem, then);
    assertThat(Double.isInfinite(change)).isEqualTo(!after.isFeasible());
    if (after.isFeasible()) {
      assertThat(state.cost() + change).isEqualTo((double) after.cost());
    }
    return after.isFeasible();
  }

  @Property(tries = 100)
  void whatIsAllowedIsWhatCapacityAndConflictsAllow(@ForAll long seed) {
    Problem problem = RandomProblems.of(seed, 5, 12);
    State state = new State(problem, problem.initial());
    for (int item = 0; item < 12; item++) {
      for (int bin = 0; bin < 5; bin++) {
        int[] then = state.assignment();
        boolean moves = then[item] != bin;
        then[item] = bin;
        boolean feasible = moves && new Reference(problem, then).isFeasible();
        boolean allowed =
            state.allowsShift(item, bin)
                && state.shiftChange(item, bin, NO_LIMIT) < Double.POSITIVE_INFINITY;
        assertThat(allowed).isEqualTo(feasible);
      }
    }
  }

  @Property(tries = 100)
  void aLimitHidesNoMoveBelowIt(@ForAll long seed, @ForAll boolean capacityToo) {
    Problem problem = RandomProblems.of(seed, 5, 12);
    State state = new State(problem, problem.initial());
    state.setPrices(7, capacityToo, true);
    Random random = new Random(seed);
    for (int i = 0; i < 60; i++) {
      int item = random.nextInt(12);
      int bin = random.nextInt(5);
      if (state.allowsShift(item, bin)) {
        double exact = state.shiftChange(item, bin, NO_LIMIT);
        double limit = random.nextInt(100) - 50;
        double limited = state.shiftChange(item, bin, limit);
        assertThat(limited <= limit).isEqualTo(exact <= limit);
        if (random.nextBoolean()) {
          state.shift(item, bin);
        }
      }
    }
  }

  @Property(tries = 200)
  void whatIsBrokenIsSeenAndPriced(@ForAll long seed, @ForAll boolean capacityToo) {
    Problem problem = RandomProblems.of(seed, 5, 12);
    State state = new State(problem, problem.initial());
    state.setPrices(7, capacityToo, true);
    Random random = new Random(seed);
    for (int i = 0; i < 40; i++) {
      int item = random.nextInt(12);
      int bin = random.nextInt(5);
      if (state.allowsShift(item, bin)) {
        double expected = state.cost() + state.overflow() + state.shiftChange(item, bin, NO_LIMIT);
        state.shift(item, bin);
        assertThat(state.cost() + state.overflow()).isCloseTo(expected, within(expected));
      }
      Reference reference = new Reference(problem, state.assignment());
      assertThat(state.fits()).isEqualTo(reference.isFeasible());
      assertThat(state.overflow() > 0).isEqualTo(!reference.isFeasible());
      assertThat(capacityToo || reference.keepsCapacity()).isTrue();
    }
  }

  @Property(tries = 100)
  void whereOnlyCapacityIsRelaxedGroupsAreKept(@ForAll long seed) {
    Problem problem = RandomProblems.of(seed, 5, 12);
    State state = new State(problem, problem.initial());
    state.setPrices(7, true, false);
    Random random = new Random(seed);
    for (int i = 0; i < 40; i++) {
      int item = random.nextInt(12);
      int bin = random.nextInt(5);
      if (!state.allowsShift(item, bin)) {
        continue;
      }
      int[] then = state.assignment();
      then[item] = bin;
      double change = state.shiftChange(item, bin, NO_LIMIT);
      assertThat(Double.isInfinite(change)).isEqualTo(!new Reference(problem, then).keepsGroups());
      if (!Double.isInfinite(change)) {
        state.shift(item, bin);
        state.adaptPrices(2, 0.5);
      }
    }
  }

  private static org.assertj.core.data.Offset<Double> within(double size) {
    return org.assertj.core.data.Offset.offset(1e-9 * (1 + size));
  }
}
