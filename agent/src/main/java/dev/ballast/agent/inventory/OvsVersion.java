package dev.ballast.agent.inventory;

import dev.ballast.agent.host.kernel.KernelFiles;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The version of the Open vSwitch that runs here; absent when its database has no socket. Asks
 * {@code ovs-vsctl --version}, once, for a bounded time.
 */
public final class OvsVersion implements Supplier<Optional<String>> {
  private static final String SOCKET = "/run/openvswitch/db.sock";
  private static final String UNKNOWN = "unknown";
  private static final int TIMEOUT_MILLIS = 3000;
  private static final int OUTPUT_LIMIT_BYTES = 4096;
  private static final Pattern VERSION = Pattern.compile("Open vSwitch\\) (\\S+)");

  private final KernelFiles files;
  private Optional<String> known = Optional.empty();

  public OvsVersion(KernelFiles files) {
    this.files = files;
  }

  @Override
  public synchronized Optional<String> get() {
    if (!files.exists(SOCKET)) {
      return Optional.empty();
    }
    if (known.isEmpty()) {
      known = Optional.of(ask().orElse(UNKNOWN));
    }
    return known;
  }

  private static Optional<String> ask() {
    try {
      Process process =
          new ProcessBuilder("ovs-vsctl", "--version").redirectErrorStream(true).start();
      try (InputStream out = process.getInputStream()) {
        process.getOutputStream().close();
        if (!process.waitFor(TIMEOUT_MILLIS, TimeUnit.MILLISECONDS)) {
          return Optional.empty();
        }
        return parse(new String(out.readNBytes(OUTPUT_LIMIT_BYTES), StandardCharsets.ISO_8859_1));
      } finally {
        process.destroyForcibly();
      }
    } catch (IOException e) {
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  static Optional<String> parse(String output) {
    Matcher matcher = VERSION.matcher(output);
    return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
  }
}
