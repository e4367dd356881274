package dev.ballast.agent.host.kernel;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.TimeUnit;

/**
 * The right to write the kernel's files. Whoever does not hold one cannot write: dry-run code is
 * never handed one.
 */
public class KernelWriter {
  private static final int OUTPUT_BYTES = 1_024;

  private final KernelFiles files;

  public KernelWriter(KernelFiles files) {
    this.files = files;
  }

  /**
   * Writes the value in one write call into a file that exists; {@code path} is absolute as the
   * kernel names it.
   *
   * @throws IOException naming the file and the value when the kernel refuses
   */
  public void write(String path, String value) throws IOException {
    Path file = files.resolve(path);
    try {
      Files.write(
          file,
          value.getBytes(StandardCharsets.US_ASCII),
          StandardOpenOption.WRITE,
          StandardOpenOption.TRUNCATE_EXISTING);
    } catch (IOException e) {
      throw new IOException("cannot write '" + value + "' to " + file + ": " + e.getMessage(), e);
    }
  }

  /**
   * As {@link #write}, by a process of its own: for a write that lasts, and that makes the writer
   * the first to be ended when memory runs out.
   *
   * @throws IOException also when it does not end in time; it is ended then
   */
  public void writeInChild(String path, String value, long timeoutMillis)
      throws IOException, InterruptedException {
    Path file = files.resolve(path);
    Process child =
        new ProcessBuilder(
                "/bin/sh", "-c", "printf %s \"$1\" >\"$2\"", "ksm", value, file.toString())
            .redirectErrorStream(true)
            .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
            .start();
    try (InputStream out = child.getInputStream()) {
      if (!child.waitFor(timeoutMillis, TimeUnit.MILLISECONDS)) {
        throw new IOException(
            "writing '" + value + "' to " + file + " did not end in " + timeoutMillis + " ms");
      }
      if (child.exitValue() != 0) {
        throw new IOException(
            "cannot write '"
                + value
                + "' to "
                + file
                + ": "
                + new String(out.readNBytes(OUTPUT_BYTES), StandardCharsets.UTF_8).strip());
      }
    } finally {
      child.destroyForcibly();
    }
  }
}
