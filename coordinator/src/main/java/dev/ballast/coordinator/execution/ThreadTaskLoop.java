package dev.ballast.coordinator.execution;

import java.time.Clock;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A loop on a thread of its own. A task that fails is logged; the loop goes on. */
public final class ThreadTaskLoop implements TaskLoop, AutoCloseable {
  /** So many tasks may wait; more mean that the store hangs, and are refused. */
  public static final int QUEUE_LIMIT = 100_000;

  private static final Logger log = LoggerFactory.getLogger(ThreadTaskLoop.class);
  private static final long CLOSE_MILLIS = 5_000;

  private final ScheduledThreadPoolExecutor threads;
  private final Clock clock;

  public ThreadTaskLoop(String name, Clock clock) {
    this.clock = clock;
    this.threads =
        new ScheduledThreadPoolExecutor(1, Thread.ofPlatform().daemon().name(name).factory());
    this.threads.setRemoveOnCancelPolicy(true);
    this.threads.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
  }

  @Override
  public void execute(Runnable task) {
    if (threads.getQueue().size() >= QUEUE_LIMIT) {
      throw new RejectedExecutionException("more than " + QUEUE_LIMIT + " tasks wait");
    }
    threads.execute(() -> guarded(task));
  }

  @Override
  public Timer after(long delayMillis, Runnable task) {
    ScheduledFuture<?> future =
        threads.schedule(() -> guarded(task), delayMillis, TimeUnit.MILLISECONDS);
    return () -> future.cancel(false);
  }

  @Override
  public long epochMillis() {
    return clock.millis();
  }

  private static void guarded(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException e) {
      log.error("a task failed; the next ones go on", e);
    }
  }

  @Override
  public void close() {
    threads.shutdown();
    try {
      if (!threads.awaitTermination(CLOSE_MILLIS, TimeUnit.MILLISECONDS)) {
        threads.shutdownNow();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      threads.shutdownNow();
    }
  }
}
