package dev.ballast.core.search;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class StateTest {
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
    int[] then = state.assignment();
    then[item] = bin;
    Reference after = new Reference(problem, then);
    boolean moves = state.binOf(item) != bin;
    assertThat(state.canShift(item, bin)).isEqualTo(moves && after.isFeasible());
    if (moves) {
      assertThat(state.cost() + state.shiftDelta(item, bin)).isEqualTo(after.cost());
    }
    if (state.canShift(item, bin)) {
      state.shift(item, bin);
    }
  }

  private static void trySwap(Problem problem, State state, int a, int b) {
    if (!state.canSwap(a, b)) {
      return;
    }
    int[] then = state.assignment();
    then[a] = state.binOf(b);
    then[b] = state.binOf(a);
    Reference after = new Reference(problem, then);
    assertThat(after.isFeasible()).isTrue();
    assertThat(state.cost() + state.swapDelta(a, b)).isEqualTo(after.cost());
    state.swap(a, b);
  }

  @Property(tries = 200)
  void exceededCapacityIsSeenAndPriced(@ForAll long seed) {
    Problem problem = RandomProblems.of(seed, 5, 12);
    State state = new State(problem, problem.initial());
    state.setPrices(7);
    Random random = new Random(seed);
    for (int i = 0; i < 40; i++) {
      int item = random.nextInt(12);
      int bin = random.nextInt(5);
      if (state.allowsShift(item, bin)) {
        double expected = state.overflow() + state.shiftOverflowDelta(item, bin);
        state.shift(item, bin);
        assertThat(state.overflow()).isCloseTo(expected, within(expected));
      }
      Reference reference = new Reference(problem, state.assignment());
      assertThat(state.fits()).isEqualTo(reference.keepsCapacity());
      assertThat(state.overflow() > 0).isEqualTo(!reference.keepsCapacity());
      assertThat(reference.keepsGroups()).isTrue();
    }
  }

  private static org.assertj.core.data.Offset<Double> within(double size) {
    return org.assertj.core.data.Offset.offset(1e-9 * (1 + size));
  }
}
