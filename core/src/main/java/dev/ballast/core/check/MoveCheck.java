package dev.ballast.core.check;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Verifies an ordered sequence of migrations in each of its intermediate states. Shares no code
 * with the search: it holds sets of VMs per host and counts anew.
 *
 * <p>Moves of one wave may run at once and in any order, so while a wave runs each of its VMs holds
 * its room on both hosts.
 */
public final class MoveCheck {
  private final Cluster cluster;
  private final int concurrentLimit;
  private final List<Set<Integer>> on = new ArrayList<>();
  private final List<String> faults = new ArrayList<>();

  /**
   * The hosts and VMs before the first move.
   *
   * @param capacity by host and resource
   * @param requirement by VM and resource
   * @param hostOf by VM
   * @param allowed by VM: the hosts that it may run on
   * @param apart sets of VMs of which no two share a host
   * @param together sets of VMs that share one host when no move is under way
   * @param spread sets of VMs of which at most some are in one failure domain
   * @param domainOf by host: its failure domain
   */
  public record Cluster(
      List<List<Long>> capacity,
      List<List<Long>> requirement,
      List<Integer> hostOf,
      List<BitSet> allowed,
      List<Set<Integer>> apart,
      List<Set<Integer>> together,
      List<Spread> spread,
      List<Integer> domainOf) {}

  /** At most so many of the VMs in one failure domain. */
  public record Spread(Set<Integer> vms, int limit) {}

  /** A migration; a wave starts when the one before it is done. */
  public record Migration(int vm, int from, int to, int wave) {}

  private MoveCheck(Cluster cluster, int concurrentLimit) {
    this.cluster = cluster;
    this.concurrentLimit = concurrentLimit;
    for (int host = 0; host < cluster.capacity().size(); host++) {
      on.add(new HashSet<>());
    }
    for (int vm = 0; vm < cluster.hostOf().size(); vm++) {
      on.get(cluster.hostOf().get(vm)).add(vm);
    }
  }

  /**
   * All that is wrong with the moves; empty when nothing is.
   *
   * @param concurrentLimit migrations in one wave at most
   */
  public static List<String> check(Cluster cluster, List<Migration> moves, int concurrentLimit) {
    MoveCheck check = new MoveCheck(cluster, concurrentLimit);
    Map<Integer, List<Migration>> waves = new TreeMap<>();
    for (Migration move : moves) {
      waves.computeIfAbsent(move.wave(), _ -> new ArrayList<>()).add(move);
    }
    waves.forEach(check::wave);
    check.affinity(moves);
    return List.copyOf(check.faults);
  }

  private void wave(int number, List<Migration> moves) {
    Set<Integer> busyHosts = new HashSet<>();
    Set<Integer> movingVms = new HashSet<>();
    if (moves.size() > concurrentLimit) {
      fault(number, moves.size() + " migrations at once, " + concurrentLimit + " allowed");
    }
    for (Migration move : moves) {
      if (!on.get(move.from()).contains(move.vm()) || move.from() == move.to()) {
        fault(number, "VM " + move.vm() + " does not leave host " + move.from());
      }
      if (!busyHosts.add(move.from()) || !busyHosts.add(move.to())) {
        fault(number, "a host is part of two migrations: " + move);
      }
      if (!movingVms.add(move.vm())) {
        fault(number, "VM " + move.vm() + " moves twice");
      }
      if (!cluster.allowed().get(move.vm()).get(move.to())) {
        fault(number, "VM " + move.vm() + " may not run on host " + move.to());
      }
      on.get(move.to()).add(move.vm()); // and still on the host that it leaves
    }
    busyHosts.forEach(host -> room(number, host));
    company(number, moves, movingVms);
    moves.forEach(move -> on.get(move.from()).remove(move.vm()));
  }

  private void room(int wave, int host) {
    List<Long> capacity = cluster.capacity().get(host);
    for (int r = 0; r < capacity.size(); r++) {
      int resource = r;
      long used =
          on.get(host).stream().mapToLong(vm -> cluster.requirement().get(vm).get(resource)).sum();
      if (used > capacity.get(r) && arrived(host, r, used)) {
        fault(
            wave, "host " + host + " holds " + used + " of " + capacity.get(r) + ", resource " + r);
      }
    }
  }

  /** Whether more than what stood there before any move is asked of the host. */
  private boolean arrived(int host, int resource, long used) {
    long before = 0;
    for (int vm = 0; vm < cluster.hostOf().size(); vm++) {
      before += cluster.hostOf().get(vm) == host ? cluster.requirement().get(vm).get(resource) : 0;
    }
    return used > before;
  }

  private void company(int wave, List<Migration> moves, Set<Integer> moving) {
    for (Set<Integer> set : cluster.apart()) {
      if (set.stream().anyMatch(moving::contains)) {
        for (int host = 0; host < on.size(); host++) {
          long there = set.stream().filter(on.get(host)::contains).count();
          if (there > 1) {
            fault(wave, there + " VMs that stay apart are on host " + host);
          }
        }
      }
    }
    for (Spread spread : cluster.spread()) {
      if (spread.vms().stream().anyMatch(moving::contains)) {
        spread(wave, spread, moves);
      }
    }
  }

  /** No VM comes into a domain that is full with it; one that moves within counts once there. */
  private void spread(int wave, Spread spread, List<Migration> moves) {
    Map<Integer, Set<Integer>> byDomain = new TreeMap<>();
    for (int host = 0; host < on.size(); host++) {
      Set<Integer> there = new HashSet<>(on.get(host));
      there.retainAll(spread.vms());
      byDomain.computeIfAbsent(cluster.domainOf().get(host), _ -> new HashSet<>()).addAll(there);
    }
    for (Migration move : moves) {
      int domain = cluster.domainOf().get(move.to());
      int there = byDomain.getOrDefault(domain, Set.of()).size();
      if (spread.vms().contains(move.vm())
          && domain != cluster.domainOf().get(move.from())
          && there > spread.limit()) {
        fault(wave, there + " VMs of a spread are in domain " + domain);
      }
    }
  }

  private void affinity(List<Migration> moves) {
    Set<Integer> moved = new HashSet<>();
    moves.forEach(move -> moved.add(move.vm()));
    for (Set<Integer> set : cluster.together()) {
      if (set.stream().anyMatch(moved::contains)) {
        long hosts = on.stream().filter(there -> set.stream().anyMatch(there::contains)).count();
        if (hosts > 1) {
          faults.add("at the end: VMs that stay together are on " + hosts + " hosts");
        }
      }
    }
  }

  private void fault(int wave, String message) {
    faults.add("wave " + wave + ": " + message);
  }
}
