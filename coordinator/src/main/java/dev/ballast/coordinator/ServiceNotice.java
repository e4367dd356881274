package dev.ballast.coordinator;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells systemd how the service stands, when systemd started it and wants to know. */
final class ServiceNotice {
  private static final Logger log = LoggerFactory.getLogger(ServiceNotice.class);
  private static final long TIMEOUT_SECONDS = 5;

  private ServiceNotice() {}

  // The JDK has no datagram sockets of the Unix domain, so systemd's own program sends it.
  static void send(String state) {
    if (System.getenv("NOTIFY_SOCKET") == null) {
      return;
    }
    try {
      Process process =
          new ProcessBuilder("systemd-notify", "--pid=" + ProcessHandle.current().pid(), state)
              .inheritIO()
              .start();
      if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        log.warn("systemd-notify {} did not end in time", state);
      }
    } catch (IOException e) {
      log.warn("systemd is not told {}: {}", state, e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
