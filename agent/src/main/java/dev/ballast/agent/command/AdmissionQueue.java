package dev.ballast.agent.command;

import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** One thread that takes what comes from the stream in its order; bounded. */
final class AdmissionQueue {
  /** So many messages may wait. */
  static final int LIMIT = 256;

  private final Set<Long> waiting = ConcurrentHashMap.newKeySet();
  private final ThreadPoolExecutor thread =
      new ThreadPoolExecutor(
          1,
          1,
          0,
          TimeUnit.SECONDS,
          new ArrayBlockingQueue<>(LIMIT),
          Thread.ofPlatform().daemon().name("command-admission").factory());

  /** Runs the task after those before it; false when too many wait. */
  boolean add(Runnable task) {
    try {
      thread.execute(task);
      return true;
    } catch (RejectedExecutionException e) {
      return false;
    }
  }

  /** As {@link #add}, but once for the repeats of a command that waits already. */
  boolean addCommand(long id, Runnable task) {
    if (!waiting.add(id)) {
      return true;
    }
    boolean added =
        add(
            () -> {
              waiting.remove(id);
              task.run();
            });
    if (!added) {
      waiting.remove(id);
    }
    return added;
  }

  void close() {
    thread.shutdown();
  }
}
