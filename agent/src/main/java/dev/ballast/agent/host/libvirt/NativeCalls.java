package dev.ballast.agent.host.libvirt;

import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Runs native calls on a bounded pool of platform threads and waits for each a bounded time. A call
 * that hangs keeps its thread; when all threads hang, further calls end unsent.
 */
public final class NativeCalls implements AutoCloseable {
  /** So many calls run at once. */
  public static final int THREAD_LIMIT = 4;

  /** So many calls may wait for a thread. */
  public static final int QUEUE_LIMIT = 256;

  /** A native call. */
  @FunctionalInterface
  public interface NativeCall<T> {
    T run() throws LibvirtFault;
  }

  private final ThreadPoolExecutor threads;
  private final Duration timeout;

  public NativeCalls(Duration timeout) {
    this.timeout = timeout;
    threads =
        new ThreadPoolExecutor(
            THREAD_LIMIT,
            THREAD_LIMIT,
            30,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(QUEUE_LIMIT),
            Thread.ofPlatform().daemon().name("libvirt-call-", 0).factory());
    threads.allowCoreThreadTimeOut(true);
  }

  /** The call's result, or why there is none; {@code what} names it to people. */
  public <T> T call(String what, NativeCall<T> call) throws LibvirtFault {
    AtomicBoolean claimed = new AtomicBoolean();
    FutureTask<T> task =
        new FutureTask<>(
            () -> {
              if (!claimed.compareAndSet(false, true)) {
                throw new CancellationException();
              }
              return call.run();
            });
    try {
      threads.execute(task);
      return task.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      throw new LibvirtFault.Unavailable(
          what + " not sent: too many calls wait for libvirt", false);
    } catch (TimeoutException e) {
      throw late(what, claimed, "did not answer in " + timeout.toMillis() + " ms");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw late(what, claimed, "was not waited for: the agent stops");
    } catch (ExecutionException e) {
      throw cause(what, e.getCause());
    }
  }

  private static LibvirtFault late(String what, AtomicBoolean claimed, String why) {
    return claimed.compareAndSet(false, true)
        ? new LibvirtFault.Unavailable(
            what + " not sent: all " + THREAD_LIMIT + " calls to libvirt hang", false)
        : new LibvirtFault.TimedOut(what + ": libvirt " + why);
  }

  static LibvirtFault cause(String what, @Nullable Throwable cause) {
    return switch (cause) {
      case null -> new LibvirtFault.Unavailable(what + " failed in the agent", true);
      case LibvirtFault fault -> fault;
      case Error error -> throw error;
      default -> new LibvirtFault.Unavailable(what + " failed in the agent: " + cause, true);
    };
  }

  /** Lets hanging calls be; their threads end with the process. */
  @Override
  public void close() {
    threads.shutdownNow();
  }
}
