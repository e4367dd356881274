package dev.ballast.core.model;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * CPU time that threads may use in each period; a quota of twice the period is two CPUs. Its text
 * is {@code 25%} (of one CPU) or {@code QUOTA/PERIOD} in microseconds.
 */
public record CpuQuota(long quotaMicros, long periodMicros) {
  /** The period of a quota that is written as a percentage; also the kernel's own. */
  public static final long PERIOD_MICROS = 100_000;

  /** The kernel takes no smaller quota and no shorter period. */
  public static final long MIN_MICROS = 1_000;

  /** The kernel takes no longer period. */
  public static final long MAX_PERIOD_MICROS = 1_000_000;

  /** A thousand CPUs at the longest period. */
  public static final long MAX_QUOTA_MICROS = 1_000 * MAX_PERIOD_MICROS;

  private static final long MICROS_PER_PERCENT = PERIOD_MICROS / 100;
  private static final Pattern PERCENT = Pattern.compile("([0-9]{1,6})%");
  private static final Pattern EXACT = Pattern.compile("([0-9]{1,10})/([0-9]{1,7})");

  public CpuQuota {
    if (quotaMicros < MIN_MICROS || quotaMicros > MAX_QUOTA_MICROS) {
      throw new IllegalArgumentException(
          "a CPU quota is %d to %d microseconds (at least 1%%), not %d"
              .formatted(MIN_MICROS, MAX_QUOTA_MICROS, quotaMicros));
    }
    if (periodMicros < MIN_MICROS || periodMicros > MAX_PERIOD_MICROS) {
      throw new IllegalArgumentException(
          "the period of a CPU quota is %d to %d microseconds, not %d"
              .formatted(MIN_MICROS, MAX_PERIOD_MICROS, periodMicros));
    }
  }

  /** That share of one CPU. */
  public static CpuQuota percent(long percent) {
    return new CpuQuota(percent * MICROS_PER_PERCENT, PERIOD_MICROS);
  }

  /**
   * Reads the text that {@link #toString} writes.
   *
   * @throws IllegalArgumentException naming the two forms
   */
  public static CpuQuota parse(String text) {
    Matcher percent = PERCENT.matcher(text);
    if (percent.matches()) {
      return percent(Long.parseLong(percent.group(1)));
    }
    Matcher exact = EXACT.matcher(text);
    if (exact.matches()) {
      return new CpuQuota(Long.parseLong(exact.group(1)), Long.parseLong(exact.group(2)));
    }
    throw new IllegalArgumentException(
        "a CPU quota is a share of one CPU such as 25%, or microseconds as QUOTA/PERIOD such as"
            + " 5000/20000, not '"
            + text
            + "'");
  }

  /** Whether it grants more CPU time than the other. */
  public boolean exceeds(CpuQuota other) {
    return quotaMicros * other.periodMicros > other.quotaMicros * periodMicros;
  }

  @Override
  public String toString() {
    return periodMicros == PERIOD_MICROS && quotaMicros % MICROS_PER_PERCENT == 0
        ? quotaMicros / MICROS_PER_PERCENT + "%"
        : quotaMicros + "/" + periodMicros;
  }
}
