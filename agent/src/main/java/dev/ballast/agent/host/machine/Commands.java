package dev.ballast.agent.host.machine;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs programs of the host that change it. */
@FunctionalInterface
public interface Commands {
  /**
   * Runs it to its end.
   *
   * @throws IOException when it is not there, fails, or does not end in time; with what it said
   */
  void run(List<String> command) throws IOException, InterruptedException;

  /** The host's own programs, each given so many milliseconds. */
  static Commands real(long timeoutMillis) {
    return command -> {
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
              .start();
      try {
        if (!process.waitFor(timeoutMillis, TimeUnit.MILLISECONDS)) {
          throw new IOException(
              "'" + String.join(" ", command) + "' did not end in " + timeoutMillis + " ms");
        }
        if (process.exitValue() != 0) {
          throw new IOException(
              "'" + String.join(" ", command) + "' failed: " + Output.of(process));
        }
      } finally {
        process.destroyForcibly();
      }
    };
  }

  /** The start of what a program said. */
  final class Output {
    private static final int LIMIT_BYTES = 1_024;

    private Output() {}

    static String of(Process process) throws IOException {
      try (InputStream out = process.getInputStream()) {
        return new String(out.readNBytes(LIMIT_BYTES), StandardCharsets.UTF_8).strip();
      }
    }
  }
}
