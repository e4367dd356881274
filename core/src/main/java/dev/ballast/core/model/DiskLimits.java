package dev.ballast.core.model;

/**
 * What a disk may do each second; 0 is no limit. A total excludes limits of reading and writing of
 * the same kind.
 */
public record DiskLimits(
    long totalIops,
    long readIops,
    long writeIops,
    long totalBytes,
    long readBytes,
    long writeBytes) {
  /** No limit at all. */
  public static final DiskLimits NONE = new DiskLimits(0, 0, 0, 0, 0, 0);

  /** QEMU takes no higher limit. */
  public static final long MAX = 1_000_000_000_000_000L;

  public DiskLimits {
    check("iops", totalIops, readIops, writeIops);
    check("bytes", totalBytes, readBytes, writeBytes);
  }

  private static void check(String kind, long total, long read, long write) {
    for (long limit : new long[] {total, read, write}) {
      if (limit < 0 || limit > MAX) {
        throw new IllegalArgumentException(
            "a disk's limit of " + kind + " is 0 to " + MAX + ", not " + limit);
      }
    }
    if (total > 0 && (read > 0 || write > 0)) {
      throw new IllegalArgumentException(
          "a disk has one limit of all its "
              + kind
              + ", or one of reading and one of writing, not both");
    }
  }
}
