package dev.ballast.coordinator.gateway;

/**
 * What agents are told, and how the coordinator watches them.
 *
 * @param cluster the cluster's name, as in the certificates
 * @param telemetryIntervalMillis how often agents are to report load
 */
public record GatewaySettings(String cluster, long telemetryIntervalMillis) {
  private static final int SILENT_INTERVALS = 3;
  private static final long SILENCE_MILLIS_LOWEST = 5_000;

  /** An agent that says nothing for so long is lost. */
  public long silenceMillis() {
    return Math.max(SILENCE_MILLIS_LOWEST, SILENT_INTERVALS * telemetryIntervalMillis);
  }
}
