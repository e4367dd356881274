package dev.ballast.agent.telemetry;

import dev.ballast.agent.host.kernel.KernelFiles;
import dev.ballast.agent.host.kernel.Numbers;
import dev.ballast.agent.host.kernel.OpenFile;
import java.nio.ByteBuffer;
import java.util.Optional;

/** What memory the host could still hand out, from /proc/meminfo. */
final class MemoryCollector implements AutoCloseable {
  private static final byte[] AVAILABLE = Numbers.ascii("MemAvailable:");
  private static final byte[] FREE = Numbers.ascii("MemFree:");
  private static final int BUFFER_BYTES = 8 * 1024;
  private static final long KIB = 1024;

  private final Optional<OpenFile> file;
  private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);

  MemoryCollector(KernelFiles files) {
    this.file = files.open("/proc/meminfo");
  }

  long collectBytes() {
    if (file.isEmpty() || !file.get().read(buffer)) {
      return 0;
    }
    long kib = Numbers.valueOf(buffer, AVAILABLE);
    if (kib < 0) {
      buffer.rewind();
      kib = Numbers.valueOf(buffer, FREE);
    }
    return Math.max(0, kib) * KIB;
  }

  @Override
  public void close() {
    file.ifPresent(OpenFile::close);
  }
}
