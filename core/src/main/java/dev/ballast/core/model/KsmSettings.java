package dev.ballast.core.model;

import java.util.Optional;

/**
 * The knobs of kernel same-page merging.
 *
 * @param run 0 stopped (merged pages stay), 1 scanning, 2 unmerging
 * @param pagesToScan pages per wake-up
 * @param sleepMillis pause between wake-ups
 * @param mergeAcrossNodes whether pages of different NUMA nodes are merged; absent where the kernel
 *     does not tell, or nobody asks
 */
public record KsmSettings(
    int run, long pagesToScan, long sleepMillis, Optional<Boolean> mergeAcrossNodes) {
  public static final int STOPPED = 0;
  public static final int SCANNING = 1;
  public static final int UNMERGING = 2;

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

  /** Settings that leave merging across nodes as it is. */
  public KsmSettings(int run, long pagesToScan, long sleepMillis) {
    this(run, pagesToScan, sleepMillis, Optional.empty());
  }

  public KsmSettings withRun(int newRun) {
    return new KsmSettings(newRun, pagesToScan, sleepMillis, mergeAcrossNodes);
  }

  public KsmSettings withMergeAcrossNodes(Optional<Boolean> merge) {
    return new KsmSettings(run, pagesToScan, sleepMillis, merge);
  }

  /** Whether a host with those settings is as these say; what these leave open may be anything. */
  public boolean heldBy(KsmSettings found) {
    return withMergeAcrossNodes(found.mergeAcrossNodes).equals(found)
        && (mergeAcrossNodes.isEmpty() || mergeAcrossNodes.equals(found.mergeAcrossNodes));
  }

  /** For people, in the kernel's words. */
  public String describe() {
    return "run="
        + run
        + " pages_to_scan="
        + pagesToScan
        + " sleep_millisecs="
        + sleepMillis
        + mergeAcrossNodes.map(merge -> " merge_across_nodes=" + (merge ? 1 : 0)).orElse("");
  }
}
