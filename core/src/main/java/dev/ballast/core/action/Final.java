package dev.ballast.core.action;

import dev.ballast.core.model.CpuPins;
import dev.ballast.core.model.DomainSnapshot;
import dev.ballast.core.model.HostName;
import dev.ballast.core.model.LimitText;
import dev.ballast.core.model.MemoryNodes;
import dev.ballast.core.model.Trash;
import dev.ballast.core.model.VmName;
import dev.ballast.core.model.VolumeFile;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/** An action that nothing can undo. It is the only one of its command. */
public sealed interface Final extends Action {
  /** A final action on one domain. */
  sealed interface OnDomain extends Final {
    /** The domain that the action concerns. */
    VmName vm();

    @Override
    default ObjectKey object() {
      return ObjectKey.domain(vm());
    }
  }

  /** Starts a defined domain that is shut off. */
  record StartDomain(VmName vm) implements OnDomain {
    @Override
    public String describe() {
      return "start " + vm;
    }
  }

  /**
   * Asks a running guest to power off and waits.
   *
   * @param timeoutMillis how long to wait, 1 s to 1 h; the guest still running after it is a
   *     failure
   */
  record ShutdownDomain(VmName vm, long timeoutMillis) implements OnDomain {
    public ShutdownDomain {
      if (timeoutMillis < 1_000 || timeoutMillis > 3_600_000) {
        throw new IllegalArgumentException("shutdown timeout is 1 s to 1 h, not " + timeoutMillis);
      }
    }

    @Override
    public String describe() {
      return "shut down " + vm + " (wait at most " + timeoutMillis / 1000 + " s)";
    }
  }

  /**
   * Sets a running guest's clock to the host's, through the guest agent. Legal while the domain
   * runs. What the clock was is not kept: after a crash it is unknown, and never done again.
   */
  record SetGuestTime(VmName vm) implements OnDomain {
    @Override
    public String describe() {
      return "set the time of " + vm + " to its host's";
    }
  }

  /** Ends a running domain at once, as pulling its plug. */
  record DestroyDomain(VmName vm) implements OnDomain {
    @Override
    public String describe() {
      return "destroy " + vm + " (power off without shutdown)";
    }
  }

  /**
   * Moves a running domain to another host while its guest goes on: peer to peer, persistent there,
   * undefined here. Legal while the domain runs, is persistent and holds nothing of its host.
   *
   * @param targetUri the libvirt of the target, as the host of the command reaches it
   * @param targetPins where the threads run there, live and persistent, in the target's own CPUs
   * @param targetMemory the target's nodes that hold its memory; absent for none
   */
  record MigrateDomain(
      VmName vm,
      HostName target,
      String targetUri,
      CpuPins targetPins,
      MigrationLimits limits,
      Optional<MemoryNodes> targetMemory)
      implements OnDomain {
    /** At most so many characters in a target's URI. */
    public static final int URI_LIMIT = 1_024;

    /** A migration of a domain whose memory keeps to no nodes there. */
    public MigrateDomain(
        VmName vm, HostName target, String targetUri, CpuPins targetPins, MigrationLimits limits) {
      this(vm, target, targetUri, targetPins, limits, Optional.empty());
    }

    public MigrateDomain {
      if (targetUri.isBlank() || targetUri.length() > URI_LIMIT) {
        throw new IllegalArgumentException("a migration needs the URI of its target's libvirt");
      }
    }

    @Override
    public String describe() {
      return "migrate " + vm + " to " + target + " (" + limits.describe() + ")";
    }
  }

  /**
   * Makes a volume larger, by QEMU itself while its VM runs. Legal while the volume is as expected
   * but for its size, and smaller than that. Nothing takes it back: the guest may write behind the
   * former end at once.
   *
   * @param volume as it is to be
   */
  record GrowVolume(VolumeFile volume) implements OnDomain {
    public GrowVolume {
      if (!volume.isPresent()) {
        throw new IllegalArgumentException("only a volume that is there can grow");
      }
    }

    @Override
    public VmName vm() {
      return volume.content().orElseThrow().owner();
    }

    @Override
    public ObjectKey object() {
      return ObjectKey.setting(volume.key());
    }

    @Override
    public String describe() {
      return "grow "
          + volume.key()
          + " to "
          + LimitText.bytes(volume.content().orElseThrow().source().sizeBytes());
    }
  }

  /**
   * Brings a domain back to an internal snapshot: its disks, its memory and its definition. Legal
   * while the domain has the snapshot. What happened since is lost; after a crash it is unknown
   * whether it was done, and it is never done again.
   *
   * @param runs whether the snapshot holds a running guest, which then runs
   */
  record RevertSnapshot(VmName vm, String name, boolean runs) implements OnDomain {
    public RevertSnapshot {
      DomainSnapshot.checkName(name);
    }

    @Override
    public String describe() {
      return "revert "
          + vm
          + " to snapshot "
          + name
          + (runs ? " (its guest runs from there)" : " (it is off there)");
    }
  }

  /** Deletes a snapshot of a domain; the domain stays as it is. Legal while it has the snapshot. */
  record DeleteSnapshot(VmName vm, String name) implements OnDomain {
    public DeleteSnapshot {
      DomainSnapshot.checkName(name);
    }

    @Override
    public String describe() {
      return "delete snapshot " + name + " of " + vm;
    }
  }

  /**
   * Deletes files of the host's trash for good. Legal while all of them lie there.
   *
   * @param files paths of discarded files
   */
  record PurgeTrash(SortedSet<String> files) implements Final {
    public PurgeTrash {
      files = Collections.unmodifiableSortedSet(new TreeSet<>(files));
      if (files.isEmpty() || files.size() > Trash.LIMIT) {
        throw new IllegalArgumentException(
            "a purge names 1 to " + Trash.LIMIT + " files, not " + files.size());
      }
    }

    @Override
    public ObjectKey object() {
      return ObjectKey.setting(Trash.KEY);
    }

    @Override
    public String describe() {
      return "purge "
          + (files.size() == 1 ? files.first() : files.size() + " files")
          + " from the trash for good";
    }
  }
}
