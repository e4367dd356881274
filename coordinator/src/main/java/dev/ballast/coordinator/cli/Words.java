package dev.ballast.coordinator.cli;

import com.google.protobuf.ProtocolMessageEnum;
import dev.ballast.v1.CpuPins;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Quantities, times and names as people read them. */
final class Words {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT);
  private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
  private static final int MILLIS = 1000;
  private static final long MINUTE_MILLIS = 60_000;
  private static final long HOUR_MILLIS = 60 * MINUTE_MILLIS;

  private Words() {}

  /** Binary units with one decimal where it says something: {@code 1.5 GiB}, {@code 128 MiB}. */
  static String bytes(long bytes) {
    int unit = 0;
    double value = bytes;
    while (value >= 1024 && unit < UNITS.length - 1) {
      value /= 1024;
      unit++;
    }
    boolean whole = Math.rint(value) == value || value >= 100;
    return String.format(Locale.ROOT, whole ? "%.0f %s" : "%.1f %s", value, UNITS[unit]);
  }

  /** Thousandths of a CPU as percent of one CPU. */
  static String percent(long cpuMillis) {
    return Math.round(cpuMillis / 10.0) + " %";
  }

  /** Thousandths of a CPU as CPUs: {@code 1.5}, {@code 2}. */
  static String cpus(long cpuMillis) {
    return cpuMillis % MILLIS == 0
        ? String.valueOf(cpuMillis / MILLIS)
        : String.format(Locale.ROOT, "%.1f", cpuMillis / (double) MILLIS);
  }

  /** A span, in its two highest units at most. */
  static String span(long millis) {
    if (millis < MILLIS) {
      return millis + " ms";
    }
    if (millis < MINUTE_MILLIS) {
      return String.format(Locale.ROOT, "%.1f s", millis / (double) MILLIS);
    }
    if (millis < HOUR_MILLIS) {
      return millis / MINUTE_MILLIS + " min " + millis % MINUTE_MILLIS / MILLIS + " s";
    }
    return millis / HOUR_MILLIS + " h " + millis % HOUR_MILLIS / MINUTE_MILLIS + " min";
  }

  static String time(long epochMillis, ZoneId zone) {
    return epochMillis == 0 ? "-" : TIME.format(Instant.ofEpochMilli(epochMillis).atZone(zone));
  }

  /** An enumeration's value without its type's prefix: {@code shut-off}. */
  static String name(ProtocolMessageEnum value, String prefix) {
    String name = ((Enum<?>) value).name();
    String bare = name.startsWith(prefix) ? name.substring(prefix.length()) : name;
    return bare.equals("UNSPECIFIED") ? "-" : bare.toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The vCPUs' CPUs: one list where all are alike, else one for each vCPU. */
  static String pins(CpuPins pins) {
    return pins.getVcpusList().stream().distinct().count() == 1
        ? pins.getVcpus(0)
        : String.join(" | ", pins.getVcpusList());
  }

  /** {@code 1 step}, {@code 3 steps}. */
  static String count(long count, String one) {
    return count + " " + one + (count == 1 ? "" : "s");
  }
}
