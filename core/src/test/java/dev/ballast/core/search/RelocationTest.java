package dev.ballast.core.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ballast.core.check.MoveCheck;
import dev.ballast.core.search.Relocation.Plan;
import dev.ballast.core.search.Relocation.Policy;
import dev.ballast.core.search.Relocation.Reason;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class RelocationTest {
  /** One weighted resource; each item its own group. */
  private static Problem problem(
      long[] capacity, long[] safety, long[] requirement, int... initial) {
    int items = requirement.length;
    return new Problem(
        1,
        new boolean[] {true},
        new long[] {1},
        capacity.length,
        new int[capacity.length],
        new int[capacity.length],
        capacity,
        safety,
        new int[0],
        items,
        new int[items],
        new int[items][0],
        items,
        IntStream.range(0, items).toArray(),
        requirement,
        requirement,
        new Problem.Balance(new int[0], new int[0], new long[0], new long[0]),
        0,
        0,
        0,
        initial);
  }

  private static Policy policy(Problem problem, Aim aim, boolean asides) {
    return new Policy(100, 2, 1, new boolean[problem.items()], aim, 0.1, asides);
  }

  private static Problem random(SplittableRandom random) {
    int bins = random.nextInt(2, 5);
    long[] capacity = random.longs(bins, 10, 30).toArray();
    long[] safety = Arrays.stream(capacity).map(c -> c * 7 / 10).toArray();
    long[] free = capacity.clone();
    List<Long> requirement = new ArrayList<>();
    List<Integer> initial = new ArrayList<>();
    for (int i = random.nextInt(0, 10); i > 0; i--) {
      long size = random.nextLong(1, 9);
      int bin = random.nextInt(bins);
      if (free[bin] >= size) {
        free[bin] -= size;
        requirement.add(size);
        initial.add(bin);
      }
    }
    return problem(
        capacity,
        safety,
        requirement.stream().mapToLong(Long::longValue).toArray(),
        initial.stream().mapToInt(Integer::intValue).toArray());
  }

  /** Anti-affinity and spreads over two kinds of failure domains that the initial state keeps. */
  private static Rules rules(SplittableRandom random, Problem problem) {
    int items = problem.items();
    int bins = problem.bins();
    int[] none = new int[items];
    Arrays.fill(none, Rules.NO_SET);
    int[] spread = none.clone();
    int[][] domains = new int[2][bins];
    for (int bin = 0; bin < bins; bin++) {
      domains[0][bin] = bin;
      domains[1][bin] = bin % 2;
    }
    int[] limit = new int[2];
    int[][] apart = new int[items][0];
    for (int item = 0; item < items; item++) {
      spread[item] = random.nextInt(3) - 1;
      boolean alone = true;
      for (int other = 0; other < item; other++) {
        alone &= apart[other].length == 0 || problem.initial()[other] != problem.initial()[item];
      }
      apart[item] = alone && random.nextBoolean() ? new int[] {0} : new int[0];
    }
    for (int set = 0; set < 2; set++) {
      int[] inDomain = new int[bins];
      limit[set] = 1;
      for (int item = 0; item < items; item++) {
        if (spread[item] == set) {
          limit[set] = Math.max(limit[set], ++inDomain[domains[set][problem.initial()[item]]]);
        }
      }
    }
    return new Rules(
        new int[items],
        new long[][] {Rules.every(bins)},
        apart,
        none,
        spread,
        limit,
        new int[bins],
        domains);
  }

  private static MoveCheck.Cluster cluster(Problem problem, Rules rules, int kind) {
    BitSet anywhere = new BitSet();
    anywhere.set(0, problem.bins());
    Set<Integer> apart = new HashSet<>();
    Set<Integer> spread = new HashSet<>();
    for (int item = 0; item < problem.items(); item++) {
      if (rules.apart()[item].length > 0) {
        apart.add(item);
      }
      if (rules.spread()[item] == kind) {
        spread.add(item);
      }
    }
    return new MoveCheck.Cluster(
        Arrays.stream(problem.capacity()).mapToObj(List::of).toList(),
        Arrays.stream(problem.requirement()).mapToObj(List::of).toList(),
        Arrays.stream(problem.initial()).boxed().toList(),
        IntStream.range(0, problem.items()).mapToObj(_ -> anywhere).toList(),
        List.of(apart),
        List.of(),
        List.of(new MoveCheck.Spread(spread, rules.spreadLimit()[kind])),
        Arrays.stream(rules.domains(kind)).boxed().toList());
  }

  @Property(tries = 1000)
  void everyIntermediateStatePassesTheIndependentChecker(
      @ForAll long seed, @ForAll Aim aim, @ForAll boolean asides) {
    SplittableRandom random = new SplittableRandom(seed);
    Problem problem = random(random);
    Rules rules = rules(random, problem);

    Plan plan = Relocation.plan(problem, rules, policy(problem, aim, asides));

    List<MoveCheck.Migration> moves =
        plan.moves().stream()
            .map(m -> new MoveCheck.Migration(m.item(), m.from(), m.to(), m.wave()))
            .toList();
    assertThat(MoveCheck.check(cluster(problem, rules, 0), moves, 2)).isEmpty();
    assertThat(MoveCheck.check(cluster(problem, rules, 1), moves, 2)).isEmpty();
    assertThat(Relocation.plan(problem, rules, policy(problem, aim, asides))).isEqualTo(plan);
    if (!asides) {
      assertThat(plan.moves()).extracting(Relocation.Move::item).doesNotHaveDuplicates();
    }
  }

  @Property(tries = 1000)
  void whereOneMoveEndsAllOverloadItIsOneMove(@ForAll long seed) {
    Problem problem = random(new SplittableRandom(seed));
    long[] used = used(problem, -1, -1);
    boolean hot = isHot(problem, used);
    boolean one = false;
    for (int item = 0; hot && item < problem.items(); item++) {
      for (int bin = 0; bin < problem.bins(); bin++) {
        one |= !isHot(problem, used(problem, item, bin));
      }
    }

    Plan plan =
        Relocation.plan(
            problem,
            Rules.none(problem.items(), problem.bins()),
            policy(problem, Aim.STABLE, false));

    if (!hot) {
      assertThat(plan.moves()).isEmpty();
    } else if (one) {
      assertThat(plan.moves()).hasSize(1);
      assertThat(plan.refusals()).isEmpty();
    }
  }

  private static long[] used(Problem problem, int moved, int to) {
    long[] used = new long[problem.bins()];
    for (int item = 0; item < problem.items(); item++) {
      used[item == moved ? to : problem.initial()[item]] += problem.requirement()[item];
    }
    return used;
  }

  private static boolean isHot(Problem problem, long[] used) {
    return IntStream.range(0, used.length).anyMatch(bin -> used[bin] > problem.safety()[bin]);
  }

  @Test
  void aCycleIsBrokenThroughAThirdBinOrRefused() {
    // Neither bin has room for the other's item first; the third takes the small one meanwhile.
    Problem problem =
        problem(new long[] {10, 10, 3}, new long[] {8, 10, 3}, new long[] {5, 5, 3, 5}, 0, 0, 1, 1);
    Rules rules = Rules.none(4, 3);

    Plan broken = Relocation.plan(problem, rules, policy(problem, Aim.STABLE, true));
    Plan refused = Relocation.plan(problem, rules, policy(problem, Aim.STABLE, false));

    assertThat(refused.moves()).isEmpty();
    assertThat(refused.refusals())
        .containsExactly(
            new Relocation.Refusal(0, 2, Reason.CYCLE, Optional.of(new Relocation.Cycle(0, 2, 2))));
    assertThat(broken.refusals()).isEmpty();
    assertThat(broken.moves())
        .extracting(move -> move.item() + ": " + move.from() + " to " + move.to())
        .containsExactly("2: 1 to 2", "0: 0 to 1", "2: 2 to 0");
  }

  private static Policy priced(Problem problem, Aim aim, Relocation.Prices prices) {
    return new Policy(100, 2, 1, new boolean[problem.items()], aim, 0.1, false, prices);
  }

  private static Relocation.Prices prices(double mismatch, double... ofMove) {
    return new Relocation.Prices(10, mismatch, 10, 0, 1, ofMove);
  }

  @Test
  void ofEquallyGoodMovesTheCheapestIsTakenAndNoneThatCostsAsMuchAsItGains() {
    // The higher share falls from 0.8 to 0.4 with any one item: worth 4 less its price.
    Problem problem = problem(new long[] {10, 10}, new long[] {9, 9}, new long[] {4, 4}, 0, 0);
    Rules rules = Rules.none(2, 2);

    assertThat(
            Relocation.plan(problem, rules, priced(problem, Aim.BALANCE, prices(0, 2, 1))).moves())
        .extracting(Relocation.Move::item)
        .containsExactly(1);
    assertThat(
            Relocation.plan(problem, rules, priced(problem, Aim.BALANCE, prices(0, 4, 4))).moves())
        .isEmpty();
  }

  @Test
  void anEmptiedBinMustBeWorthItsMoves() {
    Problem problem = problem(new long[] {10, 10}, new long[] {9, 9}, new long[] {4, 4}, 0, 1);
    Rules rules = Rules.none(2, 2);

    assertThat(
            Relocation.plan(problem, rules, priced(problem, Aim.CONSOLIDATE, prices(0, 9, 10)))
                .moves())
        .hasSize(1);
    assertThat(
            Relocation.plan(problem, rules, priced(problem, Aim.CONSOLIDATE, prices(0, 10, 10)))
                .moves())
        .isEmpty();
  }

  @Test
  void freeResourcesThatFitTogetherAreWorthSomething() {
    // Resource 0 carries the load; of the other, one free bin has 1 in use and one 6.
    Problem problem =
        shaped(
            new long[] {10, 10, 10, 10, 10, 10}, new long[] {4, 0, 4, 0, 0, 6, 0, 1}, 0, 0, 1, 2);
    Rules rules = Rules.none(4, 3);

    assertThat(Relocation.plan(problem, rules, priced(problem, Aim.BALANCE, prices(0))).moves())
        .extracting(Relocation.Move::to)
        .containsExactly(1);
    // Bin 1 would differ by 3/10 instead of 1/10, bin 2 by 2/10 instead of 6/10.
    assertThat(
            Relocation.plan(
                    shaped(
                        new long[] {10, 10, 10, 10, 10, 10},
                        new long[] {4, 0, 4, 0, 0, 1, 0, 6},
                        0,
                        0,
                        1,
                        2),
                    rules,
                    priced(problem, Aim.BALANCE, prices(5)))
                .moves())
        .extracting(Relocation.Move::to)
        .containsExactly(2);
  }

  /** Two resources, of which the first has a load weight. */
  private static Problem shaped(long[] capacity, long[] requirement, int... initial) {
    Problem one = problem(new long[] {1}, new long[] {1}, new long[0]);
    int bins = capacity.length / 2;
    int items = initial.length;
    return new Problem(
        2,
        new boolean[] {true, true},
        new long[] {1, 0},
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
        IntStream.range(0, items).toArray(),
        requirement,
        new long[items],
        one.balance(),
        0,
        0,
        0,
        initial);
  }

  @Test
  void senselessLimitsAreRefused() {
    assertThatThrownBy(() -> new Policy(-1, 1, 0, new boolean[0]))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Policy(1, 0, 0, new boolean[0]))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
