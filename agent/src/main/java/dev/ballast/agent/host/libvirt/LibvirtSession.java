package dev.ballast.agent.host.libvirt;

import org.libvirt.LibvirtException;

/**
 * One connection to libvirt. libvirt-java forgets its pointer on close, so a session is closed by
 * whoever leaves it last after it was retired.
 */
final class LibvirtSession {
  private final OpenConnect connect;
  private int users;
  private boolean retired;
  private boolean closed;

  LibvirtSession(OpenConnect connect) {
    this.connect = connect;
  }

  /** What is done with the connection. */
  @FunctionalInterface
  interface Use<T> {
    T apply(OpenConnect connect) throws LibvirtException, LibvirtFault;
  }

  /** Uses the connection; a failure on a dead connection retires it. */
  <T> T use(String what, Use<T> use) throws LibvirtFault {
    enter();
    try {
      return use.apply(connect);
    } catch (LibvirtException e) {
      throw fault(what, String.valueOf(e.getMessage()));
    } catch (LibvirtFault.Refused e) {
      throw alive() ? e : fault(what, String.valueOf(e.getMessage()));
    } finally {
      leave();
    }
  }

  private LibvirtFault fault(String what, String message) {
    if (alive()) {
      return new LibvirtFault.Refused(what + ": " + message);
    }
    retire();
    return new LibvirtFault.Unavailable(what + ": connection lost: " + message, true);
  }

  /** Whether the connection is up as far as its own side knows; asks nobody. */
  boolean alive() {
    try {
      return connect.isAlive();
    } catch (LibvirtException e) {
      return false;
    }
  }

  /** No new call uses it; it is closed when the last one has left. */
  void retire() {
    synchronized (this) {
      retired = true;
    }
    closeIfUnused();
  }

  synchronized boolean retired() {
    return retired;
  }

  private synchronized void enter() throws LibvirtFault {
    if (retired) {
      throw new LibvirtFault.Unavailable("the connection to libvirt was lost", false);
    }
    users++;
  }

  private void leave() {
    synchronized (this) {
      users--;
    }
    closeIfUnused();
  }

  private void closeIfUnused() {
    synchronized (this) {
      if (!retired || users > 0 || closed) {
        return;
      }
      closed = true;
    }
    try {
      connect.close();
    } catch (LibvirtException e) {
      // A dead connection needs no farewell.
      return;
    }
  }
}
