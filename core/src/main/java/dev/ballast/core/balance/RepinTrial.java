package dev.ballast.core.balance;

import dev.ballast.core.topology.CpuSet;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Tries sets of VMs on one array of loads and takes each trial back. A trial costs as much as the
 * VMs of the set have vCPUs, not as the host has CPUs: of the CPUs that no VM of the set touches
 * only the least loaded matters, and these are sorted once. A set that could not be as good as the
 * best so far, were its CPUs simply rid of it, is not tried.
 */
final class RepinTrial {
  private final long targetMillis;
  private final long gainPerMoveMillis;
  private final long[] start;
  private final long[] now;
  private final int[] online;
  private final boolean[] changed;
  private final boolean[] used; // by the guest that is being seated
  private final int[] changedCpus;
  private final Map<CpuSet, int[]> sorted = new HashMap<>();
  private final long startOverload;
  private int changedCount;
  private @Nullable Outcome best;

  /** A VM that may move, and what it puts on each of its CPUs. */
  static final class Candidate {
    private final Guest guest;
    private final CpuSet allowed;
    private final int[] cpus;
    private final long[] millis;
    private final long relief; // at most what its leaving takes off the overload
    private int @Nullable [] byLoad; // the least loaded first, once it was tried

    Candidate(Guest guest, CpuSet allowed, CpuLoads loads, long targetMillis) {
      this.guest = guest;
      this.allowed = allowed;
      this.cpus = guest.pins().allVcpuCpus().stream().toArray();
      CpuLoads without = loads.copy();
      without.add(guest.pins(), -guest.perVcpuMillis());
      this.millis = new long[cpus.length];
      long sum = 0;
      for (int i = 0; i < cpus.length; i++) {
        if (loads.isOnline(cpus[i])) {
          millis[i] = loads.of(cpus[i]) - without.of(cpus[i]);
          sum += Math.min(millis[i], Math.max(0, loads.of(cpus[i]) - targetMillis));
        }
      }
      this.relief = sum;
    }
  }

  /** A VM and the new CPU of each of its vCPUs. */
  record Moved(Guest guest, List<CpuSet> vcpus) {}

  /** What a set of VMs would do. */
  record Outcome(List<Moved> moves, long cost, long highest) {
    boolean isBetterThan(@Nullable Outcome other) {
      if (other == null || cost != other.cost) {
        return other == null || cost < other.cost;
      }
      return highest != other.highest ? highest < other.highest : moves.size() < other.moves.size();
    }
  }

  RepinTrial(CpuLoads loads, long targetMillis, long gainPerMoveMillis) {
    this.targetMillis = targetMillis;
    this.gainPerMoveMillis = gainPerMoveMillis;
    this.start = loads.toArray();
    this.now = start.clone();
    this.online = loads.online().stream().toArray();
    this.changed = new boolean[now.length];
    this.used = new boolean[now.length];
    this.changedCpus = new int[now.length];
    this.startOverload = loads.overload(targetMillis);
  }

  Optional<Outcome> best() {
    return Optional.ofNullable(best);
  }

  /** Whether a set of that size could still be better than the best so far. */
  boolean isOpen(int size) {
    return best == null || best.cost() >= size * gainPerMoveMillis;
  }

  void tryOut(List<Candidate> set) {
    if (!canGain(set)) {
      return;
    }
    for (Candidate candidate : set) {
      for (int i = 0; i < candidate.cpus.length; i++) {
        if (candidate.cpus[i] < now.length) {
          change(candidate.cpus[i], -candidate.millis[i]);
        }
      }
    }
    int[][] seats = new int[set.size()][];
    int moves = 0;
    for (int i = 0; i < seats.length; i++) {
      seats[i] = seat(set.get(i));
      moves += moves(set.get(i).guest, seats[i]) ? 1 : 0;
    }
    long cost = overload() + moves * gainPerMoveMillis;
    if (moves > 0 && cost < startOverload && (best == null || cost <= best.cost())) {
      Outcome outcome = new Outcome(moved(set, seats), cost, highest());
      best = outcome.isBetterThan(best) ? outcome : best;
    }
    takeBack();
  }

