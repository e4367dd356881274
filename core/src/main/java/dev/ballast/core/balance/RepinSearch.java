package dev.ballast.core.balance;

import dev.ballast.core.model.CpuPins;
import dev.ballast.core.model.VmName;
import dev.ballast.core.topology.CpuSet;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Finds new pins for as few VMs as end the overload.
 *
 * <p>A round tries every set of one, two and three of the {@value #CANDIDATE_LIMIT} VMs that want
 * most: takes them off and puts them back, the largest first, each vCPU on the least loaded CPU
 * that it may use (LPT). The set wins that has the least {@code overload + moves · gainPerMove},
 * then the lowest highest load, then the fewest moves. Rounds follow one another while they gain
 * and moves are left.
 */
final class RepinSearch {
  /** At most so many VMs are considered in a round: 24 give 2324 sets. */
  static final int CANDIDATE_LIMIT = 24;

  private static final int SET_SIZE_LIMIT = 3;

  private final long targetMillis;
  private final ReliefPolicy policy;
  private final Function<Guest, CpuSet> allowed;

  RepinSearch(long targetMillis, ReliefPolicy policy, Function<Guest, CpuSet> allowed) {
    this.targetMillis = targetMillis;
    this.policy = policy;
    this.allowed = allowed;
  }

  /** The new vCPU sets of the VMs that move, and the loads then. */
  record Result(SortedMap<VmName, List<CpuSet>> moves, CpuLoads loads) {}

  private record Trial(Map<Guest, List<CpuSet>> moves, CpuLoads loads, long cost) {}

  Result search(List<Guest> movable, CpuLoads start) {
    SortedMap<VmName, List<CpuSet>> moves = new TreeMap<>();
    CpuLoads loads = start;
    List<Guest> left = new ArrayList<>(movable);
    while (moves.size() < policy.maxMoves() && loads.overload(targetMillis) > 0) {
      Optional<Trial> best = round(left, loads, policy.maxMoves() - moves.size());
      if (best.isEmpty()) {
        break;
      }
      best.get().moves().forEach((guest, cpus) -> moves.put(guest.vm(), cpus));
      left.removeAll(best.get().moves().keySet());
      loads = best.get().loads();
    }
    return new Result(moves, loads);
  }

  private Optional<Trial> round(List<Guest> left, CpuLoads loads, int movesLeft) {
    List<Guest> candidates =
        left.stream()
            .sorted(
                Comparator.comparingLong(Guest::demandMillis).reversed().thenComparing(Guest::vm))
            .limit(CANDIDATE_LIMIT)
            .toList();
    List<List<Guest>> sets = new ArrayList<>();
    subsets(candidates, 0, List.of(), Math.min(SET_SIZE_LIMIT, movesLeft), sets);
    long nowCost = loads.overload(targetMillis);
    return sets.stream()
        .map(set -> trial(set, loads))
        .filter(trial -> !trial.moves().isEmpty() && trial.cost() < nowCost)
        .min(
            Comparator.comparingLong(Trial::cost)
                .thenComparingLong(trial -> trial.loads().highest())
                .thenComparingInt(trial -> trial.moves().size()));
  }

  private static void subsets(
      List<Guest> candidates, int from, List<Guest> chosen, int size, List<List<Guest>> result) {
    for (int i = from; i < candidates.size() && size > 0; i++) {
      List<Guest> longer = new ArrayList<>(chosen);
      longer.add(candidates.get(i));
      result.add(longer);
      subsets(candidates, i + 1, longer, size - 1, result);
    }
  }

  private Trial trial(List<Guest> set, CpuLoads start) {
    CpuLoads loads = start.copy();
    set.forEach(guest -> loads.add(guest.pins(), -guest.perVcpuMillis()));
    Map<Guest, List<CpuSet>> moves = new LinkedHashMap<>();
    for (Guest guest : set) {
      List<CpuSet> vcpus = seat(guest, loads);
      if (!new CpuPins(vcpus, guest.pins().emulator()).equals(guest.pins())) {
        moves.put(guest, vcpus);
      }
    }
    long cost = loads.overload(targetMillis) + moves.size() * policy.gainPerMoveMillis();
    return new Trial(moves, loads, cost);
  }

  /**
   * The least loaded CPU for each vCPU; its own where that is no worse; each once while they last.
   */
  private List<CpuSet> seat(Guest guest, CpuLoads loads) {
    CpuSet cpus = allowed.apply(guest);
    List<CpuSet> result = new ArrayList<>();
    CpuSet used = CpuSet.EMPTY;
    for (CpuSet own : guest.pins().vcpus()) {
      CpuSet rest = cpus.minus(used);
      CpuSet choice = rest.isEmpty() ? cpus : rest;
      int cpu =
          choice.stream()
              .boxed()
              .min(
                  Comparator.comparingLong((Integer c) -> loads.of(c))
                      .thenComparing(c -> !own.contains(c))
                      .thenComparingInt(c -> c))
              .orElseThrow();
      result.add(CpuSet.of(cpu));
      used = used.union(CpuSet.of(cpu));
      loads.add(cpu, guest.perVcpuMillis());
    }
    return result;
  }
}
