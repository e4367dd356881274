package dev.ballast.agent.host.systemd;

import com.sun.jna.Native;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells systemd of the daemon's state through the datagram socket in {@code NOTIFY_SOCKET}; does
 * nothing when systemd did not start the daemon.
 */
public final class SystemdNotifier {
  private static final Logger log = LoggerFactory.getLogger(SystemdNotifier.class);
  private static final int AF_UNIX = 1;
  private static final int SOCK_DGRAM_CLOEXEC = 2 | 0x80000;
  private static final int PATH_LIMIT_BYTES = 108;

  private final Optional<String> socketPath;

  /** The calls of libc that the JDK lacks: datagrams on Unix sockets. */
  private static final class Libc {
    static {
      Native.register("c");
    }

    static native int socket(int domain, int type, int protocol);

    static native long sendto(
        int fd, byte[] message, long length, int flags, byte[] address, int addressLength);

    static native int close(int fd);
  }

  public SystemdNotifier(Map<String, String> environment) {
    this.socketPath = Optional.ofNullable(environment.get("NOTIFY_SOCKET"));
  }

  /** Whether systemd waits for word. */
  public boolean isPresent() {
    return socketPath.isPresent();
  }

  public void ready() {
    send("READY=1");
  }

  public void stopping() {
    send("STOPPING=1");
  }

  /** Says that the daemon is alive; systemd restarts it when this does not come for long. */
  public void alive() {
    send("WATCHDOG=1");
  }

  private void send(String state) {
    socketPath.ifPresent(path -> send(path, state));
  }

  private static void send(String path, String state) {
    byte[] address = address(path);
    byte[] message = state.getBytes(StandardCharsets.US_ASCII);
    int fd = Libc.socket(AF_UNIX, SOCK_DGRAM_CLOEXEC, 0);
    if (fd < 0 || address.length == 0) {
      log.warn("cannot tell systemd {}: NOTIFY_SOCKET is {}", state, path);
      return;
    }
    if (Libc.sendto(fd, message, message.length, 0, address, address.length) < 0) {
      log.warn("cannot tell systemd {} through {}", state, path);
    }
    int closed = Libc.close(fd);
    if (closed < 0) {
      log.debug("closing the socket to systemd failed");
    }
  }

  /** A sockaddr_un; a name that begins with @ is abstract. */
  private static byte[] address(String path) {
    byte[] name = path.getBytes(StandardCharsets.UTF_8);
    if (name.length == 0 || name.length >= PATH_LIMIT_BYTES) {
      return new byte[0];
    }
    byte[] address = Arrays.copyOf(new byte[] {AF_UNIX, 0}, 2 + name.length);
    System.arraycopy(name, 0, address, 2, name.length);
    if (name[0] == '@') {
      address[2] = 0;
    }
    return address;
  }
}
