package dev.ballast.agent.host.libvirt;

import dev.ballast.agent.host.libvirt.NativeCalls.NativeCall;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Platform threads for the calls that last as long as a migration or a snapshot, apart from {@link
 * NativeCalls}: a guest that takes minutes to leave must not take a thread from telemetry or other
 * commands. They are never ended: what a call began goes on inside libvirt when the process stops.
 */
public final class MigrationThreads {
  /** So many migrations run at once; the coordinator's own limits are lower. */
  public static final int LIMIT = 8;

  private final ThreadPoolExecutor threads =
      new ThreadPoolExecutor(
          0,
          LIMIT,
          30,
          TimeUnit.SECONDS,
          new SynchronousQueue<>(),
          Thread.ofPlatform().daemon().name("libvirt-migration-", 0).factory());

  /** Sends the call at once or not at all; {@code what} names it to people. */
  RunningMigration start(String what, NativeCall<Boolean> call) throws LibvirtFault {
    FutureTask<Boolean> task = new FutureTask<>(call::run);
    try {
      threads.execute(task);
    } catch (RejectedExecutionException e) {
      throw new LibvirtFault.Unavailable(
          what + " not sent: " + LIMIT + " calls that last run here already", false);
    }
    return new Started(what, task);
  }

  private record Started(String what, FutureTask<Boolean> task) implements RunningMigration {
    @Override
    public boolean ended() {
      return task.isDone();
    }

    @Override
    public void result() throws LibvirtFault {
      if (!task.isDone()) {
        throw new LibvirtFault.TimedOut(what + ": libvirt has not answered yet");
      }
      try {
        var _ = task.get();
      } catch (InterruptedException | CancellationException e) {
        throw new LibvirtFault.TimedOut(what + ": was not waited for: the agent stops");
      } catch (ExecutionException e) {
        throw NativeCalls.cause(what, e.getCause());
      }
    }
  }
}
