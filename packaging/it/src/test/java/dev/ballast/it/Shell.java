package dev.ballast.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs a program to its end, within a bound, and keeps what it said. */
final class Shell {
  private Shell() {}

  /** What a program said and how it ended; {@code exit} is 124 when it had to be ended. */
  record Result(List<String> command, int exit, String out, String err) {
    /** The output of a program that must succeed. */
    String orFail() {
      if (exit != 0) {
        throw new AssertionError("exit " + exit + " of " + this);
      }
      return out;
    }

    @Override
    public String toString() {
      return String.join(" ", command) + "\n--- out\n" + out + "\n--- err\n" + err;
    }
  }

  static Result run(int timeoutSeconds, List<String> command) {
    try {
      Path out = Files.createTempFile("ballast-it", ".out");
      Path err = Files.createTempFile("ballast-it", ".err");
      try {
        Process process =
            new ProcessBuilder(command)
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start();
        int exit = 124;
        if (process.waitFor(timeoutSeconds, TimeUnit.SECONDS)) {
          exit = process.exitValue();
        } else {
          process.descendants().forEach(ProcessHandle::destroyForcibly);
          process.destroyForcibly();
        }
        return new Result(command, exit, read(out), read(err));
      } finally {
        Files.delete(out);
        Files.delete(err);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while running " + command, e);
    }
  }

  private static String read(Path file) throws IOException {
    return Files.readString(file, StandardCharsets.UTF_8);
  }
}
