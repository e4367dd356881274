package dev.ballast.agent.host.machine;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Programs of the host itself, each given a time. */
final class Programs implements Commands {
  /** The longest answer that is taken. */
  private static final int ANSWER_LIMIT_BYTES = 4 << 20;

  private final long timeoutMillis;

  Programs(long timeoutMillis) {
    this.timeoutMillis = timeoutMillis;
  }

  @Override
  public void run(List<String> command) throws IOException, InterruptedException {
    Process process = builder(command).start();
    try {
      end(command, process);
    } finally {
      process.destroyForcibly();
    }
  }

  private static ProcessBuilder builder(List<String> command) {
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")));
  }

  private void end(List<String> command, Process process) throws IOException, InterruptedException {
    String words = String.join(" ", command);
    if (!process.waitFor(timeoutMillis, TimeUnit.MILLISECONDS)) {
      throw new IOException("'" + words + "' did not end in " + timeoutMillis + " ms");
    }
    if (process.exitValue() != 0) {
      throw new IOException("'" + words + "' failed: " + Output.of(process));
    }
  }

  @Override
  public String read(List<String> command) throws IOException, InterruptedException {
    File answer = File.createTempFile("ballast", ".answer");
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
              .redirectOutput(answer)
              .redirectErrorStream(false)
              .start();
      try {
        String words = String.join(" ", command);
        if (!process.waitFor(timeoutMillis, TimeUnit.MILLISECONDS)) {
          throw new IOException("'" + words + "' did not end in " + timeoutMillis + " ms");
        }
        if (process.exitValue() != 0) {
          throw new IOException(
              "'"
                  + words
                  + "' failed: "
                  + new String(
                      process.getErrorStream().readNBytes(Output.LIMIT_BYTES),
                      StandardCharsets.UTF_8));
        }
      } finally {
        process.destroyForcibly();
      }
      try (var in = Files.newInputStream(answer.toPath())) {
        return new String(in.readNBytes(ANSWER_LIMIT_BYTES), StandardCharsets.UTF_8);
      }
    } finally {
      Files.deleteIfExists(answer.toPath());
    }
  }

  @Override
  public void feed(List<String> command, String input) throws IOException, InterruptedException {
    Process process = builder(command).redirectInput(ProcessBuilder.Redirect.PIPE).start();
    try {
      try (OutputStream in = process.getOutputStream()) {
        in.write(input.getBytes(StandardCharsets.UTF_8));
      }
      end(command, process);
    } finally {
      process.destroyForcibly();
    }
  }
}
