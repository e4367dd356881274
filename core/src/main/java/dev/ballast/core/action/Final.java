package dev.ballast.core.action;

import dev.ballast.core.model.CpuPins;
import dev.ballast.core.model.HostName;
import dev.ballast.core.model.MemoryNodes;
import dev.ballast.core.model.VmName;
import java.util.Optional;

/** An action that nothing can undo. It is the only one of its command. */
public sealed interface Final extends Action {
  /** The domain that the action concerns. */
  VmName vm();

  @Override
  default ObjectKey object() {
    return ObjectKey.domain(vm());
  }

  /** Starts a defined domain that is shut off. */
  record StartDomain(VmName vm) implements Final {
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
  record ShutdownDomain(VmName vm, long timeoutMillis) implements Final {
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
  record SetGuestTime(VmName vm) implements Final {
    @Override
    public String describe() {
      return "set the time of " + vm + " to its host's";
    }
  }

  /** Ends a running domain at once, as pulling its plug. */
  record DestroyDomain(VmName vm) implements Final {
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
      implements Final {
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
}
