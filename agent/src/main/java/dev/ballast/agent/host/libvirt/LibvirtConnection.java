package dev.ballast.agent.host.libvirt;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.libvirt.Connect;
import org.libvirt.Library;
import org.libvirt.LibvirtException;
import org.libvirt.event.LifecycleListener;
import org.libvirt.jna.Libvirt.VirErrorCallback;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a connection to libvirt: opens it, notices its death by keep-alive, opens another after a
 * bounded pause. At most one attempt is under way, so a frozen libvirtd costs one thread.
 */
public final class LibvirtConnection implements AutoCloseable {
  /** Seconds between keep-alive messages. */
  static final int KEEPALIVE_SECONDS = 4;

  /** So many unanswered keep-alive messages end a connection. */
  static final int KEEPALIVE_COUNT = 3;

  static final Duration FIRST_PAUSE = Duration.ofMillis(500);
  static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);
  static final Duration CHECK_INTERVAL = Duration.ofSeconds(2);

  /** The lack before the first attempt has ended. */
  public static final String NOT_YET = "not connected yet";

  private static final Logger log = LoggerFactory.getLogger(LibvirtConnection.class);

  /** Held here because native code keeps only the pointer. */
  private static final VirErrorCallback SILENCE = (data, error) -> {};

  private final String uri;
  private final Runnable changed;
  private final Semaphore wake = new Semaphore(0);
  private final Thread keeper = thread("libvirt-keeper", this::keep);
  private volatile @Nullable LibvirtSession session;
  private volatile String lack = NOT_YET;
  private volatile boolean closed;

  /**
   * @param changed told after each lifecycle event of a domain and when the connection comes or
   *     goes; must return at once
   */
  public LibvirtConnection(String uri, Runnable changed) {
    this.uri = uri;
    this.changed = changed;
  }

  /** Connects in the background. */
  public void start() {
    keeper.start();
  }

  /** Why libvirt cannot be used now; absent while it can. */
  public Optional<String> lack() {
    LibvirtSession now = session;
    return now != null && !now.retired() ? Optional.empty() : Optional.of(lack);
  }

  LibvirtSession current() throws LibvirtFault {
    LibvirtSession now = session;
    if (now == null || now.retired()) {
      throw new LibvirtFault.Unavailable("libvirt at " + uri + ": " + lack, false);
    }
    return now;
  }

  /** Gives up the connection on which a call timed out; another one is opened. */
  void distrust(LibvirtSession suspect, String reason) {
    lack = reason;
    suspect.retire();
    wake.release();
  }

  private void keep() {
    startEvents();
    Duration pause = FIRST_PAUSE;
    while (!closed) {
      LibvirtSession now = session;
      boolean up = now != null && !now.retired() && now.alive();
      if (!up) {
        drop(now);
        up = open();
      }
      pause = up ? FIRST_PAUSE : longer(pause);
      sleep(up ? CHECK_INTERVAL : jittered(pause));
    }
    drop(session);
  }

  private void drop(@Nullable LibvirtSession dead) {
    if (dead != null) {
      if (!dead.retired()) {
        lack = "the connection was lost";
      }
      session = null;
      dead.retire();
      if (!closed) {
        log.warn("libvirt at {} is gone: {}", uri, lack);
      }
      changed.run();
    }
  }

  private boolean open() {
    try {
      OpenConnect connect = new OpenConnect(uri);
      connect.setKeepAlive(KEEPALIVE_SECONDS, KEEPALIVE_COUNT);
      connect.addLifecycleListener(listener());
      session = new LibvirtSession(connect);
      log.info("connected to libvirt at {}", uri);
      changed.run();
      return true;
    } catch (LibvirtException e) {
      String reason = String.valueOf(e.getMessage());
      if (!reason.equals(lack)) {
        log.warn("cannot connect to libvirt at {}: {} (trying again)", uri, reason);
      }
      lack = reason;
      return false;
    }
  }

  private LifecycleListener listener() {
    return (domain, event) -> {
      changed.run();
      return 0;
    };
  }

  private void startEvents() {
    try {
      Connect.setErrorCallback(SILENCE);
      Library.initEventLoop();
      thread("libvirt-events", this::processEvents).start();
    } catch (LibvirtException e) {
      // Without events the sweep still sees every change, and timeouts every dead connection.
      log.warn("no events from libvirt: {}", e.getMessage());
    }
  }

  private void processEvents() {
    while (!closed) {
      try {
        Library.processEvent();
      } catch (LibvirtException e) {
        log.warn("libvirt's event loop: {}", e.getMessage());
        sleepFor(CHECK_INTERVAL);
      }
    }
  }

  private void sleep(Duration duration) {
    try {
      if (wake.tryAcquire(duration.toMillis(), TimeUnit.MILLISECONDS)) {
        wake.drainPermits();
      }
    } catch (InterruptedException e) {
      closed = true;
    }
  }

  private static void sleepFor(Duration duration) {
    try {
      Thread.sleep(duration);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static Duration longer(Duration pause) {
    Duration doubled = pause.multipliedBy(2);
    return doubled.compareTo(LONGEST_PAUSE) < 0 ? doubled : LONGEST_PAUSE;
  }

  private static Duration jittered(Duration pause) {
    return pause.plusMillis(ThreadLocalRandom.current().nextLong(pause.toMillis() / 4 + 1));
  }

  private static Thread thread(String name, Runnable task) {
    return Thread.ofPlatform().daemon().name(name).unstarted(task);
  }

  @Override
  public void close() {
    closed = true;
    wake.release();
  }
}
