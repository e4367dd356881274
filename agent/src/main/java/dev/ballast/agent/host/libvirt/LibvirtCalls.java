package dev.ballast.agent.host.libvirt;

import com.sun.jna.Pointer;
import org.jspecify.annotations.Nullable;
import org.libvirt.Domain;
import org.libvirt.Error.ErrorNumber;
import org.libvirt.LibvirtException;

/**
 * Runs calls on the current connection, on the bounded threads, and distrusts it when one hangs.
 */
public final class LibvirtCalls {
  private final LibvirtConnection connection;
  private final NativeCalls threads;

  public LibvirtCalls(LibvirtConnection connection, NativeCalls threads) {
    this.connection = connection;
    this.threads = threads;
  }

  /** What is done with a domain's native pointer; a negative result is libvirt's error. */
  @FunctionalInterface
  interface DirectUse {
    int apply(Pointer domain);
  }

  <T> T call(String what, LibvirtSession.Use<T> use) throws LibvirtFault {
    LibvirtSession session = connection.current();
    try {
      return threads.call(what, () -> session.use(what, use));
    } catch (LibvirtFault.TimedOut e) {
      connection.distrust(session, String.valueOf(e.getMessage()));
      throw e;
    }
  }

  /** A directly mapped call on the domain of that name. */
  int direct(String what, String name, DirectUse use) throws LibvirtFault {
    return call(
        what,
        connect -> {
          Pointer domain = checked(DirectLibvirt.virDomainLookupByName(connect.pointer(), name));
          try {
            int result = use.apply(domain);
            if (result < 0) {
              throw new LibvirtFault.Refused(lastError());
            }
            return result;
          } finally {
            DirectLibvirt.virDomainFree(domain);
          }
        });
  }

  /** The domain of that name, or null. */
  static @Nullable Domain lookup(OpenConnect connect, String name) throws LibvirtException {
    try {
      return connect.domainLookupByName(name);
    } catch (LibvirtException e) {
      if (isNoDomain(e)) {
        return null;
      }
      throw e;
    }
  }

  static boolean isNoDomain(LibvirtException e) {
    return e.getError() != null && e.getError().getCode() == ErrorNumber.VIR_ERR_NO_DOMAIN;
  }

  private static Pointer checked(@Nullable Pointer domain) throws LibvirtFault {
    if (domain == null) {
      throw new LibvirtFault.Refused(lastError());
    }
    return domain;
  }

  private static String lastError() {
    return String.valueOf(DirectLibvirt.virGetLastErrorMessage());
  }

  LibvirtConnection connection() {
    return connection;
  }
}
