package dev.ballast.agent.host.kernel;

import dev.ballast.core.model.KsmSettings;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Kernel same-page merging as /sys/kernel/mm/ksm shows it. */
public final class KsmFiles {
  public static final String DIRECTORY = "/sys/kernel/mm/ksm";
  public static final String RUN = DIRECTORY + "/run";
  public static final String PAGES_TO_SCAN = DIRECTORY + "/pages_to_scan";
  public static final String SLEEP_MILLIS = DIRECTORY + "/sleep_millisecs";
  public static final String MERGE_ACROSS_NODES = DIRECTORY + "/merge_across_nodes";
  public static final String GENERAL_PROFIT = DIRECTORY + "/general_profit";
  public static final String PAGES_SHARED = DIRECTORY + "/pages_shared";
  public static final String PAGES_SHARING = DIRECTORY + "/pages_sharing";

  private static final Pattern PAGE_SIZE = Pattern.compile("KernelPageSize:\\s+(\\d{1,6}) kB");
  private static final int SMAPS_BYTES = 4_096;
  private static final long USUAL_PAGE_BYTES = 4_096;

  private final KernelFiles files;

  public KsmFiles(KernelFiles files) {
    this.files = files;
  }

  /**
   * Knobs and effect; absent when the kernel has no KSM or a knob holds no sensible number.
   *
   * @param pagesShared how many merged pages are in use
   * @param pagesSharing how many more places refer to them: what is saved
   * @param profitBytes what is saved without what the kernel's own records take; absent on kernels
   *     that do not tell
   */
  public record State(
      KsmSettings settings, long pagesShared, long pagesSharing, OptionalLong profitBytes) {}

  /** What unmerging takes at most. */
  public long unmergeBytes() {
    return files.readLong(PAGES_SHARING).orElse(0) * pageBytes();
  }

  /** What all nodes can give, the node that has least; absent where the kernel does not tell. */
  public OptionalLong leastFreeBytes() {
    return new NodeMemory(files).leastFreeBytes();
  }

  /** The size of an ordinary page. */
  public long pageBytes() {
    Matcher size = PAGE_SIZE.matcher(files.read("/proc/self/smaps", SMAPS_BYTES).orElse(""));
    return size.find() ? Long.parseLong(size.group(1)) << 10 : USUAL_PAGE_BYTES;
  }

  private Optional<Boolean> merge() {
    OptionalLong merge = files.readLong(MERGE_ACROSS_NODES);
    return merge.isPresent() ? Optional.of(merge.getAsLong() == 1) : Optional.empty();
  }

  public Optional<State> read() {
    OptionalLong run = files.readLong(RUN);
    OptionalLong pagesToScan = files.readLong(PAGES_TO_SCAN);
    OptionalLong sleepMillis = files.readLong(SLEEP_MILLIS);
    if (run.isEmpty() || pagesToScan.isEmpty() || sleepMillis.isEmpty()) {
      return Optional.empty();
    }
    try {
      KsmSettings settings =
          new KsmSettings(
              Math.toIntExact(run.getAsLong()),
              pagesToScan.getAsLong(),
              sleepMillis.getAsLong(),
              merge());
      return Optional.of(
          new State(
              settings,
              files.readLong(PAGES_SHARED).orElse(0),
              files.readLong(PAGES_SHARING).orElse(0),
              files.readLong(GENERAL_PROFIT)));
    } catch (IllegalArgumentException | ArithmeticException e) {
      return Optional.empty();
    }
  }
}
