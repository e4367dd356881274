package dev.ballast.agent.command;

import dev.ballast.agent.host.libvirt.LibvirtFault;
import dev.ballast.agent.host.libvirt.MigrationJob;
import dev.ballast.agent.host.libvirt.MigrationRequest;
import dev.ballast.agent.host.libvirt.RunningMigration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** How a fake host's libvirt carries migrations out: told before, asked afterwards. */
final class FakeMigration {
  /** What becomes of the guest on this host, and what libvirt says of it. */
  enum End {
    ARRIVES,
    REFUSED,
    LEFT_PAUSED,
    LEFT_OFF,
    STARTED_AGAIN,
    GONE_WITHOUT_ANSWER,
    SAID_DONE_YET_HERE
  }

  /** So often it is asked before it has ended. */
  int looks = 12;

  End end = End.ARRIVES;
  boolean heedsAbort = true;
  volatile boolean startedAgain;
  int snapshots;
  String liveDevices = "";

  /** Why libvirt says the guest is in its state. */
  String reason = "migration";

  /** Migrations that an earlier process began are seen for so many looks. */
  int orphanLooks;

  End orphanEnd = End.ARRIVES;
  private final AtomicInteger aborts = new AtomicInteger();
  volatile long downtimeMillis;
  volatile @Nullable MigrationRequest request;
  private volatile boolean running;
  private volatile boolean aborted;

  RunningMigration begin(MigrationRequest begun, FakeGuest guest, FakeLibvirt libvirt) {
    request = begun;
    running = true;
    return new RunningMigration() {
      private int left = looks;

      @Override
      public boolean ended() {
        if (running && (--left <= 0 || aborted)) {
          running = false;
          if (!aborted) {
            take(end, begun.name(), guest, libvirt);
          }
        }
        return !running;
      }

      @Override
      public void result() throws LibvirtFault {
        if (aborted) {
          throw new LibvirtFault.Refused("operation aborted: job 'migration out' canceled");
        }
        switch (end) {
          case ARRIVES, SAID_DONE_YET_HERE -> {}
          case REFUSED, LEFT_PAUSED, LEFT_OFF, STARTED_AGAIN ->
              throw new LibvirtFault.Refused("the target refused it");
          case GONE_WITHOUT_ANSWER -> throw new LibvirtFault.Unavailable("connection lost", true);
        }
      }
    };
  }

  /** The process that began it is gone. */
  void forget() {
    running = false;
    request = null;
    downtimeMillis = 0;
  }

  private void take(End end, String name, FakeGuest guest, FakeLibvirt libvirt) {
    switch (end) {
      case ARRIVES, GONE_WITHOUT_ANSWER -> libvirt.guests.remove(name);
      case LEFT_PAUSED -> guest.paused = true;
      case LEFT_OFF -> guest.active = false;
      case STARTED_AGAIN -> startedAgain = true;
      case REFUSED, SAID_DONE_YET_HERE -> {}
    }
  }

  /** Whether libvirt still works on what an earlier process began. */
  boolean orphanRuns(String name, FakeLibvirt libvirt) {
    if (orphanLooks > 0 && --orphanLooks == 0) {
      FakeGuest guest = libvirt.guests.get(name);
      if (guest != null) {
        take(orphanEnd, name, guest, libvirt);
      }
    }
    return orphanLooks > 0;
  }

  Optional<MigrationJob> job() {
    return running || orphanLooks > 0
        ? Optional.of(new MigrationJob(1_500, 128L << 20, 40L << 20, 88L << 20, 3, 5L << 20, 20))
        : Optional.empty();
  }

  int aborts() {
    return aborts.get();
  }

  void abort() {
    aborts.incrementAndGet();
    if (heedsAbort) {
      aborted = true;
      orphanLooks = 0;
    }
  }
}
