package dev.ballast.agent.practice;

import dev.ballast.agent.host.clock.TimeSync;
import dev.ballast.core.model.ClockState;
import dev.ballast.core.model.DomainSetup;
import dev.ballast.core.model.HostFacts;
import dev.ballast.core.model.OtherOwner;
import dev.ballast.core.model.VmName;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.LongSupplier;

/**
 * The facts of the host. Clock and owners hardly change and take a process and a walk through /proc
 * to find, so they are looked at every 15 seconds. For one thread.
 */
public final class FactsReader {
  static final long PERIOD_NANOS = 15_000_000_000L;

  private final TimeSync time;
  private final OwnersReader owners;
  private final LongSupplier nanoTime;
  private boolean known;
  private long knownNanos;
  private TimeSync.State clock = new TimeSync.State(ClockState.UNKNOWN, "");
  private SortedMap<OtherOwner, String> found = new TreeMap<>();

  public FactsReader(TimeSync time, OwnersReader owners, LongSupplier nanoTime) {
    this.time = time;
    this.owners = owners;
    this.nanoTime = nanoTime;
  }

  /** The facts now, with the setups as given. */
  public HostFacts read(SortedMap<VmName, DomainSetup> setups) {
    long now = nanoTime.getAsLong();
    if (!known || now - knownNanos >= PERIOD_NANOS) {
      known = true;
      knownNanos = now;
      found = owners.read();
      try {
        clock = time.read();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    return new HostFacts(clock.clock(), clock.detail(), found, setups);
  }
}
