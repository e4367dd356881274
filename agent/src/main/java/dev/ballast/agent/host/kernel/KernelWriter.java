package dev.ballast.agent.host.kernel;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The right to write the kernel's files. Whoever does not hold one cannot write: dry-run code is
 * never handed one.
 */
public class KernelWriter {
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
}
