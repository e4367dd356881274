package dev.ballast.wire;

import dev.ballast.core.model.CommandProgress;

/** The progress of long actions, to and from the wire. */
public final class ProgressCodec {
  private static final int PERCENT_LIMIT = 100;

  private ProgressCodec() {}

  public static dev.ballast.v1.CommandProgress toProto(CommandProgress progress) {
    return dev.ballast.v1.CommandProgress.newBuilder()
        .setCommandId(progress.commandId())
        .setElapsedMillis(progress.elapsedMillis())
        .setTotalBytes(progress.totalBytes())
        .setProcessedBytes(progress.processedBytes())
        .setRemainingBytes(progress.remainingBytes())
        .setDirtyBytesPerSecond(progress.dirtyBytesPerSecond())
        .setIteration(progress.iteration())
        .setThrottlePercent(progress.throttlePercent())
        .build();
  }

  /**
   * Reads it.
   *
   * @throws WireException naming the field that is out of bounds
   */
  public static CommandProgress fromProto(dev.ballast.v1.CommandProgress p) {
    At at = new At("CommandProgress");
    return new CommandProgress(
        at.natural("command_id", p.getCommandId()),
        at.natural("elapsed_millis", p.getElapsedMillis()),
        at.natural("total_bytes", p.getTotalBytes()),
        at.natural("processed_bytes", p.getProcessedBytes()),
        at.natural("remaining_bytes", p.getRemainingBytes()),
        at.natural("dirty_bytes_per_second", p.getDirtyBytesPerSecond()),
        at.natural("iteration", p.getIteration()),
        at.intWithin("throttle_percent", p.getThrottlePercent(), 0, PERCENT_LIMIT));
  }
}
