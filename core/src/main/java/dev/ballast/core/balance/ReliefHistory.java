package dev.ballast.core.balance;

import dev.ballast.core.model.HostName;
import dev.ballast.core.model.VmName;
import java.util.Collection;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * When relief acted last. Immutable; times are the decider's, in epoch milliseconds.
 *
 * @param hosts the last re-pin on each host
 * @param vms the last move of each VM, and how long it rests
 */
public record ReliefHistory(SortedMap<HostName, Long> hosts, SortedMap<VmName, Rest> vms) {
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
    return new ReliefHistory(newHosts, newVms);
  }
}
