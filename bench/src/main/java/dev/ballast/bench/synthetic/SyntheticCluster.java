package dev.ballast.bench.synthetic;

import dev.ballast.core.search.Problem;
import java.util.Arrays;
import java.util.Random;

/**
 * A seeded cluster: three host types in equal parts with 48 : 64 : 96 parts of CPU and 1 : 1.5 : 2
 * of memory, eight flavours of VMs, sized in whole cores and GiB so that the VMs fill 80 % of the
 * CPU and 50 % of the memory; 10 % of the VMs are in spread groups of 2 to 8 that share no host.
 */
final class SyntheticCluster {
  static final int CPU = 0;
  static final int RESOURCES = 2;
  private static final double CPU_FULL = 0.8;
  private static final double MEMORY_FULL = 0.5;
  private static final double GROUPED = 0.1;
  private static final int[][] HOST_TYPES = {{48, 10}, {64, 15}, {96, 20}};
  private static final int[][] FLAVOURS = {
    {1, 2}, {2, 4}, {2, 8}, {4, 8}, {4, 16}, {8, 16}, {8, 32}, {16, 64}
  };

  private SyntheticCluster() {}

  /** The cluster with some more VMs, {@code probes}, which the fill levels do not count. */
  static Problem generate(int hosts, int vms, int probes, long seed) {
    Random random = new Random(seed);
    int items = vms + probes;
    long[] requirement = new long[items * RESOURCES];
    for (int item = 0; item < items; item++) {
      int[] flavour = FLAVOURS[random.nextInt(FLAVOURS.length)];
      requirement[item * RESOURCES] = flavour[0];
      requirement[item * RESOURCES + 1] = flavour[1];
    }
    int[] group = groups(items, random);
    int groups = Arrays.stream(group).max().orElse(-1) + 1;
    long[] capacity = capacity(hosts, requirement, vms, random);
    return new Problem(
        RESOURCES,
        new boolean[RESOURCES],
        new long[RESOURCES],
        hosts,
        new int[hosts],
        new int[hosts],
        capacity,
        capacity,
        new int[0],
        groups,
        new int[groups],
        new int[groups][0],
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

  private static int[] groups(int items, Random random) {
    int[] group = new int[items];
    int next = 0;
    int item = 0;
    double mean = 5;
    while (item < items) {
      // of n grouped VMs n/mean start a group: so often must one start among the rest
      boolean grouped = random.nextDouble() < GROUPED / (GROUPED + mean * (1 - GROUPED));
      int size = grouped ? 2 + random.nextInt(7) : 1;
      for (int end = Math.min(items, item + size); item < end; item++) {
        group[item] = next;
      }
      next++;
    }
    return group;
  }

  private static long[] capacity(int hosts, long[] requirement, int vms, Random random) {
    double[] parts = new double[RESOURCES];
    int[] type = new int[hosts];
    for (int host = 0; host < hosts; host++) {
      type[host] = random.nextInt(HOST_TYPES.length);
      for (int r = 0; r < RESOURCES; r++) {
        parts[r] += HOST_TYPES[type[host]][r];
      }
    }
    double[] full = {CPU_FULL, MEMORY_FULL};
    long[] capacity = new long[hosts * RESOURCES];
    for (int r = 0; r < RESOURCES; r++) {
      double unit = demand(requirement, vms, r) / full[r] / Math.max(1, parts[r]);
      for (int host = 0; host < hosts; host++) {
        capacity[host * RESOURCES + r] = Math.round(HOST_TYPES[type[host]][r] * unit);
      }
    }
    return capacity;
  }

  /** What the first so many VMs want of a resource. */
  static long demand(long[] requirement, int vms, int resource) {
    long sum = 0;
    for (int item = 0; item < vms; item++) {
      sum += requirement[item * RESOURCES + resource];
    }
    return sum;
  }

  /** No placement of the first so many VMs uses fewer hosts: the largest must hold the demand. */
  static int hostsLowerBound(Problem problem, int vms) {
    int bound = 0;
    for (int r = 0; r < RESOURCES; r++) {
      int resource = r;
      long[] sizes =
          java.util.stream.IntStream.range(0, problem.bins())
              .mapToLong(host -> problem.capacity()[host * RESOURCES + resource])
              .sorted()
              .toArray();
      long left = demand(problem.requirement(), vms, r);
      int used = 0;
      for (int i = sizes.length - 1; i >= 0 && left > 0; i--) {
        left -= sizes[i];
        used++;
      }
      bound = Math.max(bound, used);
    }
    return bound;
  }
}
