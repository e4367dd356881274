package dev.ballast.agent.host.machine;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Runs programs of the host that change it. */
@FunctionalInterface
public interface Commands {
  /**
   * Runs it to its end.
   *
   * @throws IOException when it is not there, fails, or does not end in time; with what it said
   */
  void run(List<String> command) throws IOException, InterruptedException;

  /**
   * Runs it to its end; gives all that it wrote.
   *
   * @throws IOException as {@link #run}
   */
  default String read(List<String> command) throws IOException, InterruptedException {
    throw new IOException("'" + command.getFirst() + "' cannot be read from here");
  }

  /**
   * Runs it to its end with that on its standard input.
   *
   * @throws IOException as {@link #run}
   */
  default void feed(List<String> command, String input) throws IOException, InterruptedException {
    throw new IOException("'" + command.getFirst() + "' cannot be fed from here");
  }

  /** The host's own programs, each given so many milliseconds. */
  static Commands real(long timeoutMillis) {
    return new Programs(timeoutMillis);
  }

  /** The start of what a program said. */
  final class Output {
    static final int LIMIT_BYTES = 1_024;

    private Output() {}

    static String of(Process process) throws IOException {
      try (InputStream out = process.getInputStream()) {
        return new String(out.readNBytes(LIMIT_BYTES), StandardCharsets.UTF_8).strip();
      }
    }
  }
}
