package dev.ballast.core.search;

import java.util.Random;

/** Problems with every kind of constraint and cost, whose initial assignment is feasible. */
final class RandomProblems {
  private RandomProblems() {}

  static Problem of(long seed, int bins, int items) {
    Random random = new Random(seed);
    int resources = 1 + random.nextInt(4);
    int groups = Math.max(1, items - random.nextInt(1 + items / 2));
    int[] neighbourhood = random.ints(bins, 0, 3).toArray();
    int[] location = random.ints(bins, 0, 3).toArray();
    long[] requirement = random.longs((long) items * resources, 0, 20).toArray();
    boolean[] isTransient = new boolean[resources];
    for (int r = 0; r < resources; r++) {
      isTransient[r] = random.nextBoolean();
    }
    int[] initial = new int[items];
    int[] group = new int[items];
    boolean[] taken = new boolean[groups * bins];
    for (int item = 0; item < items; item++) {
      do {
        initial[item] = random.nextInt(bins);
        group[item] = random.nextInt(groups);
      } while (taken[group[item] * bins + initial[item]]);
      taken[group[item] * bins + initial[item]] = true;
    }
    long[] capacity = new long[bins * resources];
    for (int item = 0; item < items; item++) {
      for (int r = 0; r < resources; r++) {
        capacity[initial[item] * resources + r] += requirement[item * resources + r];
      }
    }
    long[] safety = new long[capacity.length];
    for (int at = 0; at < capacity.length; at++) {
      capacity[at] += random.nextInt(25);
      safety[at] = (long) (capacity[at] * random.nextDouble());
    }
    int[] spreadMin = new int[groups];
    int[][] dependencies = new int[groups][];
    for (int g = 0; g < groups; g++) {
      spreadMin[g] = random.nextInt(3) == 0 ? locations(g, group, initial, location) : 0;
      int on = random.nextInt(groups);
      dependencies[g] =
          random.nextInt(4) == 0 && holds(g, on, group, initial, neighbourhood)
              ? new int[] {on}
              : new int[0];
    }
    return new Problem(
        resources,
        isTransient,
        random.longs(resources, 0, 5).toArray(),
        bins,
        neighbourhood,
        location,
        capacity,
        safety,
        random.nextBoolean() ? random.ints((long) bins * bins, 0, 4).toArray() : new int[0],
        groups,
        spreadMin,
        dependencies,
        items,
        group,
        requirement,
        random.longs(items, 0, 4).toArray(),
        new Problem.Balance(
            new int[] {0}, new int[] {resources - 1}, new long[] {2}, new long[] {3}),
        random.nextInt(3),
        random.nextInt(10),
        random.nextInt(3),
        initial);
  }

  private static int locations(int g, int[] group, int[] initial, int[] location) {
    boolean[] seen = new boolean[3];
    int count = 0;
    for (int item = 0; item < group.length; item++) {
      if (group[item] == g && !seen[location[initial[item]]]) {
        seen[location[initial[item]]] = true;
        count++;
      }
    }
    return count;
  }

  private static boolean holds(int g, int on, int[] group, int[] initial, int[] neighbourhood) {
    boolean[] there = new boolean[3];
    for (int item = 0; item < group.length; item++) {
      there[neighbourhood[initial[item]]] |= group[item] == on;
    }
    for (int item = 0; item < group.length; item++) {
      if (group[item] == g && !there[neighbourhood[initial[item]]]) {
        return false;
      }
    }
    return true;
  }
}
