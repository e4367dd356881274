package dev.ballast.agent.host.cgroup;

import dev.ballast.agent.host.kernel.Numbers;
import java.nio.ByteBuffer;

/** Reads the accounting files of a CPU control group, in nanoseconds whichever version. */
public final class CpuAccounting {
  private static final byte[] USAGE_MICROS = Numbers.ascii("usage_usec ");
  private static final byte[] THROTTLED_NANOS = Numbers.ascii("throttled_time ");
  private static final byte[] THROTTLED_MICROS = Numbers.ascii("throttled_usec ");
  private static final long NANOS_PER_MICRO = 1000;

  private CpuAccounting() {}

  /** CPU time from {@code cpuacct.usage} or version 2's {@code cpu.stat}; -1 when it has none. */
  public static long usageNanos(ByteBuffer text) {
    int start = text.position();
    long micros = Numbers.valueOf(text, USAGE_MICROS);
    if (micros >= 0) {
      return micros * NANOS_PER_MICRO;
    }
    text.position(start);
    boolean plain = text.hasRemaining() && Character.isDigit((char) text.get(start));
    return plain ? Numbers.next(text) : -1;
  }

  /** How long the group's own quota held it back, from {@code cpu.stat}; 0 when it has none. */
  public static long throttledNanos(ByteBuffer text) {
    int start = text.position();
    long nanos = Numbers.valueOf(text, THROTTLED_NANOS);
    if (nanos >= 0) {
      return nanos;
    }
    text.position(start);
    return Math.max(0, Numbers.valueOf(text, THROTTLED_MICROS)) * NANOS_PER_MICRO;
  }
}
