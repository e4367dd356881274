package dev.ballast.agent.metrics;

import dev.ballast.agent.host.kernel.KernelFiles;
import java.util.OptionalDouble;

/**
 * What this process costs, from /proc: a few small reads instead of the JVM's management classes,
 * which would cost the agent memory for good.
 */
final class OwnProcess {
  // USER_HZ, part of Linux's interface to programs: 100 on every architecture libvirt runs on.
  private static final double TICKS_PER_SECOND = 100;
  private static final int KIB = 1024;
  private static final int USER_TICKS_FIELD = 11;
  private static final int SYSTEM_TICKS_FIELD = 12;

  private final KernelFiles files;

  OwnProcess(KernelFiles files) {
    this.files = files;
  }

  OptionalDouble residentBytes() {
    String status = files.read("/proc/self/status").orElse("");
    for (String line : status.split("\n")) {
      if (line.startsWith("VmRSS:")) {
        return toDouble(KernelFiles.leadingLong(line.substring("VmRSS:".length())), KIB);
      }
    }
    return OptionalDouble.empty();
  }

  OptionalDouble cpuSeconds() {
    String stat = files.read("/proc/self/stat").orElse("");
    // The name before it may hold blanks and brackets.
    String[] fields = stat.substring(stat.lastIndexOf(')') + 1).strip().split(" ");
    if (fields.length <= SYSTEM_TICKS_FIELD) {
      return OptionalDouble.empty();
    }
    long ticks =
        KernelFiles.leadingLong(fields[USER_TICKS_FIELD]).orElse(0)
            + KernelFiles.leadingLong(fields[SYSTEM_TICKS_FIELD]).orElse(0);
    return OptionalDouble.of(ticks / TICKS_PER_SECOND);
  }

  int openFiles() {
    return files.list("/proc/self/fd").size();
  }

  private static OptionalDouble toDouble(java.util.OptionalLong value, int unit) {
    return value.isPresent()
        ? OptionalDouble.of((double) value.getAsLong() * unit)
        : OptionalDouble.empty();
  }
}
