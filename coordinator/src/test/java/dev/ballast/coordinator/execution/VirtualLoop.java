package dev.ballast.coordinator.execution;

import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.PriorityQueue;

/** A loop whose time passes only when a test says so. */
public final class VirtualLoop implements TaskLoop {
  private static final int TASK_LIMIT = 100_000;

  private record Later(long at, long order, Runnable task) {}

  private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
  private final PriorityQueue<Later> timers =
      new PriorityQueue<>(Comparator.comparingLong(Later::at).thenComparingLong(Later::order));
  private long nowMillis;
  private long order;

  public VirtualLoop(long nowMillis) {
    this.nowMillis = nowMillis;
  }

  @Override
  public void execute(Runnable task) {
    tasks.add(task);
  }

  @Override
  public Timer after(long delayMillis, Runnable task) {
    Later later = new Later(nowMillis + delayMillis, order++, task);
    timers.add(later);
    return () -> timers.remove(later);
  }

  @Override
  public long epochMillis() {
    return nowMillis;
  }

  /** Runs everything that is due now. */
  public void run() {
    int done = 0;
    while (!tasks.isEmpty()) {
      if (++done > TASK_LIMIT) {
        throw new AssertionError("the tasks do not end");
      }
      tasks.remove().run();
    }
  }

  /** Lets that much time pass, running whatever falls due. */
  public void advance(long millis) {
    long end = nowMillis + millis;
    run();
    while (!timers.isEmpty() && timers.element().at() <= end) {
      Later next = timers.remove();
      nowMillis = next.at();
      tasks.add(next.task());
      run();
    }
    nowMillis = end;
  }
}
