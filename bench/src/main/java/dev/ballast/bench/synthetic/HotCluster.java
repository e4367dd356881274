package dev.ballast.bench.synthetic;

import dev.ballast.core.check.MoveCheck;
import dev.ballast.core.search.Construction;
import dev.ballast.core.search.Problem;
import dev.ballast.core.search.Relocation;
import dev.ballast.core.search.Rules;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * A placed synthetic cluster some of whose hosts became hot: their VMs want 15 to 50 % more CPU
 * than they were placed with. Safety is 85 % of a host's CPU; CPU may be promised twice over,
 * memory not.
 */
record HotCluster(Problem problem, Rules rules, int hotHosts) {
  private static final double SAFETY = 0.85;
  private static final int CPU_UNIT = 1000; // demand in thousandths of a CPU
  private static final int CPU_OVERCOMMIT = 2;

  static HotCluster generate(int hosts, int vms, double hot, long seed) {
    Problem from = SyntheticCluster.generate(hosts, vms, 0, seed);
    Rules rules = SyntheticRules.generate(hosts, vms, 0, 0, seed);
    Construction construction = new Construction(from, rules, Construction.Aim.BALANCE);
    construction.placeAll(IntStream.range(0, vms).toArray());
    int[] placed = placed(construction.assignment());
    Random random = new Random(seed);
    double[] factor = new double[hosts];
    for (int host = 0; host < hosts; host++) {
      factor[host] = random.nextDouble() < hot ? 1.15 + 0.35 * random.nextDouble() : 1;
    }
    long[] requirement = from.requirement().clone();
    long[] capacity = from.capacity().clone();
    long[] safety = from.capacity().clone();
    for (int vm = 0; vm < vms; vm++) {
      int at = vm * SyntheticCluster.RESOURCES;
      requirement[at] = Math.round(requirement[at] * CPU_UNIT * factor[placed[vm]]);
    }
    for (int at = 0; at < capacity.length; at += SyntheticCluster.RESOURCES) {
      capacity[at] *= CPU_UNIT * CPU_OVERCOMMIT;
      safety[at] = (long) (safety[at] * CPU_UNIT * SAFETY);
    }
    Problem problem = hotter(from, requirement, capacity, safety, placed);
    return new HotCluster(problem, rules, hot(problem));
  }

  /** A VM that nothing could take stands on the first host, so that there is one to relieve. */
  private static int[] placed(int[] assignment) {
    return Arrays.stream(assignment).map(host -> Math.max(0, host)).toArray();
  }

  private static Problem hotter(
      Problem from, long[] requirement, long[] capacity, long[] safety, int[] placed) {
    long[] memory =
        IntStream.range(0, from.items())
            .mapToLong(vm -> from.requirement()[vm * SyntheticCluster.RESOURCES + 1])
            .toArray();
    return new Problem(
        from.resources(),
        new boolean[] {false, true},
        new long[] {1, 0},
        from.bins(),
        from.neighbourhood(),
        from.location(),
        capacity,
        safety,
        from.binMoveCost(),
        from.groups(),
        from.spreadMin(),
        from.dependencies(),
        from.items(),
        from.group(),
        requirement,
        memory,
        from.balance(),
        0,
        0,
        0,
        placed);
  }

  private static int hot(Problem problem) {
    long[] used = new long[problem.bins()];
    for (int vm = 0; vm < problem.items(); vm++) {
      used[problem.initial()[vm]] += problem.requirement()[vm * problem.resources()];
    }
    return (int)
        IntStream.range(0, used.length)
            .filter(host -> used[host] > problem.safety()[host * problem.resources()])
            .count();
  }

  /** What the independent checker finds wrong with the plan. */
  List<String> faults(Relocation.Plan plan, int concurrent) {
    List<MoveCheck.Migration> moves =
        plan.moves().stream()
            .map(m -> new MoveCheck.Migration(m.item(), m.from(), m.to(), m.wave()))
            .toList();
    return MoveCheck.check(cluster(), moves, concurrent);
  }

  private MoveCheck.Cluster cluster() {
    List<BitSet> profiles = Arrays.stream(rules.eligible()).map(BitSet::valueOf).toList();
    List<Set<Integer>> apart = new ArrayList<>(sets(vm -> rules.apart()[vm]));
    apart.addAll(sets(vm -> new int[] {problem.group()[vm]}));
    List<Set<Integer>> spreads = sets(vm -> one(rules.spread()[vm]));
    return new MoveCheck.Cluster(
        rows(problem.capacity()),
        rows(problem.requirement()),
        Arrays.stream(problem.initial()).boxed().toList(),
        Arrays.stream(rules.profile()).mapToObj(profiles::get).toList(),
        apart.stream().filter(set -> set.size() > 1).toList(),
        sets(vm -> one(rules.together()[vm])),
        spreads.stream()
            .map(
                set ->
                    new MoveCheck.Spread(
                        set, rules.spreadLimit()[rules.spread()[set.iterator().next()]]))
            .toList(),
        Arrays.stream(rules.domain()).boxed().toList());
  }

  private static int[] one(int set) {
    return set < 0 ? new int[0] : new int[] {set};
  }

  private List<Set<Integer>> sets(IntFunction<int[]> setsOf) {
    TreeMap<Integer, Set<Integer>> members = new TreeMap<>();
    for (int vm = 0; vm < problem.items(); vm++) {
      for (int set : setsOf.apply(vm)) {
        members.computeIfAbsent(set, _ -> new HashSet<>()).add(vm);
      }
    }
    return List.copyOf(members.values());
  }

  private List<List<Long>> rows(long[] flat) {
    List<List<Long>> rows = new ArrayList<>();
    for (int at = 0; at < flat.length; at += problem.resources()) {
      rows.add(Arrays.stream(flat, at, at + problem.resources()).boxed().toList());
    }
    return rows;
  }
}
