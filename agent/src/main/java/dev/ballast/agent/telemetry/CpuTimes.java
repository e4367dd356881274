package dev.ballast.agent.telemetry;

/** How long each CPU has been busy since some point in the past, by CPU in ascending order. */
public final class CpuTimes {
  public static final CpuTimes NONE = new CpuTimes(new int[0], new long[0]);

  private final int[] cpus;
  private final long[] busyNanos;

  /** Takes both arrays as its own; they are of one length. */
  CpuTimes(int[] cpus, long[] busyNanos) {
    this.cpus = cpus;
    this.busyNanos = busyNanos;
  }

  int size() {
    return cpus.length;
  }

  int cpu(int index) {
    return cpus[index];
  }

  long busyNanos(int index) {
    return busyNanos[index];
  }

  /** The busy time of that CPU, looked for at the index first; -1 when it is not there. */
  long busyNanosOf(int cpu, int index) {
    if (index < cpus.length && cpus[index] == cpu) {
      return busyNanos[index];
    }
    for (int i = 0; i < cpus.length; i++) {
      if (cpus[i] == cpu) {
        return busyNanos[i];
      }
    }
    return -1;
  }
}
