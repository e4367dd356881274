package dev.ballast.core.balance;

import dev.ballast.core.model.VmName;
import dev.ballast.core.topology.CpuSet;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
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
 *
 * <p>Sets that cannot gain as much as the best so far, by what their VMs put on overloaded CPUs,
 * are skipped, as are larger sets once their moves alone cost more than the best set.
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

  Result search(List<Guest> movable, CpuLoads start) {
    SortedMap<VmName, List<CpuSet>> moves = new TreeMap<>();
    CpuLoads loads = start;
    List<Guest> left = new ArrayList<>(movable);
    while (moves.size() < policy.maxMoves() && loads.overload(targetMillis) > 0) {
      Optional<RepinTrial.Outcome> best = round(left, loads, policy.maxMoves() - moves.size());
      if (best.isEmpty()) {
        break;
      }
      loads = loads.copy();
      for (RepinTrial.Moved moved : best.get().moves()) {
        moves.put(moved.guest().vm(), moved.vcpus());
        loads.add(moved.guest().pins(), -moved.guest().perVcpuMillis());
        for (CpuSet cpu : moved.vcpus()) {
          loads.add(cpu, moved.guest().perVcpuMillis());
        }
        left.remove(moved.guest());
      }
    }
    return new Result(moves, loads);
  }

  private Optional<RepinTrial.Outcome> round(List<Guest> left, CpuLoads loads, int movesLeft) {
    List<Guest> candidates =
        left.stream()
            .filter(guest -> !allowed.apply(guest).isEmpty())
            .sorted(
                Comparator.comparingLong(Guest::demandMillis).reversed().thenComparing(Guest::vm))
            .limit(CANDIDATE_LIMIT)
            .toList();
    List<RepinTrial.Candidate> tried =
        candidates.stream()
            .map(
                guest -> new RepinTrial.Candidate(guest, allowed.apply(guest), loads, targetMillis))
            .toList();
    RepinTrial trial = new RepinTrial(loads, targetMillis, policy.gainPerMoveMillis());
    int most = Math.min(SET_SIZE_LIMIT, movesLeft);
    for (int size = 1; size <= most && trial.isOpen(size); size++) {
      subsets(tried, 0, new ArrayList<>(), size, trial);
    }
    return trial.best();
  }

  private static void subsets(
      List<RepinTrial.Candidate> candidates,
      int from,
      List<RepinTrial.Candidate> chosen,
      int size,
      RepinTrial trial) {
    if (chosen.size() == size) {
      trial.tryOut(chosen);
      return;
    }
    for (int i = from; i < candidates.size(); i++) {
      chosen.add(candidates.get(i));
      subsets(candidates, i + 1, chosen, size, trial);
      chosen.removeLast();
    }
  }
}
