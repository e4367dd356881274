package dev.ballast.agent.telemetry;

import dev.ballast.agent.host.cgroup.CgroupMounts;
import dev.ballast.agent.host.cgroup.CpuAccounting;
import dev.ballast.agent.host.cgroup.CpuGroup;
import dev.ballast.agent.host.kernel.KernelFiles;
import dev.ballast.agent.host.kernel.Numbers;
import dev.ballast.agent.host.kernel.OpenFile;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * CPU time used within the capacity cgroup, in all and (on cgroup version 1) by CPU. The group may
 * come into being later than the agent.
 */
final class CapacityCollector implements AutoCloseable {
  private static final int BUFFER_BYTES = 128 * 1024;

  private final KernelFiles files;
  private final CpuGroup group;
  private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
  private Optional<OpenFile> usage = Optional.empty();
  private Optional<OpenFile> perCpu = Optional.empty();

  CapacityCollector(KernelFiles files, CgroupMounts mounts, String directory) {
    this.files = files;
    this.group = new CpuGroup(directory, mounts);
  }

  OptionalLong collectNanos() {
    if (usage.isEmpty()) {
      usage = group.usageFile(files).flatMap(files::open);
    }
    if (usage.isPresent() && usage.get().read(buffer)) {
      long nanos = CpuAccounting.usageNanos(buffer);
      return nanos < 0 ? OptionalLong.empty() : OptionalLong.of(nanos);
    }
    usage.ifPresent(OpenFile::close);
    usage = Optional.empty();
    return OptionalLong.empty();
  }

  /** Absent where the kernel does not account by CPU and group. */
  Optional<CpuTimes> collectPerCpu() {
    if (perCpu.isEmpty()) {
      perCpu = group.perCpuUsageFile(files).flatMap(files::open);
    }
    if (perCpu.isPresent() && perCpu.get().read(buffer)) {
      return Optional.of(parsePerCpu());
    }
    perCpu.ifPresent(OpenFile::close);
    perCpu = Optional.empty();
    return Optional.empty();
  }

  private CpuTimes parsePerCpu() {
    long[] busy = new long[16];
    int count = 0;
    for (long nanos = Numbers.next(buffer); nanos >= 0; nanos = Numbers.next(buffer)) {
      if (count == busy.length) {
        busy = Arrays.copyOf(busy, count * 2);
      }
      busy[count++] = nanos;
    }
    int[] cpus = new int[count];
    Arrays.setAll(cpus, cpu -> cpu);
    return new CpuTimes(cpus, Arrays.copyOf(busy, count));
  }

  @Override
  public void close() {
    usage.ifPresent(OpenFile::close);
    perCpu.ifPresent(OpenFile::close);
  }
}
