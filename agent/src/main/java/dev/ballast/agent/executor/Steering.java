package dev.ballast.agent.executor;

import dev.ballast.agent.host.libvirt.MigrationJob;
import dev.ballast.core.model.CommandProgress;
import java.util.function.Consumer;

/** The line between a running command and who watches it: progress out, the wish to abort in. */
public final class Steering {
  private final long commandId;
  private final Consumer<CommandProgress> listener;
  private volatile boolean abort;

  public Steering(long commandId, Consumer<CommandProgress> listener) {
    this.commandId = commandId;
    this.listener = listener;
  }

  void tell(MigrationJob job) {
    listener.accept(
        new CommandProgress(
            commandId,
            job.elapsedMillis(),
            job.totalBytes(),
            job.processedBytes(),
            job.remainingBytes(),
            job.dirtyBytesPerSecond(),
            job.iteration(),
            job.throttlePercent()));
  }

  /** How far something is that is no migration. */
  void tell(long elapsedMillis, long doneBytes, long totalBytes) {
    long left = Math.max(0, totalBytes - doneBytes);
    listener.accept(
        new CommandProgress(commandId, elapsedMillis, totalBytes, doneBytes, left, 0, 0, 0));
  }

  /** Asks the command to give up; only what is long can. */
  public void abort() {
    abort = true;
  }

  boolean abortRequested() {
    return abort;
  }
}
