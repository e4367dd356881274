package dev.ballast.agent.executor;

import dev.ballast.agent.host.libvirt.LibvirtFault;
import dev.ballast.agent.host.libvirt.MigrationJob;
import dev.ballast.agent.host.libvirt.RunningMigration;
import dev.ballast.core.action.Final.MigrateDomain;
import dev.ballast.core.action.MigrationLimits;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches a migration: tells how far it is, lets libvirt give it up when somebody asks for that or
 * its time is over, and otherwise waits.
 */
final class MigrationWatch {
  /** How often it looks whether libvirt has answered. */
  static final Duration POLL = Duration.ofMillis(200);

  /** How often it asks how far the migration is, and repeats an abort. */
  static final Duration LOOK = Duration.ofSeconds(1);

  /** How long libvirt may take to give a migration up. */
  static final Duration ABORT_LIMIT = Duration.ofSeconds(60);

  private static final long MIB = 1 << 20;
  private static final Logger log = LoggerFactory.getLogger(MigrationWatch.class);

  private final MigrateDomain action;
  private final Waiting waiting;
  private final Steering steering;
  private Optional<MigrationJob> last = Optional.empty();
  private boolean downtimeSet;
  private boolean switched;

  /** For a migration that this process has begun. */
  MigrationWatch(MigrateDomain action, Waiting waiting, Steering steering) {
    this.action = action;
    this.waiting = waiting;
    this.steering = steering;
  }

  /**
   * Returns when libvirt says that the domain runs on the target.
   *
   * @throws ExecutionFault when libvirt has said why not
   * @throws LibvirtFault when libvirt cannot say, or does not give up
   */
  void await(RunningMigration migration, HostReader host, HostWriter writer)
      throws LibvirtFault, ExecutionFault, InterruptedException {
    long start = waiting.nanos();
    long nextLook = start;
    Optional<String> givenUp = Optional.empty();
    long givenUpAt = 0;
    while (!migration.ended()) {
      waiting.pause(POLL);
      long now = waiting.nanos();
      if (givenUp.isEmpty()) {
        switchOver(Duration.ofNanos(now - start), writer);
        givenUp = reason(Duration.ofNanos(now - start));
        givenUpAt = now;
        nextLook = givenUp.isPresent() ? now : nextLook;
      } else if (now - givenUpAt > ABORT_LIMIT.toNanos()) {
        throw new LibvirtFault.TimedOut(
            givenUp.get() + "; libvirt did not give up in " + ABORT_LIMIT.toSeconds() + " s");
      }
      if (now >= nextLook && !migration.ended()) {
        nextLook = now + LOOK.toNanos();
        look(host, writer, givenUp.isPresent());
      }
    }
    end(migration, givenUp);
  }

  private void end(RunningMigration migration, Optional<String> givenUp)
      throws LibvirtFault, ExecutionFault {
    try {
      migration.result();
    } catch (LibvirtFault.Refused e) {
      throw new ExecutionFault(givenUp.orElse(String.valueOf(e.getMessage())) + progress());
    }
  }

  /** Once only: from then on libvirt brings it to its end, and nothing calls it back. */
  private void switchOver(Duration elapsed, HostWriter writer) {
    MigrationLimits limits = action.limits();
    if (!limits.postCopy()
        || switched
        || steering.abortRequested()
        || elapsed.toMillis() < limits.postCopyAfterMillis()) {
      return;
    }
    try {
      writer.libvirt().startPostCopy(action.vm().value());
      switched = true;
      log.info("{}: switched to post-copy after {} s", action.vm(), elapsed.toSeconds());
    } catch (LibvirtFault e) {
      // It may be done by then, or not yet have copied once: tried again at the next look.
      log.debug("{}: {}", action.describe(), e.getMessage());
    }
  }

  private Optional<String> reason(Duration elapsed) {
    if (switched) {
      return Optional.empty();
    }
    if (steering.abortRequested()) {
      return Optional.of("aborted on request after " + elapsed.toSeconds() + " s");
    }
    return elapsed.toMillis() >= action.limits().timeoutMillis()
        ? Optional.of("given up: not done within " + action.limits().timeoutMillis() / 1000 + " s")
        : Optional.empty();
  }

  /** One look at a migration that an earlier process began: it is let be, or aborted on request. */
  void lookAsBystander(HostReader host, HostWriter writer) {
    downtimeSet = true;
    look(host, writer, steering.abortRequested());
  }

  private void look(HostReader host, HostWriter writer, boolean abort) {
    try {
      Optional<MigrationJob> job = host.migration(action.vm());
      if (job.isEmpty()) {
        return;
      }
      last = job;
      steering.tell(job.get());
      if (abort) {
        writer.libvirt().abortJob(action.vm().value());
      } else if (!downtimeSet) {
        writer
            .libvirt()
            .setMigrationDowntime(action.vm().value(), action.limits().downtimeMillis());
        downtimeSet = true;
      }
    } catch (LibvirtFault e) {
      // Asked again at the next look; the migration itself is not touched by it.
      log.debug("{}: {}", action.describe(), e.getMessage());
    }
  }

  private String progress() {
    return last.map(
            job ->
                "; "
                    + job.remainingBytes() / MIB
                    + " of "
                    + job.totalBytes() / MIB
                    + " MiB were left, the guest wrote "
                    + job.dirtyBytesPerSecond() / MIB
                    + " MiB/s")
        .orElse("");
  }
}
