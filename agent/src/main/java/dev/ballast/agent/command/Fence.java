package dev.ballast.agent.command;

import dev.ballast.agent.host.clock.BootClock;
import dev.ballast.core.action.Command;
import dev.ballast.core.action.RefusalReason;
import java.util.Optional;

/**
 * Keeps deposed leaders out: a command echoes a stamp of this agent's own clock that its leader had
 * before it last renewed its lease. An older stamp than the lease, one of another boot, or one from
 * the future comes from a leader that may have been deposed.
 */
final class Fence {
  /** The lease before a coordinator has told one. */
  static final long FIRST_LEASE_MILLIS = 15_000;

  private final BootClock clock;
  private volatile long leaseMillis = FIRST_LEASE_MILLIS;

  Fence(BootClock clock) {
    this.clock = clock;
  }

  void lease(long millis) {
    leaseMillis = millis;
  }

  /** Why the command may not start now. */
  Optional<Refusal> expired(Command command) {
    if (!command.stampBootId().equals(clock.bootId())) {
      return expired("its stamp is of another boot of this host");
    }
    long ageMillis = clock.stampMillis() - command.stampMillis();
    if (ageMillis < 0) {
      return expired("its stamp is " + -ageMillis + " ms ahead of this host's clock");
    }
    long limitMillis = Math.min(leaseMillis, command.deadlineMillis());
    return ageMillis > limitMillis
        ? expired("its stamp is " + ageMillis + " ms old; it may be " + limitMillis + " ms")
        : Optional.empty();
  }

  private static Optional<Refusal> expired(String detail) {
    return Optional.of(new Refusal(RefusalReason.EXPIRED, detail));
  }
}
