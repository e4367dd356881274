package dev.ballast.coordinator.api;

import dev.ballast.coordinator.execution.Progress;
import dev.ballast.coordinator.execution.ProgressListener;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Progress on its way to one watcher. One that does not keep up misses steps, but never the end.
 */
final class ProgressQueue implements ProgressListener {
  static final int QUEUE_LIMIT = 10_000;

  // One more place, kept for the end.
  private final BlockingQueue<Progress> queue = new LinkedBlockingQueue<>(QUEUE_LIMIT + 1);

  @Override
  public void onProgress(Progress progress) {
    if (progress.state().isEnded() || queue.remainingCapacity() > 1) {
      boolean _ = queue.offer(progress);
    }
  }

  Optional<Progress> poll(long timeoutMillis) throws InterruptedException {
    return Optional.ofNullable(queue.poll(timeoutMillis, TimeUnit.MILLISECONDS));
  }
}
