package dev.ballast.core.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.atomic.AtomicLong;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class RebalancingTest {
  private static Rebalancing.Result search(Problem problem, int threads, long steps) {
    return new Rebalancing(problem, threads, 5).run(new Budget.Steps(steps));
  }

  @Property(tries = 40)
  void whatIsFoundIsFeasibleCostsWhatItSaysAndNoMoreThanBefore(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 3) int threads) {
    Problem problem = RandomProblems.of(seed, 6, 20);
    Rebalancing.Result result = search(problem, threads, 60_000);
    Reference reference = new Reference(problem, result.assignment());
    assertThat(reference.isFeasible()).isTrue();
    assertThat(result.cost())
        .isEqualTo(reference.cost())
        .isLessThanOrEqualTo(new Reference(problem, problem.initial()).cost());
  }

  @Property(tries = 10)
  void sameSeedAndStepsGiveTheSameAssignment(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 2) int threads) {
    Problem problem = RandomProblems.of(seed, 6, 20);
    assertThat(search(problem, threads, 60_000).assignment())
        .isEqualTo(search(problem, threads, 60_000).assignment());
  }

  @Property(tries = 30)
  void smallProblemsAreSolvedAsByTryingEverything(@ForAll long seed) {
    Problem problem = RandomProblems.of(seed, 3, 6);
    long least = Long.MAX_VALUE;
    int[] assignment = new int[6];
    for (int code = 0; code < 729; code++) {
      for (int item = 0, rest = code; item < 6; item++, rest /= 3) {
        assignment[item] = rest % 3;
      }
      Reference reference = new Reference(problem, assignment);
      least = reference.isFeasible() ? Math.min(least, reference.cost()) : least;
    }
    long found = search(problem, 1, 200_000).cost();
    // the optimum need not be reachable; what feasible moves reach must be found
    assertThat(found).isBetween(least, Reachable.cheapest(problem));
  }

  @Test
  void aTimeBudgetEndsByTheGivenClock() {
    Problem problem = RandomProblems.of(1, 6, 20);
    AtomicLong clock = new AtomicLong();
    Rebalancing.Result result =
        new Rebalancing(problem, 1, 1).run(new Budget.Time(1, () -> clock.addAndGet(1_000_000)));
    assertThat(result.steps()).isBetween(900L * 2048, 1001L * 2048);
  }

  @Test
  void nothingToMoveIsAResultAndNoSearch() {
    Problem problem = RandomProblems.of(1, 1, 1);
    assertThat(search(problem, 2, 1_000).assignment()).containsExactly(0);
  }

  @Test
  void senselessArgumentsAreRefused() {
    Problem problem = RandomProblems.of(1, 2, 2);
    assertThatThrownBy(() -> new Rebalancing(problem, 0, 1)).hasMessageContaining("threads");
    assertThatThrownBy(() -> new Budget.Steps(0)).hasMessageContaining("step");
    assertThatThrownBy(() -> new Budget.Time(0, () -> 0)).hasMessageContaining("time");
  }
}
