package dev.ballast.core.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ballast.core.search.Construction.Aim;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class ConstructionTest {
  /** Items of one resource, each of its own group unless told, in bins of the given capacities. */
  private static Problem problem(long[] capacity, int[] group, long... requirement) {
    int items = requirement.length;
    int bins = capacity.length;
    return new Problem(
        1,
        new boolean[1],
        new long[1],
        bins,
        new int[bins],
        new int[bins],
        capacity,
        capacity,
        new int[0],
        items,
        new int[items],
        new int[items][0],
        items,
        group,
        requirement,
        new long[items],
        new Problem.Balance(new int[0], new int[0], new long[0], new long[0]),
        0,
        0,
        0,
        new int[items]);
  }

  private static int[] all(int items) {
    return IntStream.range(0, items).toArray();
  }

  @Property(tries = 200)
  void placedItemsKeepCapacityAndConflicts(@ForAll long seed, @ForAll Aim aim) {
    Problem problem = RandomProblems.of(seed, 6, 20);
    Construction construction = new Construction(problem, aim);
    construction.placeAll(all(20));
    int[] bins = construction.assignment();
    for (int item = 0; item < 20; item++) {
      for (int other = 0; other < item; other++) {
        boolean together = bins[item] == bins[other] && bins[item] != Construction.NOWHERE;
        assertThat(together && problem.group()[item] == problem.group()[other]).isFalse();
      }
    }
    for (int at = 0; at < problem.capacity().length; at++) {
      int bin = at / problem.resources();
      int r = at % problem.resources();
      long used =
          IntStream.range(0, 20)
              .filter(item -> bins[item] == bin)
              .mapToLong(item -> problem.requirement()[item * problem.resources() + r])
              .sum();
      assertThat(used).isLessThanOrEqualTo(problem.capacity()[at]);
    }
  }

  @Test
  void balanceFillsByShareOfCapacity() {
    Problem problem = problem(new long[] {10, 20}, all(6), 5, 5, 5, 1, 1, 1);
    Construction construction = new Construction(problem, Aim.BALANCE);
    construction.placeAll(all(6));
    assertThat(construction.assignment()).containsExactly(1, 0, 1, 1, 0, 1);
  }

  @Test
  void consolidateOpensTheLargestAndFillsTheTightest() {
    Problem problem = problem(new long[] {4, 10, 8}, all(4), 6, 6, 4, 2);
    Construction construction = new Construction(problem, Aim.CONSOLIDATE);
    construction.placeAll(all(4));
    assertThat(construction.assignment()).containsExactly(1, 2, 1, 2);
    assertThat(construction.binsUsed()).isEqualTo(2);
  }

  @Test
  void oneGroupNeverSharesABin() {
    Problem problem = problem(new long[] {9, 9}, new int[] {0, 0, 0}, 1, 1, 1);
    Construction construction = new Construction(problem, Aim.CONSOLIDATE);
    construction.placeAll(all(3));
    assertThat(construction.assignment()).containsExactly(0, 1, Construction.NOWHERE);
  }

  /** Item 2 may only sit in bin 0, which the others have filled. */
  private static Rules onlyFirstBin(int... together) {
    return new Rules(
        new int[] {0, 0, 1},
        new long[][] {{3}, {1}},
        new int[3][0],
        together,
        new int[] {-1, -1, -1},
        new int[0],
        new int[2]);
  }

  @Test
  void anItemThatFitsNowhereGetsTheRoomOfOneThatFitsElsewhere() {
    Problem problem = problem(new long[] {10, 9}, all(3), 6, 4, 3);
    Construction construction = new Construction(problem, onlyFirstBin(-1, -1, -1), Aim.BALANCE);
    construction.placeAll(all(3));
    assertThat(construction.assignment()).doesNotContain(Construction.NOWHERE);
    assertThat(construction.binOf(2)).isZero();
  }

  @Test
  void thoseThatGoTogetherMakeRoomTogether() {
    Problem problem = problem(new long[] {10, 10}, all(3), 5, 5, 3);
    Construction construction = new Construction(problem, onlyFirstBin(0, 0, -1), Aim.CONSOLIDATE);
    construction.placeAll(all(3));
    assertThat(construction.assignment()).containsExactly(1, 1, 0);
  }

  @Test
  void consolidationEmptiesABinWhoseItemsFitElsewhere() {
    // Best fit decreasing needs three bins: 6+3, 5+4, then 2 and what is left.
    Problem problem = problem(new long[] {10, 10, 10}, all(5), 6, 5, 4, 3, 2);
    Construction construction = new Construction(problem, Aim.CONSOLIDATE);
    construction.placeAll(all(5));
    assertThat(construction.binsUsed()).isEqualTo(2);
  }

  @Test
  void removedItemsLeaveRoom() {
    Construction construction =
        new Construction(problem(new long[] {5}, all(2), 5, 5), Aim.BALANCE);
    assertThat(construction.place(0)).isZero();
    assertThat(construction.place(1)).isEqualTo(Construction.NOWHERE);
    assertThatThrownBy(() -> construction.place(0)).hasMessageContaining("item 0");
    construction.remove(0);
    assertThat(construction.place(1)).isZero();
  }

  @Test
  void noBinsAndNoCapacityTakeNothing() {
    assertThat(new Construction(problem(new long[0], all(1), 1), Aim.BALANCE).place(0))
        .isEqualTo(Construction.NOWHERE);
    assertThat(new Construction(problem(new long[] {0}, all(1), 1), Aim.CONSOLIDATE).place(0))
        .isEqualTo(Construction.NOWHERE);
  }
}
