package dev.ballast.agent.host.kernel;

import dev.ballast.core.model.KsmSettings;
import java.util.Optional;
import java.util.OptionalLong;

/** Kernel same-page merging as /sys/kernel/mm/ksm shows it. */
public final class KsmFiles {
  public static final String DIRECTORY = "/sys/kernel/mm/ksm";
  public static final String RUN = DIRECTORY + "/run";
  public static final String PAGES_TO_SCAN = DIRECTORY + "/pages_to_scan";
  public static final String SLEEP_MILLIS = DIRECTORY + "/sleep_millisecs";
  public static final String PAGES_SHARED = DIRECTORY + "/pages_shared";
  public static final String PAGES_SHARING = DIRECTORY + "/pages_sharing";

  private final KernelFiles files;

  public KsmFiles(KernelFiles files) {
    this.files = files;
  }

  /**
   * Knobs and effect; absent when the kernel has no KSM or a knob holds no sensible number.
   *
   * @param pagesShared how many merged pages are in use
   * @param pagesSharing how many more places refer to them: what is saved
   */
  public record State(KsmSettings settings, long pagesShared, long pagesSharing) {}

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
              Math.toIntExact(run.getAsLong()), pagesToScan.getAsLong(), sleepMillis.getAsLong());
      return Optional.of(
          new State(
              settings,
              files.readLong(PAGES_SHARED).orElse(0),
              files.readLong(PAGES_SHARING).orElse(0)));
    } catch (IllegalArgumentException | ArithmeticException e) {
      return Optional.empty();
    }
  }
}
