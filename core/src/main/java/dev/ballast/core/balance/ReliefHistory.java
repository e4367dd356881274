package dev.ballast.core.balance;

import dev.ballast.core.model.HostName;
import dev.ballast.core.model.VmName;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * When relief acted last. Immutable; times are the decider's, in epoch milliseconds.
 *
 * @param hosts the last re-pin on each host
 * @param vms the last move of each VM, and how long it rests
 * @param migrations the last migration from or to each host
 * @param migrating the hosts, two a move, on which one is underway
 */
public record ReliefHistory(
    SortedMap<HostName, Long> hosts,
    SortedMap<VmName, Rest> vms,
    SortedMap<HostName, Long> migrations,
    SortedSet<HostName> migrating) {
  public static final ReliefHistory EMPTY = new ReliefHistory(new TreeMap<>(), new TreeMap<>());

  /** A VM rests from its move on for so long. */
  public record Rest(long movedEpochMillis, long restMillis) {
    long untilEpochMillis() {
      return movedEpochMillis + restMillis;
    }
  }

  public ReliefHistory {
    hosts = Collections.unmodifiableSortedMap(new TreeMap<>(hosts));
    vms = Collections.unmodifiableSortedMap(new TreeMap<>(vms));
    migrations = Collections.unmodifiableSortedMap(new TreeMap<>(migrations));
    migrating = Collections.unmodifiableSortedSet(new TreeSet<>(migrating));
  }

  /** Without any migration. */
  public ReliefHistory(SortedMap<HostName, Long> hosts, SortedMap<VmName, Rest> vms) {
    this(hosts, vms, new TreeMap<>(), new TreeSet<>());
  }

  /** The same without what an operator decided anew. */
  public ReliefHistory without(Collection<HostName> someHosts, Collection<VmName> someVms) {
    SortedMap<HostName, Long> newHosts = new TreeMap<>(hosts);
    SortedMap<VmName, Rest> newVms = new TreeMap<>(vms);
    SortedMap<HostName, Long> newMigrations = new TreeMap<>(migrations);
    newHosts.keySet().removeAll(someHosts);
    newMigrations.keySet().removeAll(someHosts);
    newVms.keySet().removeAll(someVms);
    return new ReliefHistory(newHosts, newVms, newMigrations, migrating);
  }

  /** With what another history has newer; what is underway stays as it is here. */
  public ReliefHistory merged(ReliefHistory other) {
    SortedMap<HostName, Long> newHosts = new TreeMap<>(hosts);
    SortedMap<HostName, Long> newMigrations = new TreeMap<>(migrations);
    SortedMap<VmName, Rest> newVms = new TreeMap<>(vms);
    other.hosts.forEach((host, time) -> newHosts.merge(host, time, Math::max));
    other.migrations.forEach((host, time) -> newMigrations.merge(host, time, Math::max));
    other.vms.forEach(
        (vm, rest) ->
            newVms.merge(vm, rest, (a, b) -> a.movedEpochMillis() >= b.movedEpochMillis() ? a : b));
    return new ReliefHistory(newHosts, newVms, newMigrations, migrating);
  }

  /** While a migration between the hosts is underway. */
  public ReliefHistory begun(HostName from, HostName to) {
    SortedSet<HostName> busy = new TreeSet<>(migrating);
    busy.add(from);
    busy.add(to);
    return new ReliefHistory(hosts, vms, migrations, busy);
  }

  /** After the migration between the hosts ended, well or not. */
  public ReliefHistory ended(HostName from, HostName to) {
    SortedSet<HostName> busy = new TreeSet<>(migrating);
    busy.remove(from);
    busy.remove(to);
    return new ReliefHistory(hosts, vms, migrations, busy);
  }

  /** How long the host still takes part in no migration; 0 when it may. */
  long migrationRestMillis(HostName host, MigrationPolicy policy, long nowMillis) {
    Long last = migrations.get(host);
    return last == null ? 0 : Math.max(0, last + policy.holdMillis() - nowMillis);
  }

  /** The hosts that still take part in no migration, and how long. */
  public SortedMap<HostName, Long> restingHosts(MigrationPolicy policy, long nowMillis) {
    SortedMap<HostName, Long> resting = new TreeMap<>();
    migrations
        .keySet()
        .forEach(
            host -> {
              long rest = migrationRestMillis(host, policy, nowMillis);
              if (rest > 0) {
                resting.put(host, rest);
              }
            });
    return resting;
  }

  /** The VMs that still rest, and how long. */
  public SortedMap<VmName, Long> restingVms(long nowMillis) {
    SortedMap<VmName, Long> resting = new TreeMap<>();
    vms.keySet()
        .forEach(
            vm -> {
              long rest = vmRestMillis(vm, nowMillis);
              if (rest > 0) {
                resting.put(vm, rest);
              }
            });
    return resting;
  }

  /** After the VM moved between the hosts: all three rest. */
  public ReliefHistory migrated(
      HostName from, HostName to, VmName vm, ReliefPolicy policy, long nowMillis) {
    SortedMap<HostName, Long> newMigrations = new TreeMap<>(migrations);
    newMigrations.put(from, nowMillis);
    newMigrations.put(to, nowMillis);
    ReliefHistory moved = moved(from, List.of(vm), policy, nowMillis);
    return new ReliefHistory(moved.hosts(), moved.vms(), newMigrations, migrating);
  }

  /** How long the host still rests; 0 when it does not. */
  long hostRestMillis(HostName host, ReliefPolicy policy, long nowMillis) {
    Long last = hosts.get(host);
    return last == null ? 0 : Math.max(0, last + policy.holdMillis() - nowMillis);
  }

  /** How long the VM still rests; 0 when it does not. */
  long vmRestMillis(VmName vm, long nowMillis) {
    Rest rest = vms.get(vm);
    return rest == null ? 0 : Math.max(0, rest.untilEpochMillis() - nowMillis);
  }

  ReliefHistory moved(
      HostName host, Collection<VmName> moved, ReliefPolicy policy, long nowMillis) {
    SortedMap<HostName, Long> newHosts = new TreeMap<>(hosts);
    newHosts.put(host, nowMillis);
    SortedMap<VmName, Rest> newVms = new TreeMap<>(vms);
    for (VmName vm : moved) {
      Rest former = vms.get(vm);
      long rest = policy.coolDownMillis();
      if (former != null && nowMillis - former.movedEpochMillis() < 2 * former.restMillis()) {
        rest = Math.min(policy.coolDownMaxMillis(), 2 * former.restMillis());
      }
      newVms.put(vm, new Rest(nowMillis, rest));
    }
    return new ReliefHistory(newHosts, newVms, migrations, migrating);
  }
}
