package dev.ballast.agent.telemetry;

/**
 * When CPUs count as overloaded.
 *
 * @param thresholdMillis demand above this many thousandths of each CPU is hot
 * @param clearMillis demand at or below this is hot no more; not above the threshold
 * @param holdMillis how long demand must be above the threshold before an alert, and at or below
 *     the clear threshold before its end
 * @param repeatMillis a spot that stays hot is alerted again after this, then after twice as long
 *     and so on
 */
public record SpikeSettings(
    long thresholdMillis, long clearMillis, long holdMillis, long repeatMillis) {
  public static final SpikeSettings DEFAULT = new SpikeSettings(900, 750, 3000, 30_000);

  public SpikeSettings {
    if (thresholdMillis < 1 || thresholdMillis > 1000) {
      throw new IllegalArgumentException(
          "the spike threshold is 1-1000 thousandths of a CPU, not " + thresholdMillis);
    }
    if (clearMillis < 0 || clearMillis > thresholdMillis) {
      throw new IllegalArgumentException(
          "the spike clear threshold is 0-" + thresholdMillis + ", not " + clearMillis);
    }
    if (holdMillis < 0 || repeatMillis < 1) {
      throw new IllegalArgumentException(
          "the spike hold time is not negative and the repeat time positive, not "
              + holdMillis
              + " and "
              + repeatMillis);
    }
  }
}
