package dev.ballast.core.model;

/**
 * The knobs of kernel same-page merging.
 *
 * @param run 0 stopped (merged pages stay), 1 scanning, 2 unmerging
 * @param pagesToScan pages per wake-up
 * @param sleepMillis pause between wake-ups
 */
public record KsmSettings(int run, long pagesToScan, long sleepMillis) {
  public KsmSettings {
    if (run < 0 || run > 2) {
      throw new IllegalArgumentException("KSM run is 0, 1 or 2, not " + run);
    }
    if (pagesToScan < 1 || pagesToScan > 1_000_000) {
      throw new IllegalArgumentException("KSM pagesToScan is 1-1000000, not " + pagesToScan);
    }
    if (sleepMillis < 0 || sleepMillis > 3_600_000) {
      throw new IllegalArgumentException("KSM sleepMillis is 0-3600000, not " + sleepMillis);
    }
  }

  public KsmSettings withRun(int newRun) {
    return new KsmSettings(newRun, pagesToScan, sleepMillis);
  }
}
