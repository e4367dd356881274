package dev.ballast.core.search;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class ReachTest {
  private static final int ITEMS = 8;
  private static final int BINS = 4;

  @Property(tries = 200)
  void aBinOutOfReachWouldExceedItsCapacityWhereverTheOthersSit(@ForAll long seed) {
    Problem problem = RandomProblems.of(seed, BINS, ITEMS);
    Reach reach = new Reach(problem);
    for (int item = 0; item < ITEMS; item++) {
      for (int bin = 0; bin < BINS; bin++) {
        assertThat(reach.contains(item, bin)).isEqualTo(fitsWithoutTheOthers(problem, item, bin));
      }
    }
  }

  /** The others sit elsewhere; what they hold of transient resources at home stays. */
  private static boolean fitsWithoutTheOthers(Problem problem, int item, int bin) {
    int elsewhere = (bin + 1) % BINS;
    int[] assignment = new int[ITEMS];
    Arrays.fill(assignment, elsewhere);
    assignment[item] = bin;
    State state = new State(problem, assignment);
    for (int r = 0; r < problem.resources(); r++) {
      long held = state.usage(bin, r);
      for (int other = 0; other < ITEMS; other++) {
        boolean holds = problem.isTransient()[r] && problem.initial()[other] == bin;
        held += holds && other != item ? problem.requirement()[other * problem.resources() + r] : 0;
      }
      if (held > problem.capacity()[bin * problem.resources() + r]) {
        return false;
      }
    }
    return true;
  }

  @Property(tries = 50)
  void eachBinWithinReachIsDrawnAndNoOther(@ForAll long seed) {
    Problem problem = RandomProblems.of(seed, BINS, ITEMS);
    Reach reach = new Reach(problem);
    SplitMix random = new SplitMix(seed);
    for (int item = 0; item < ITEMS; item++) {
      Set<Integer> drawn = new HashSet<>();
      for (int i = 0; i < 200; i++) {
        drawn.add(reach.random(item, random));
      }
      for (int bin = 0; bin < BINS; bin++) {
        assertThat(drawn.contains(bin)).isEqualTo(reach.contains(item, bin));
      }
    }
  }
}
