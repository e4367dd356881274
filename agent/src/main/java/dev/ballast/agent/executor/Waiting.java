package dev.ballast.agent.executor;

import java.time.Duration;

/** How executors wait for the host; replaceable in tests. */
public interface Waiting {
  /** Nanoseconds of a monotonic clock. */
  long nanos();

  void pause(Duration duration) throws InterruptedException;

  static Waiting real() {
    return new Waiting() {
      @Override
      public long nanos() {
        return System.nanoTime();
      }

      @Override
      public void pause(Duration duration) throws InterruptedException {
        Thread.sleep(duration);
      }
    };
  }
}
