package dev.ballast.agent.executor;

import dev.ballast.agent.executor.ObjectState.HostSettingPresent;
import dev.ballast.agent.host.libvirt.LibvirtFault;
import dev.ballast.core.action.RefusalReason;
import dev.ballast.core.action.Reversible.SetHostSetting;
import dev.ballast.core.model.StoredFile;
import dev.ballast.core.model.VolumeFile;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/**
 * Makes a file of Ballast's, or moves it into the trash. It may take long; it tells how far it is
 * and can be given up. The undo deletes only what the action itself has made.
 */
final class SetStoredFileExecutor implements ActionExecutor {
  /** How often it tells how far it is. */
  static final Duration TELL = Duration.ofSeconds(1);

  private final SetHostSetting action;
  private final StoredFile target;
  private final Waiting waiting;
  private final Steering steering;

  SetStoredFileExecutor(
      SetHostSetting action, StoredFile target, Waiting waiting, Steering steering) {
    this.action = action;
    this.target = target;
    this.waiting = waiting;
    this.steering = steering;
  }

  @Override
  public SetHostSetting action() {
    return action;
  }

  @Override
  public ObjectState observe(HostReader host) {
    return host.setting(target.key());
  }

  @Override
  public Optional<Illegal> illegal(ObjectState state, HostReader host) {
    if (!(state instanceof HostSettingPresent(StoredFile now))) {
      return Optional.of(new Illegal(RefusalReason.MISSING_CAPABILITY, state.describe()));
    }
    return host.machine().illegal(target, now).map(Illegal::of);
  }

  @Override
  public boolean atTarget(ObjectState state) {
    return state.equals(new HostSettingPresent(target));
  }

  @Override
  public ObjectState predict(ObjectState state, HostReader host) {
    return new HostSettingPresent(target);
  }

  @Override
  public void apply(ObjectState before, HostReader host, HostWriter writer)
      throws LibvirtFault, ExecutionFault, InterruptedException {
    if (target instanceof VolumeFile volume && !volume.isPresent()) {
      refuseUsed(volume, host);
    }
    write(target, host, writer);
  }

  /** Looked at here, because an earlier action of the same command may undefine its user. */
  private static void refuseUsed(VolumeFile volume, HostReader host)
      throws LibvirtFault, ExecutionFault {
    Optional<String> user = host.userOf(volume.path());
    if (user.isPresent()) {
      throw new ExecutionFault(
          "domain " + user.get() + " uses " + volume.path() + ": undefine it first");
    }
  }

  private void write(StoredFile wanted, HostReader host, HostWriter writer)
      throws ExecutionFault, InterruptedException {
    try {
      writer.storage().write(wanted, new Limited(waiting.nanos())::at);
    } catch (IOException e) {
      throw new ExecutionFault(String.valueOf(e.getMessage()));
    }
    verify(wanted, host);
  }

  private void verify(StoredFile wanted, HostReader host) throws ExecutionFault {
    ObjectState after = observe(host);
    if (!after.equals(new HostSettingPresent(wanted))) {
      throw new ExecutionFault(
          "afterwards it is " + after.describe() + ", not " + wanted.describe());
    }
  }

  /** Ends what takes too long, or what somebody asked to give up. */
  private final class Limited {
    private final long startNanos;
    private long toldNanos;

    Limited(long startNanos) {
      this.startNanos = startNanos;
      this.toldNanos = startNanos;
    }

    void at(long doneBytes, long totalBytes) throws IOException {
      long now = waiting.nanos();
      long elapsedMillis = (now - startNanos) / 1_000_000;
      if (steering.abortRequested()) {
        throw new IOException("given up on request after " + elapsedMillis / 1000 + " s");
      }
      if (elapsedMillis > target.limitMillis()) {
        throw new IOException(
            "given up: " + doneBytes + " bytes in " + elapsedMillis / 1000 + " s are too slow");
      }
      if (now - toldNanos >= TELL.toNanos()) {
        toldNanos = now;
        steering.tell(elapsedMillis, doneBytes, totalBytes);
      }
    }
  }

  @Override
  public Standing standing(ObjectState before, ObjectState now) {
    if (atTarget(now)) {
      return Standing.TARGET;
    }
    return now.equals(before) ? Standing.BEFORE : Standing.FOREIGN;
  }

  @Override
  public void undo(ObjectState before, HostReader host, HostWriter writer) throws ExecutionFault {
    if (!(before instanceof HostSettingPresent(StoredFile old))) {
      throw new ExecutionFault("there was nothing to restore");
    }
    try {
      if (old.isPresent()) {
        writer.storage().write(old, (done, total) -> {});
      } else {
        writer.storage().unmake(target);
      }
    } catch (IOException e) {
      throw new ExecutionFault(String.valueOf(e.getMessage()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ExecutionFault("interrupted while restoring " + old.describe());
    }
    verify(old, host);
  }
}
