package dev.ballast.agent.host.clock;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * CLOCK_BOOTTIME: monotonic since the machine's start, running on while it sleeps; and the id of
 * that start. Stamps of two boots are never compared.
 */
public interface BootClock {
  long stampMillis();

  String bootId();

  /**
   * The clock of this machine, read from the kernel's files ({@code /proc/uptime} is CLOCK_BOOTTIME
   * in hundredths of a second).
   *
   * @throws IOException when the kernel does not tell the boot id or the time
   */
  static BootClock system(Path proc) throws IOException {
    String bootId = Files.readString(proc.resolve("sys/kernel/random/boot_id")).strip();
    Path uptime = proc.resolve("uptime");
    uptimeMillis(uptime);
    return new BootClock() {
      @Override
      public long stampMillis() {
        try {
          return uptimeMillis(uptime);
        } catch (IOException e) {
          throw new IllegalStateException("cannot read " + uptime, e);
        }
      }

      @Override
      public String bootId() {
        return bootId;
      }
    };
  }

  private static long uptimeMillis(Path uptime) throws IOException {
    String text = Files.readString(uptime, StandardCharsets.US_ASCII);
    int end = text.indexOf(' ');
    try {
      return Math.round(Double.parseDouble(end < 0 ? text : text.substring(0, end)) * 1000);
    } catch (NumberFormatException e) {
      throw new IOException(uptime + " does not start with a time: " + text.strip(), e);
    }
  }
}
