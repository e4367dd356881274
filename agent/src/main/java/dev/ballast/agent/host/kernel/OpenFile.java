package dev.ballast.agent.host.kernel;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * A kernel file kept open and read again from its start: a tenth of the cost of opening it each
 * time, and one of a process never becomes that of another process with the same number.
 */
public final class OpenFile implements AutoCloseable {
  private final FileChannel channel;

  private OpenFile(FileChannel channel) {
    this.channel = channel;
  }

  static Optional<OpenFile> of(Path path) {
    try {
      return Optional.of(new OpenFile(FileChannel.open(path, StandardOpenOption.READ)));
    } catch (IOException | InvalidPathException | SecurityException e) {
      return Optional.empty();
    }
  }

  /**
   * Reads the file into the buffer, which is ready to be taken from afterwards; what does not fit
   * is left out. False when the file can no longer be read (its process or cgroup is gone).
   */
  public boolean read(ByteBuffer buffer) {
    buffer.clear();
    try {
      int count = 0;
      while (buffer.hasRemaining() && (count = channel.read(buffer, buffer.position())) > 0) {
        // One read call gives a kernel file at most a page at a time.
      }
      buffer.flip();
      return count >= 0 || buffer.hasRemaining();
    } catch (IOException e) {
      buffer.flip();
      return false;
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      // Nothing was written: a failed close loses nothing.
    }
  }
}
