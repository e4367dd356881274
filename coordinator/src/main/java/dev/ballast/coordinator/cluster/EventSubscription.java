package dev.ballast.coordinator.cluster;

import dev.ballast.coordinator.store.StoredEvent;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** A bounded queue of events for one watcher. One that does not keep up is cut off. */
public final class EventSubscription implements AutoCloseable {
  /** A watcher may be so many events behind. */
  public static final int QUEUE_LIMIT = 1_000;

  private final BlockingQueue<StoredEvent> queue = new LinkedBlockingQueue<>(QUEUE_LIMIT);
  private final Consumer<EventSubscription> onClose;
  private volatile boolean overrun;

  EventSubscription(Consumer<EventSubscription> onClose) {
    this.onClose = onClose;
  }

  void offer(StoredEvent event) {
    if (!queue.offer(event)) {
      overrun = true;
      onClose.accept(this);
    }
  }

  /** The next event; empty when none came in that time. */
  public Optional<StoredEvent> poll(long timeoutMillis) throws InterruptedException {
    return Optional.ofNullable(queue.poll(timeoutMillis, TimeUnit.MILLISECONDS));
  }

  /** Whether the watcher was too slow: after what is queued, nothing more comes. */
  public boolean isOverrun() {
    return overrun;
  }

  @Override
  public void close() {
    onClose.accept(this);
  }
}
