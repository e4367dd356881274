package dev.ballast.coordinator.execution;

/**
 * Bounds of execution.
 *
 * @param leaseMillis how long after its stamp a command may still start
 * @param lostHostMillis how long an operation waits for a host that was lost under it
 * @param restartHostMillis how long after its own start the coordinator waits for hosts that have
 *     not yet come
 * @param commandLimit so many commands may be on their way in the whole cluster
 * @param hostCommandLimit so many of them to one host, each of another operation
 */
public record ExecutionSettings(
    long leaseMillis,
    long lostHostMillis,
    long restartHostMillis,
    int commandLimit,
    int hostCommandLimit) {
  public static final long DEFAULT_LOST_HOST_MILLIS = 60_000;
  public static final long DEFAULT_RESTART_HOST_MILLIS = 20_000;
  public static final int DEFAULT_COMMAND_LIMIT = 64;
  public static final int DEFAULT_HOST_COMMAND_LIMIT = 8;

  public ExecutionSettings {
    if (leaseMillis < 1 || lostHostMillis < 0 || restartHostMillis < 0) {
      throw new IllegalArgumentException("bounds of execution must not be negative");
    }
    if (commandLimit < 1 || hostCommandLimit < 1) {
      throw new IllegalArgumentException("at least one command must be allowed");
    }
  }

  public static ExecutionSettings ofLease(long leaseMillis) {
    return new ExecutionSettings(
        leaseMillis,
        DEFAULT_LOST_HOST_MILLIS,
        DEFAULT_RESTART_HOST_MILLIS,
        DEFAULT_COMMAND_LIMIT,
        DEFAULT_HOST_COMMAND_LIMIT);
  }
}