  /**
   * Whether the set, were there room for all its VMs elsewhere, would be as good as the best so
   * far.
   */
  private boolean canGain(List<Candidate> set) {
    long least = startOverload;
    for (Candidate candidate : set) {
      least -= candidate.relief;
    }
    long cost = Math.max(0, least) + set.size() * gainPerMoveMillis;
    return least < startOverload && (best == null || cost <= best.cost());
  }

  private void change(int cpu, long millis) {
    now[cpu] += millis;
    if (!changed[cpu]) {
      changed[cpu] = true;
      changedCpus[changedCount++] = cpu;
    }
  }

  private void takeBack() {
    while (changedCount > 0) {
      int cpu = changedCpus[--changedCount];
      now[cpu] = start[cpu];
      changed[cpu] = false;
    }
  }

  private long overload() {
    long overload = startOverload;
    for (int i = 0; i < changedCount; i++) {
      int cpu = changedCpus[i];
      overload += Math.max(0, now[cpu] - targetMillis) - Math.max(0, start[cpu] - targetMillis);
    }
    return overload;
  }

  private long highest() {
    long highest = 0;
    for (int cpu : online) {
      highest = Math.max(highest, now[cpu]);
    }
    return highest;
  }

  /**
   * The least loaded CPU for each vCPU; its own where that is no worse; each once while they last.
   */
  private int[] seat(Candidate candidate) {
    List<CpuSet> own = candidate.guest.pins().vcpus();
    int[] byLoad = byLoad(candidate);
    int[] seat = new int[own.size()];
    for (int vcpu = 0; vcpu < seat.length; vcpu++) {
      boolean again = vcpu >= byLoad.length; // each CPU has been used
      int cpu = least(candidate.allowed, byLoad, own.get(vcpu), again);
      seat[vcpu] = cpu;
      used[cpu] = true;
      change(cpu, candidate.guest.perVcpuMillis());
    }
    for (int cpu : seat) {
      used[cpu] = false;
    }
    return seat;
  }

  private int[] byLoad(Candidate candidate) {
    int[] known = candidate.byLoad;
    if (known == null) {
      known = sorted.computeIfAbsent(candidate.allowed, this::sort);
      candidate.byLoad = known;
    }
    return known;
  }

  private int[] sort(CpuSet cpus) {
    return cpus.stream()
        .boxed()
        .sorted(
            java.util.Comparator.comparingLong((Integer cpu) -> start[cpu])
                .thenComparingInt(cpu -> cpu))
        .mapToInt(Integer::intValue)
        .toArray();
  }

  private int least(CpuSet allowed, int[] byLoad, CpuSet own, boolean again) {
    int least = -1;
    for (int cpu : byLoad) {
      if (!changed[cpu] && (again || !used[cpu])) {
        least = cpu;
        break;
      }
    }
    for (int i = 0; i < changedCount; i++) {
      int cpu = changedCpus[i];
      if ((again || !used[cpu])
          && allowed.contains(cpu)
          && (least < 0 || isBetter(cpu, least, own))) {
        least = cpu;
      }
    }
    return least;
  }

  private boolean isBetter(int cpu, int than, CpuSet own) {
    if (now[cpu] != now[than]) {
      return now[cpu] < now[than];
    }
    boolean isOwn = own.contains(cpu);
    return isOwn != own.contains(than) ? isOwn : cpu < than;
  }

  private static boolean moves(Guest guest, int[] seat) {
    List<CpuSet> own = guest.pins().vcpus();
    for (int vcpu = 0; vcpu < seat.length; vcpu++) {
      if (own.get(vcpu).size() != 1 || !own.get(vcpu).contains(seat[vcpu])) {
        return true;
      }
    }
    return false;
  }

  private static List<Moved> moved(List<Candidate> set, int[][] seats) {
    List<Moved> moved = new ArrayList<>();
    for (int i = 0; i < seats.length; i++) {
      if (moves(set.get(i).guest, seats[i])) {
        moved.add(
            new Moved(
                set.get(i).guest, java.util.Arrays.stream(seats[i]).mapToObj(CpuSet::of).toList()));
      }
    }
    return moved;
  }
}
