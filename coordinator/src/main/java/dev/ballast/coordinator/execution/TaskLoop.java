package dev.ballast.coordinator.execution;

/** Runs tasks one after another and keeps the time; tests replace it by a virtual one. */
public interface TaskLoop {
  /** A task that was asked for later. */
  @FunctionalInterface
  interface Timer {
    /** Without effect once the task has begun. */
    void cancel();
  }

  /** Runs the task after those that were handed in before. */
  void execute(Runnable task);

  /** Runs the task after that time, between other tasks. */
  Timer after(long delayMillis, Runnable task);

  /** The wall clock. */
  long epochMillis();
}
