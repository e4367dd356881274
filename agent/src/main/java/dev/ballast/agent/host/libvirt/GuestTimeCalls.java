package dev.ballast.agent.host.libvirt;

import com.sun.jna.Pointer;
import com.sun.jna.ptr.IntByReference;
import com.sun.jna.ptr.LongByReference;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * {@link GuestTime} on the current connection. The answer comes from within the guest and may never
 * come: these calls have threads of their own, and one that hangs is no reason to distrust libvirt.
 */
public final class GuestTimeCalls implements GuestTime, AutoCloseable {
  /** libvirt itself waits five seconds for an agent that is silent. */
  static final Duration LIMIT = Duration.ofSeconds(10);

  private static final long MILLIS = 1_000;
  private static final long NANOS_PER_MILLI = 1_000_000;

  private final LibvirtConnection connection;
  private final LongSupplier epochMillis;
  private final NativeCalls threads = new NativeCalls(LIMIT);

  public GuestTimeCalls(LibvirtConnection connection, LongSupplier epochMillis) {
    this.connection = connection;
    this.epochMillis = epochMillis;
  }

  @Override
  public long offsetMillis(String domain) throws LibvirtFault {
    String what = "ask the guest agent of " + domain;
    LibvirtSession session = connection.current();
    return threads.call(what, () -> session.use(what, connect -> offset(connect, domain)));
  }

  private long offset(OpenConnect connect, String name) throws LibvirtFault {
    Pointer domain = DirectLibvirt.virDomainLookupByName(connect.pointer(), name);
    if (domain == null) {
      throw refused();
    }
    try {
      LongByReference seconds = new LongByReference();
      IntByReference nanos = new IntByReference();
      long before = epochMillis.getAsLong();
      if (DirectLibvirt.virDomainGetTime(domain, seconds, nanos, 0) < 0) {
        throw refused();
      }
      // Half of the way there and back is taken to be the way there.
      long now = before + (epochMillis.getAsLong() - before) / 2;
      return seconds.getValue() * MILLIS + nanos.getValue() / NANOS_PER_MILLI - now;
    } finally {
      DirectLibvirt.virDomainFree(domain);
    }
  }

  private static LibvirtFault refused() {
    return new LibvirtFault.Refused(String.valueOf(DirectLibvirt.virGetLastErrorMessage()));
  }

  @Override
  public void close() {
    threads.close();
  }
}
