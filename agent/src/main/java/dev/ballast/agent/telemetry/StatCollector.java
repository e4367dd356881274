package dev.ballast.agent.telemetry;

import dev.ballast.agent.host.kernel.KernelFiles;
import dev.ballast.agent.host.kernel.Numbers;
import dev.ballast.agent.host.kernel.OpenFile;
import dev.ballast.core.topology.CpuSet;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;

/**
 * How busy each CPU has been, from /proc/stat: user, nice, system, irq and softirq time. Guests'
 * time is part of user time.
 */
final class StatCollector implements AutoCloseable {
  private static final byte[] CPU = Numbers.ascii("cpu");
  private static final int BUFFER_BYTES = 128 * 1024;
  private static final int IDLE_FIELD = 3;
  private static final int IOWAIT_FIELD = 4;
  private static final int BUSY_FIELDS = 7;
  // The kernel counts these in USER_HZ, which is 100 on every architecture that runs KVM.
  private static final long NANOS_PER_TICK = 10_000_000;

  private final Optional<OpenFile> file;
  private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);

  StatCollector(KernelFiles files) {
    this.file = files.open("/proc/stat");
  }

  CpuTimes collect() {
    return file.filter(open -> open.read(buffer)).map(_ -> parse()).orElse(CpuTimes.NONE);
  }

  private CpuTimes parse() {
    int[] cpus = new int[16];
    long[] busy = new long[16];
    int count = 0;
    while (Numbers.skip(buffer, CPU)) {
      boolean single = buffer.hasRemaining() && buffer.get(buffer.position()) != ' ';
      long cpu = single ? Numbers.next(buffer) : -1;
      if (cpu >= 0 && cpu < CpuSet.CPU_LIMIT) {
        if (count == cpus.length) {
          cpus = Arrays.copyOf(cpus, count * 2);
          busy = Arrays.copyOf(busy, count * 2);
        }
        cpus[count] = (int) cpu;
        busy[count++] = busyTicks() * NANOS_PER_TICK;
      }
      if (!Numbers.nextLine(buffer)) {
        break;
      }
    }
    return new CpuTimes(Arrays.copyOf(cpus, count), Arrays.copyOf(busy, count));
  }

  private long busyTicks() {
    long ticks = 0;
    for (int field = 0; field < BUSY_FIELDS; field++) {
      long value = Numbers.next(buffer);
      if (field != IDLE_FIELD && field != IOWAIT_FIELD && value > 0) {
        ticks += value;
      }
    }
    return ticks;
  }

  @Override
  public void close() {
    file.ifPresent(OpenFile::close);
  }
}
