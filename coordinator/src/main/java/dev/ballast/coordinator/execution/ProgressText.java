package dev.ballast.coordinator.execution;

import dev.ballast.core.model.CommandProgress;

/** How far a migration is, in one line for people. */
final class ProgressText {
  private static final int MIB_SHIFT = 20;

  private ProgressText() {}

  static String of(CommandProgress progress) {
    if (progress.totalBytes() == 0) {
      return "starting, " + seconds(progress);
    }
    StringBuilder text = new StringBuilder();
    text.append(mib(progress.remainingBytes()))
        .append(" of ")
        .append(mib(progress.totalBytes()))
        .append(" left");
    if (progress.iteration() > 1) {
      text.append(", pass ").append(progress.iteration());
    }
    if (progress.dirtyBytesPerSecond() > 0) {
      text.append(", the guest writes ").append(mib(progress.dirtyBytesPerSecond())).append("/s");
    }
    if (progress.throttlePercent() > 0) {
      text.append(", slowed by ").append(progress.throttlePercent()).append(" %");
    }
    return text.append(", ").append(seconds(progress)).toString();
  }

  private static String seconds(CommandProgress progress) {
    return progress.elapsedMillis() / 1000 + " s";
  }

  private static String mib(long bytes) {
    return (bytes >> MIB_SHIFT) + " MiB";
  }

  /** Of a command that the host undoes unless it reaches this coordinator again. */
  static String confirming(long withinMillis) {
    return "awaiting confirmation over a new connection: the host undoes it unless confirmed within "
        + withinMillis / 1000
        + " s";
  }
}
