package dev.ballast.core.model;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a disk may do each second; 0 is no limit. A total excludes limits of reading and writing of
 * the same kind.
 *
 * @param bursts how much more for a while; each above a limit of its kind that is set
 */
public record DiskLimits(
    long totalIops,
    long readIops,
    long writeIops,
    long totalBytes,
    long readBytes,
    long writeBytes,
    SortedMap<DiskRate, DiskBurst> bursts) {
  /** No limit at all. */
  public static final DiskLimits NONE = new DiskLimits(0, 0, 0, 0, 0, 0);

  /** QEMU takes no higher limit. */
  public static final long MAX = 1_000_000_000_000_000L;

  public DiskLimits {
    check("iops", totalIops, readIops, writeIops);
    check("bytes", totalBytes, readBytes, writeBytes);
    bursts = Collections.unmodifiableSortedMap(new TreeMap<>(bursts));
  }

  /** Limits without bursts. */
  public DiskLimits(
      long totalIops,
      long readIops,
      long writeIops,
      long totalBytes,
      long readBytes,
      long writeBytes) {
    this(totalIops, readIops, writeIops, totalBytes, readBytes, writeBytes, new TreeMap<>());
  }

  /**
   * Limits by their kind; what is absent or 0 has none.
   *
   * @throws IllegalArgumentException when limits exclude each other, or a burst is not above its
   *     limit
   */
  public static DiskLimits of(Map<DiskRate, Long> limits, Map<DiskRate, DiskBurst> bursts) {
    EnumMap<DiskRate, Long> all = new EnumMap<>(DiskRate.class);
    for (DiskRate rate : DiskRate.values()) {
      all.put(rate, limits.getOrDefault(rate, 0L));
    }
    bursts.forEach((rate, burst) -> checkBurst(rate, burst, all.getOrDefault(rate, 0L)));
    return new DiskLimits(
        all.getOrDefault(DiskRate.IOPS, 0L),
        all.getOrDefault(DiskRate.READ_IOPS, 0L),
        all.getOrDefault(DiskRate.WRITE_IOPS, 0L),
        all.getOrDefault(DiskRate.BYTES, 0L),
        all.getOrDefault(DiskRate.READ_BYTES, 0L),
        all.getOrDefault(DiskRate.WRITE_BYTES, 0L),
        new TreeMap<>(bursts));
  }

  /** The same limits with other bursts. */
  public DiskLimits withBursts(Map<DiskRate, DiskBurst> newBursts) {
    return new DiskLimits(
        totalIops,
        readIops,
        writeIops,
        totalBytes,
        readBytes,
        writeBytes,
        new TreeMap<>(newBursts));
  }

  private static void checkBurst(DiskRate rate, DiskBurst burst, long limit) {
    if (limit == 0 || burst.perSecond() <= limit) {
      throw new IllegalArgumentException(
          "a burst of '" + rate.word() + "' is above its limit, which must be set");
    }
  }

  /** The limit of that kind; 0 is none. */
  public long limit(DiskRate rate) {
    return switch (rate) {
      case IOPS -> totalIops;
      case READ_IOPS -> readIops;
      case WRITE_IOPS -> writeIops;
      case BYTES -> totalBytes;
      case READ_BYTES -> readBytes;
      case WRITE_BYTES -> writeBytes;
    };
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
