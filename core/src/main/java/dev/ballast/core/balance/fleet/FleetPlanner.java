package dev.ballast.core.balance.fleet;

import dev.ballast.core.balance.fleet.FleetMove.Reason;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/** One decision on a {@link FleetBoard}: relief of the hottest first, then emptying. */
final class FleetPlanner {
  /** No host gives away more VMs than this in one decision for relief. */
  private static final int RELIEF_MOVES_LIMIT = 4;

  private static final int NONE = FleetBoard.NONE;

  private final FleetBoard board;
  private final FleetPolicy policy;
  private final double margin;
  private final IntPredicate isCool;
  private final boolean[] moved;
  private final List<FleetMove> moves = new ArrayList<>();

  /**
   * @param isCool whether a VM may move where overload is only feared
   */
  FleetPlanner(FleetBoard board, FleetPolicy policy, double margin, IntPredicate isCool) {
    this.board = board;
    this.policy = policy;
    this.margin = margin;
    this.isCool = isCool;
    this.moved = new boolean[board.shape.vms()];
  }

  List<FleetMove> plan() {
    relieve();
    if (policy.packs()) {
      empty();
    }
    return moves;
  }

  private void relieve() {
    int allowed = (int) Math.ceil(policy.relief().hostsPerDecision() * board.hostsInUse());
    for (int host : hottestFirst()) {
      for (int round = 0; round < RELIEF_MOVES_LIMIT; round++) {
        boolean isOverloaded = board.wantedNow(host) >= board.shape.cpu()[host] && allowed > 0;
        boolean isAtRisk =
            board.committed(host, margin)
                > board.shape.cpu()[host] * (1 + policy.relief().riskTolerance());
        if (!(isOverloaded || isAtRisk) || !relieve(host, isOverloaded, isAtRisk)) {
          break;
        }
        if (isOverloaded) {
          allowed--;
        }
      }
    }
  }

  private int[] hottestFirst() {
    return IntStream.range(0, board.shape.hosts())
        .filter(host -> board.vmsOn(host) > 0)
        .boxed()
        .sorted(Comparator.comparingDouble(host -> -board.wantedNow(host)))
        .mapToInt(Integer::intValue)
        .toArray();
  }

  /**
   * Moves one VM away, the one that ends the trouble with the least left over; false if none can.
   */
  private boolean relieve(int host, boolean isOverloaded, boolean isAtRisk) {
    int victim = NONE;
    int target = NONE;
    double least = Double.MAX_VALUE;
    int[] vms = board.vmsOf(host);
    for (int vm : vms) {
      if (moved[vm] || !(isOverloaded || isCool.test(vm))) {
        continue;
      }
      double excess = isOverloaded ? excessNow(vm, host) : excessCommitted(vm, host);
      if (excess >= least) {
        continue;
      }
      int to = target(vm, margin);
      if (to != NONE && board.linksAreFree(vm, host, to)) {
        victim = vm;
        target = to;
        least = excess;
      }
    }
    if (victim == NONE && isAtRisk && policy.packs() && vms.length > 1) {
      victim = largest(vms);
      target = victim == NONE ? NONE : board.empty(victim, margin, policy.relief().ceiling());
    }
    if (victim == NONE || target == NONE || !board.linksAreFree(victim, host, target)) {
      return false;
    }
    board.move(victim, target);
    begin(victim, host, target, isOverloaded ? Reason.OVERLOAD : Reason.RISK);
    return true;
  }

  private int target(int vm, double withMargin) {
    return board.target(vm, withMargin, policy.relief().ceiling(), policy.packs());
  }

  /** By how much moving the VM overshoots the need; a VM that alone does not help is out. */
  private double excessNow(int vm, int host) {
    double need = board.wantedNow(host) - board.shape.cpu()[host] * policy.relief().relievedTo();
    return board.now[vm] >= need ? board.now[vm] - need : Double.MAX_VALUE;
  }

  /** As {@link #excessNow}; if no VM is large enough alone, the largest is the best. */
  private double excessCommitted(int vm, int host) {
    double committed = board.committed(host, margin);
    double need = committed - board.shape.cpu()[host];
    double gain = committed - board.committedWithout(vm, margin);
    double out = board.shape.cpu()[host] * board.shape.vms();
    return gain >= need ? gain - need : out - gain;
  }

  private int largest(int[] vms) {
    int largest = NONE;
    for (int vm : vms) {
      if (!moved[vm] && (largest == NONE || board.now[vm] > board.now[largest])) {
        largest = vm;
      }
    }
    return largest;
  }

  private void begin(int vm, int from, int to, Reason reason) {
    board.useLinks(vm, from, to);
    moved[vm] = true;
    moves.add(new FleetMove(vm, from, to, reason));
  }

  private void empty() {
    int emptied = 0;
    int[] candidates =
        IntStream.range(0, board.shape.hosts())
            .filter(host -> board.vmsOn(host) > 0)
            .boxed()
            .sorted(Comparator.comparingInt(board::vmsOn))
            .limit(policy.emptying().candidates())
            .mapToInt(Integer::intValue)
            .toArray();
    for (int host : candidates) {
      if (emptied < policy.emptying().hostsPerDecision() && empty(host)) {
        emptied++;
      }
    }
  }

  /**
   * Empties a host if all its VMs find a place; those that its link has no time for follow in the
   * next decision.
   */
  private boolean empty(int host) {
    int[] vms =
        IntStream.of(board.vmsOf(host))
            .boxed()
            .sorted(Comparator.comparingDouble(vm -> -board.mean[vm]))
            .mapToInt(Integer::intValue)
            .toArray();
    if (IntStream.of(vms).anyMatch(vm -> moved[vm])) {
      return false;
    }
    board.setClosed(host, true);
    double wider = margin + policy.emptying().marginAbove();
    for (int at = 0; at < vms.length; at++) {
      int to = target(vms[at], wider);
      if (to == NONE) {
        for (int back = 0; back < at; back++) {
          board.moveBack(vms[back], host);
        }
        board.setClosed(host, false);
        return false;
      }
      board.move(vms[at], to);
    }
    for (int vm : vms) {
      int to = board.hostOf[vm];
      if (board.linksAreFree(vm, host, to)) {
        begin(vm, host, to, Reason.EMPTYING);
      } else {
        board.moveBack(vm, host);
      }
    }
    return true;
  }
}
