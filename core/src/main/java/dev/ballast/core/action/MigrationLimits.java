package dev.ballast.core.action;

/**
 * How hard a migration may try.
 *
 * @param bandwidthBytesPerSecond what it may take of the link; 0 for as much as there is
 * @param downtimeMillis how long the guest may stand still at the end, 1 ms to 60 s
 * @param autoConverge whether the guest is slowed down when it dirties memory faster than it moves
 * @param timeoutMillis after which it is given up, the guest unharmed where it was; 1 s to 24 h
 * @param postCopy whether, at half of that time, the guest is switched to the target with the rest
 *     of its memory to follow: it ends for sure, but cannot be aborted from then on, and the guest
 *     is lost if either host or the link is
 * @param copyStorage whether disks that the hosts do not share are copied along
 */
public record MigrationLimits(
    long bandwidthBytesPerSecond,
    long downtimeMillis,
    boolean autoConverge,
    long timeoutMillis,
    boolean postCopy,
    boolean copyStorage) {
  /** What holds where nobody says otherwise: the whole link, 300 ms, slowed down, ten minutes. */
  public static final MigrationLimits DEFAULT = new MigrationLimits(0, 300, true, 600_000);

  /** The most that a link is taken to carry, 1 TB/s. */
  public static final long BANDWIDTH_LIMIT_BYTES = 1_000_000_000_000L;

  /** Without post-copy, disks shared. */
  public MigrationLimits(
      long bandwidthBytesPerSecond, long downtimeMillis, boolean autoConverge, long timeoutMillis) {
    this(bandwidthBytesPerSecond, downtimeMillis, autoConverge, timeoutMillis, false, false);
  }

  /** After how long a migration that may is switched to post-copy. */
  public long postCopyAfterMillis() {
    return timeoutMillis / 2;
  }

  public MigrationLimits {
    if (bandwidthBytesPerSecond < 0 || bandwidthBytesPerSecond > BANDWIDTH_LIMIT_BYTES) {
      throw new IllegalArgumentException(
          "bandwidth is 0 (unlimited) to "
              + BANDWIDTH_LIMIT_BYTES
              + " bytes per second, not "
              + bandwidthBytesPerSecond);
    }
    if (downtimeMillis < 1 || downtimeMillis > 60_000) {
      throw new IllegalArgumentException("downtime is 1 ms to 60 s, not " + downtimeMillis + " ms");
    }
    if (timeoutMillis < 1_000 || timeoutMillis > 86_400_000) {
      throw new IllegalArgumentException(
          "a migration's timeout is 1 s to 24 h, not " + timeoutMillis + " ms");
    }
  }

  /** One line for people. */
  public String describe() {
    String bandwidth =
        bandwidthBytesPerSecond == 0
            ? "whole link"
            : bandwidthBytesPerSecond / (1 << 20) + " MiB/s";
    return bandwidth
        + ", downtime at most "
        + downtimeMillis
        + " ms, "
        + (autoConverge ? "auto-converge, " : "")
        + (postCopy ? "post-copy after " + postCopyAfterMillis() / 1000 + " s, " : "")
        + (copyStorage ? "disks copied, " : "")
        + "given up after "
        + timeoutMillis / 1000
        + " s";
  }
}
