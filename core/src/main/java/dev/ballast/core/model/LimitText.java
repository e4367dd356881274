package dev.ballast.core.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Limits as people write and read them: {@code iops=100,bytes=1MiB/8MiB/30} (limit, burst and its
 * seconds) for a disk, {@code in=1MiB/2MiB/512KiB,out=1MiB} (average, peak, burst) for a NIC. Every
 * parser throws IllegalArgumentException with what would be right.
 */
public final class LimitText {
  private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB"};
  private static final Pattern SIZE = Pattern.compile("([0-9]{1,15}) ?(B|KiB|MiB|GiB|TiB)");
  private static final Pattern NUMBER = Pattern.compile("[0-9]{1,15}");
  private static final List<String> DISK_KEYS =
      Arrays.stream(DiskRate.values()).map(DiskRate::word).toList();
  private static final List<String> NIC_KEYS = List.of("in", "out");
  private static final String NONE = "none";

  private LimitText() {}

  /** Bytes as a whole number with a unit. */
  public static long bytes(String text) {
    Matcher matcher = SIZE.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "'" + text + "' is no size: a whole number with B, KiB, MiB, GiB or TiB, such as 64MiB");
    }
    long number = Long.parseLong(matcher.group(1));
    long factor = 1L << (10 * Arrays.asList(UNITS).indexOf(matcher.group(2)));
    if (number > Long.MAX_VALUE / factor) {
      throw new IllegalArgumentException("'" + text + "' is too large");
    }
    return number * factor;
  }

  /** The size in the largest unit that divides it. */
  public static String bytes(long bytes) {
    long number = bytes;
    int unit = 0;
    while (number != 0 && number % 1024 == 0 && unit < UNITS.length - 1) {
      number /= 1024;
      unit++;
    }
    return number + UNITS[unit];
  }

  /** A disk's limits; {@code none} is no limit. */
  public static DiskLimits disk(String text) {
    if (text.equals(NONE)) {
      return DiskLimits.NONE;
    }
    Map<String, String> parts = parts(text, DISK_KEYS);
    Map<DiskRate, Long> limits = new EnumMap<>(DiskRate.class);
    Map<DiskRate, DiskBurst> bursts = new EnumMap<>(DiskRate.class);
    for (DiskRate rate : DiskRate.values()) {
      String part = parts.get(rate.word());
      if (part != null) {
        put(rate, part, limits, bursts);
      }
    }
    return DiskLimits.of(limits, bursts);
  }

  /**
   * Reads one limit of a disk, {@code LIMIT} or {@code LIMIT/BURST/SECONDS}, a size where it is one
   * of bytes.
   */
  public static void put(
      DiskRate rate, String text, Map<DiskRate, Long> limits, Map<DiskRate, DiskBurst> bursts) {
    String[] parts = text.split("/", -1);
    if (parts.length > 3) {
      throw new IllegalArgumentException(
          "'%s' is LIMIT, LIMIT/BURST or LIMIT/BURST/SECONDS, such as %s, not '%s'"
              .formatted(rate.word(), rate.isSize() ? "10MiB/50MiB/30" : "500/2000/30", text));
    }
    limits.put(rate, amount(rate, parts[0]));
    if (parts.length > 1) {
      long seconds = parts.length > 2 ? number(rate.word(), parts[2]) : 1;
      bursts.put(rate, new DiskBurst(amount(rate, parts[1]), seconds));
    }
  }

  private static long amount(DiskRate rate, String text) {
    return rate.isSize() ? bytes(text) : number(rate.word(), text);
  }

  /** The text that {@link #disk(String)} reads. */
  public static String of(DiskLimits disk) {
    List<String> parts = new ArrayList<>();
    for (DiskRate rate : DiskRate.values()) {
      if (disk.limit(rate) > 0) {
        parts.add(rate.word() + "=" + of(disk, rate));
      }
    }
    return parts.isEmpty() ? NONE : String.join(",", parts);
  }

  /** The text of one limit that {@link #put} reads. */
  public static String of(DiskLimits disk, DiskRate rate) {
    String limit = amountOf(rate, disk.limit(rate));
    DiskBurst burst = disk.bursts().get(rate);
    if (burst == null) {
      return limit;
    }
    String text = limit + "/" + amountOf(rate, burst.perSecond());
    return burst.seconds() == 1 ? text : text + "/" + burst.seconds();
  }

  private static String amountOf(DiskRate rate, long amount) {
    return rate.isSize() ? bytes(amount) : Long.toString(amount);
  }

  /** A NIC's limits; {@code none} is no limit. */
  public static NicLimits nic(String text) {
    if (text.equals(NONE)) {
      return NicLimits.NONE;
    }
    Map<String, String> parts = parts(text, NIC_KEYS);
    return new NicLimits(
        Optional.ofNullable(parts.get("in")).map(LimitText::rate),
        Optional.ofNullable(parts.get("out")).map(LimitText::rate));
  }

  /** The text that {@link #nic(String)} reads. */
  public static String of(NicLimits nic) {
    List<String> parts = new ArrayList<>();
    nic.inbound().ifPresent(rate -> parts.add("in=" + of(rate)));
    nic.outbound().ifPresent(rate -> parts.add("out=" + of(rate)));
    return parts.isEmpty() ? NONE : String.join(",", parts);
  }

  /** A rate: average, or average/peak/burst; a part of 0B is left to the host. */
  public static NicRate rate(String text) {
    String[] parts = text.split("/", -1);
    if (parts.length > 3) {
      throw new IllegalArgumentException(
          "'" + text + "' is no rate: AVERAGE or AVERAGE/PEAK/BURST, such as 1MiB/2MiB/512KiB");
    }
    return new NicRate(
        kib(parts[0]), parts.length > 1 ? kib(parts[1]) : 0, parts.length > 2 ? kib(parts[2]) : 0);
  }

  /** The text that {@link #rate} reads. */
  public static String of(NicRate rate) {
    String average = bytes(rate.averageKib() * 1024);
    if (rate.peakKib() == 0 && rate.burstKib() == 0) {
      return average;
    }
    String peak = average + "/" + bytes(rate.peakKib() * 1024);
    return rate.burstKib() == 0 ? peak : peak + "/" + bytes(rate.burstKib() * 1024);
  }

  /** A size in whole KiB. */
  public static long kib(String text) {
    long bytes = bytes(text);
    if (bytes % 1024 != 0) {
      throw new IllegalArgumentException("'" + text + "' is no multiple of 1KiB");
    }
    return bytes / 1024;
  }

  private static Map<String, String> parts(String text, List<String> known) {
    Map<String, String> parts = new LinkedHashMap<>();
    for (String part : text.split(",", -1)) {
      int equals = part.indexOf('=');
      String key = equals < 0 ? part : part.substring(0, equals);
      if (equals < 0 || !known.contains(key)) {
        throw new IllegalArgumentException(
            "'" + part + "' is none of KEY=VALUE with the keys " + String.join(", ", known));
      }
      if (parts.put(key, part.substring(equals + 1)) != null) {
        throw new IllegalArgumentException("'" + key + "' stands twice");
      }
    }
    return parts;
  }

  private static long number(String key, String text) {
    if (!NUMBER.matcher(text).matches()) {
      throw new IllegalArgumentException("'" + key + "' has whole numbers, not '" + text + "'");
    }
    return Long.parseLong(text);
  }

  static SortedMap<String, String> words(VmLimits limits) {
    SortedMap<String, String> words = new TreeMap<>();
    if (limits.cpuWeight() != CpuWeight.DEFAULT) {
      words.put("cpuWeight", Integer.toString(limits.cpuWeight()));
    }
    limits.vcpuQuota().ifPresent(quota -> words.put("vcpuQuota", quota.toString()));
    limits.emulatorQuota().ifPresent(quota -> words.put("emulatorQuota", quota.toString()));
    limits.globalQuota().ifPresent(quota -> words.put("globalQuota", quota.toString()));
    limits.iothreadQuota().ifPresent(quota -> words.put("iothreadQuota", quota.toString()));
    limits.memorySoftBytes().ifPresent(bytes -> words.put("memorySoft", bytes(bytes)));
    limits.cap().hardBytes().ifPresent(bytes -> words.put("memoryHard", bytes(bytes)));
    limits.cap().swapBytes().ifPresent(bytes -> words.put("memorySwap", bytes(bytes)));
    limits.blkioWeight().ifPresent(weight -> words.put("blkioWeight", weight.toString()));
    limits.balloonBytes().ifPresent(bytes -> words.put("balloon", bytes(bytes)));
    limits.disks().forEach((disk, limit) -> words.put("disks." + disk, of(limit)));
    limits.nics().forEach((nic, limit) -> words.put("nics." + nic, of(limit)));
    return words;
  }

  /** What stands for a field that {@link VmLimits#words} leaves out. */
  public static String absent(String field) {
    return field.equals("cpuWeight") ? Integer.toString(CpuWeight.DEFAULT) : NONE;
  }
}
