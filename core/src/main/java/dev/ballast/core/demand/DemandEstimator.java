package dev.ballast.core.demand;

import dev.ballast.core.model.HostLoad;
import dev.ballast.core.model.VmLoad;
import dev.ballast.core.model.VmName;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.ToLongFunction;

/**
 * Estimates what VMs want from what they got. Pure.
 *
 * <p>With usage u, contention c, their mean and the percentile P over the newest samples of a VM:
 *
 * <pre>
 * low      = min(mean(u), P(u))
 * high     = max(P(u), min(P(u + c), 1000 · vCPUs))
 * peak     = max u over the samples with c ≤ starved          (what it took when nothing held it)
 * expected = P(u)                                              if P(c) ≤ starved
 *          = min(high, max(P(u), peak) · (1 + growth))         else
 * </pre>
 *
 * <p>Means may be added over the VMs of a host; percentiles may not, since VMs seldom peak at once.
 *
 * <p>Usage alone is too little: three guests that want 40 % each of one CPU get 33 % each. Usage
 * and contention together are too much: none ever catches up, so each is runnable all the time and
 * waits for 67 %, which makes 100 % each. The truth is nearer to what they get; {@code growth} is
 * the step by which the guess may exceed it. It is made again after each relief.
 */
public final class DemandEstimator {
  private DemandEstimator() {}

  /**
   * The demand of one VM.
   *
   * @param window samples of this VM, the oldest first; empty gives no demand
   */
  public static VmDemand estimate(VmName vm, List<VmLoad> window, int vcpus, DemandPolicy policy) {
    List<VmLoad> recent =
        window.subList(Math.max(0, window.size() - policy.samples()), window.size());
    if (recent.isEmpty()) {
      return new VmDemand(vm, 0, 0, 0);
    }
    long got = percentile(recent, VmLoad::usageMillis, policy);
    long mean = recent.stream().mapToLong(VmLoad::usageMillis).sum() / recent.size();
    long low = Math.min(mean, got);
    long both = percentile(recent, load -> load.usageMillis() + load.contentionMillis(), policy);
    long high = Math.max(got, Math.min(both, 1000L * vcpus));
    if (percentile(recent, VmLoad::contentionMillis, policy) <= policy.starvedMillis()) {
      return new VmDemand(vm, low, got, high);
    }
    long peak =
        recent.stream()
            .filter(load -> load.contentionMillis() <= policy.starvedMillis())
            .mapToLong(VmLoad::usageMillis)
            .max()
            .orElse(0);
    long guess = Math.max(got, peak) * (100 + policy.growthPercent()) / 100;
    return new VmDemand(vm, low, Math.min(high, guess), high);
  }

  /**
   * The demand of every VM that a host's samples name.
   *
   * @param window samples of one host, the oldest first
   * @param vcpus of each VM; a VM that it does not name counts as one vCPU
   */
  public static SortedMap<VmName, VmDemand> estimate(
      List<HostLoad> window, Map<VmName, Integer> vcpus, DemandPolicy policy) {
    SortedMap<VmName, List<VmLoad>> byVm = new TreeMap<>();
    List<HostLoad> recent =
        window.subList(Math.max(0, window.size() - policy.samples()), window.size());
    for (HostLoad sample : recent) {
      for (VmLoad load : sample.vms()) {
        byVm.computeIfAbsent(load.vm(), vm -> new ArrayList<>()).add(load);
      }
    }
    SortedMap<VmName, VmDemand> result = new TreeMap<>();
    byVm.forEach(
        (vm, loads) -> result.put(vm, estimate(vm, loads, vcpus.getOrDefault(vm, 1), policy)));
    return result;
  }

  /** By nearest rank. */
  private static long percentile(
      List<VmLoad> samples, ToLongFunction<VmLoad> value, DemandPolicy policy) {
    long[] sorted = samples.stream().mapToLong(value).sorted().toArray();
    int rank = Math.ceilDiv(policy.percentile() * sorted.length, 100);
    return Math.max(0, sorted[rank - 1]);
  }
}
