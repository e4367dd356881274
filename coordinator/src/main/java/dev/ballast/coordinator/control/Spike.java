package dev.ballast.coordinator.control;

import dev.ballast.core.model.CpuAlert;
import dev.ballast.core.model.CpuLoad;
import dev.ballast.core.model.HostLoad;
import java.util.Map;
import java.util.TreeMap;

/**
 * A hot spot on its way to relief, in epoch milliseconds. Those of the agent are by its host's
 * clock.
 *
 * @param alert whose first sample is t1
 * @param receivedMillis t2
 * @param planStoredMillis t3
 * @param outcomeMillis t4
 */
record Spike(
    CpuAlert alert,
    long receivedMillis,
    long planStoredMillis,
    long outcomeMillis,
    String planId,
    String operationId) {
  /** Whether the sample shows the CPUs that were hot below what was exceeded. */
  static boolean isCalm(CpuAlert alert, HostLoad load) {
    return switch (alert.kind()) {
      case HOT_CPUS ->
          load.cpus().stream()
                  .filter(cpu -> alert.cpus().contains(cpu.cpu()))
                  .mapToLong(CpuLoad::busyMillis)
                  .sum()
              < alert.thresholdMillis();
      case HOT_HOST -> load.usageMillis() < alert.thresholdMillis();
      case CLEARED -> true;
    };
  }

  /** The parts from the first sample above the threshold to the first one below. */
  Map<String, String> details(long calmMillis) {
    Map<String, String> details = new TreeMap<>();
    details.put("t1EpochMillis", Long.toString(alert.sinceEpochMillis()));
    details.put("alertEpochMillis", Long.toString(alert.epochMillis()));
    details.put("t2EpochMillis", Long.toString(receivedMillis));
    details.put("t3EpochMillis", Long.toString(planStoredMillis));
    details.put("t4EpochMillis", Long.toString(outcomeMillis));
    details.put("t5EpochMillis", Long.toString(calmMillis));
    details.put("plan", planId);
    return details;
  }
}
