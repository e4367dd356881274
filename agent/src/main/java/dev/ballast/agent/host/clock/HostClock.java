package dev.ballast.agent.host.clock;

/** The host's clocks: a monotonic one for intervals, the wall clock for what people read. */
public interface HostClock {
  /** Nanoseconds of a monotonic clock of unknown origin. */
  long monotonicNanos();

  /** Milliseconds since the epoch by the wall clock, which may jump. */
  long epochMillis();

  /** The clocks of this machine. */
  static HostClock system() {
    return new HostClock() {
      @Override
      public long monotonicNanos() {
        return System.nanoTime();
      }

      @Override
      public long epochMillis() {
        return System.currentTimeMillis();
      }
    };
  }
}
