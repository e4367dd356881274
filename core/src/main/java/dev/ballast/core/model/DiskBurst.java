package dev.ballast.core.model;

/**
 * How much more than its limit a disk may do for a while.
 *
 * @param perSecond above the limit
 * @param seconds how long at most; afterwards the disk has to rest below its limit
 */
public record DiskBurst(long perSecond, long seconds) {
  /** A day. */
  public static final long MAX_SECONDS = 86_400;

  public DiskBurst {
    if (perSecond < 1 || perSecond > DiskLimits.MAX) {
      throw new IllegalArgumentException(
          "a disk's burst is 1 to " + DiskLimits.MAX + " a second, not " + perSecond);
    }
    if (seconds < 1 || seconds > MAX_SECONDS) {
      throw new IllegalArgumentException(
          "a disk's burst lasts 1 to " + MAX_SECONDS + " seconds, not " + seconds);
    }
    if (perSecond > DiskLimits.MAX / seconds) {
      throw new IllegalArgumentException(
          "a burst of "
              + perSecond
              + " a second over "
              + seconds
              + " seconds is too much for QEMU");
    }
  }
}
