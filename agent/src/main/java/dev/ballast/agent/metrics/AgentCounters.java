package dev.ballast.agent.metrics;

import dev.ballast.agent.outbox.CommandResult;
import dev.ballast.core.action.Outcome;
import dev.ballast.core.model.CpuAlert;
import dev.ballast.core.model.CpuLoad;
import dev.ballast.core.model.HostLoad;
import dev.ballast.core.model.VmLoad;
import dev.ballast.core.model.VmName;
import java.util.EnumMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What only grows, summed up since the agent's start. Loads are taken as they were sampled, so that
 * nothing between two scrapes is lost; a VM that is no longer sampled is forgotten.
 */
public final class AgentCounters {
  /**
   * A gap between samples that is longer (the agent slept, the clock was set) counts as so long.
   */
  static final long LONGEST_GAP_MILLIS = 60_000;

  private static final double MILLIS = 1_000;

  /**
   * CPU seconds of a VM: what it got, what its runnable vCPUs waited for, what its quotas held
   * back.
   */
  record VmSeconds(double used, double waited, double throttled) {}

  private final SortedMap<Integer, Double> cpus = new TreeMap<>();
  private final SortedMap<String, Long> outcomes = new TreeMap<>();
  private final Map<CpuAlert.Kind, Long> alerts = new EnumMap<>(CpuAlert.Kind.class);
  private SortedMap<VmName, VmSeconds> vms = new TreeMap<>();
  private double usedSeconds;
  private long samples;
  private HostLoad last = HostLoad.NONE;

  /** Takes the next sample in. */
  public synchronized void load(HostLoad load) {
    long gapMillis =
        last.epochMillis() == 0
            ? 0
            : Math.clamp(load.epochMillis() - last.epochMillis(), 0, LONGEST_GAP_MILLIS);
    double gapSeconds = gapMillis / MILLIS;
    last = load;
    samples++;
    usedSeconds += load.usageMillis() / MILLIS * gapSeconds;
    for (CpuLoad cpu : load.cpus()) {
      cpus.merge(cpu.cpu(), cpu.busyMillis() / MILLIS * gapSeconds, Double::sum);
    }
    SortedMap<VmName, VmSeconds> now = new TreeMap<>();
    for (VmLoad vm : load.vms()) {
      VmSeconds before = vms.getOrDefault(vm.vm(), new VmSeconds(0, 0, 0));
      now.put(
          vm.vm(),
          new VmSeconds(
              before.used() + vm.usageMillis() / MILLIS * gapSeconds,
              before.waited() + vm.contentionMillis() / MILLIS * gapSeconds,
              before.throttled() + vm.throttledMillis() / MILLIS * gapSeconds));
    }
    vms = now;
  }

  public synchronized void alert(CpuAlert alert) {
    alerts.merge(alert.kind(), 1L, Long::sum);
  }

  /** Takes in how a command ended, once. */
  public synchronized void result(CommandResult result) {
    for (Outcome outcome : result.outcomes()) {
      outcomes.merge(name(outcome), 1L, Long::sum);
    }
  }

  private static String name(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Applied ignored -> "applied";
      case Outcome.Unchanged ignored -> "unchanged";
      case Outcome.WouldApply ignored -> "would_apply";
      case Outcome.NotVerifiable ignored -> "not_verifiable";
      case Outcome.Refused ignored -> "refused";
      case Outcome.Failed ignored -> "failed";
      case Outcome.Undone ignored -> "undone";
      case Outcome.Skipped ignored -> "skipped";
      case Outcome.Unknown ignored -> "unknown";
      case Outcome.NeedsAttention ignored -> "needs_attention";
    };
  }

  synchronized SortedMap<Integer, Double> cpuSeconds() {
    return new TreeMap<>(cpus);
  }

  synchronized SortedMap<VmName, VmSeconds> vmSeconds() {
    return new TreeMap<>(vms);
  }

  synchronized SortedMap<String, Long> outcomes() {
    return new TreeMap<>(outcomes);
  }

  synchronized long alerts(CpuAlert.Kind kind) {
    return alerts.getOrDefault(kind, 0L);
  }

  synchronized double usedSeconds() {
    return usedSeconds;
  }

  synchronized long samples() {
    return samples;
  }

  synchronized HostLoad last() {
    return last;
  }
}
