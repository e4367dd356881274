package dev.ballast.agent.host.cgroup;

import dev.ballast.agent.host.kernel.KernelFiles;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How long something waited for a resource because it was short (pressure stall information), and
 * what its memory limits did to it.
 */
public final class Pressure {
  private static final Pattern LINE = Pattern.compile("(some|full) .*total=(\\d{1,18})");
  private static final Pattern EVENT = Pattern.compile("([a-z_]{1,32}) (\\d{1,18})");
  private static final int LIMIT_BYTES = 4_096;

  private Pressure() {}

  /**
   * Microseconds in which some, and in which all, tasks waited; none where the kernel does not
   * tell.
   *
   * @param file {@code /proc/pressure/cpu}, or {@code memory.pressure} of a control group
   */
  public static SortedMap<String, Long> stalledMicros(KernelFiles files, String file) {
    return numbers(files, file, LINE);
  }

  /** How often each thing happened to a group's memory ({@code memory.events} of version 2). */
  public static SortedMap<String, Long> memoryEvents(KernelFiles files, String group) {
    SortedMap<String, Long> events = numbers(files, group + "/memory.events", EVENT);
    if (!events.isEmpty()) {
      return events;
    }
    SortedMap<String, Long> version1 = new TreeMap<>();
    files.readLong(group + "/memory.failcnt").ifPresent(count -> version1.put("max", count));
    Long killed = numbers(files, group + "/memory.oom_control", EVENT).get("oom_kill");
    if (killed != null) {
      version1.put("oom_kill", killed);
    }
    return Collections.unmodifiableSortedMap(version1);
  }

  private static SortedMap<String, Long> numbers(KernelFiles files, String file, Pattern line) {
    SortedMap<String, Long> numbers = new TreeMap<>();
    Matcher matcher = line.matcher(files.read(file, LIMIT_BYTES).orElse(""));
    while (matcher.find()) {
      numbers.put(matcher.group(1), Long.valueOf(matcher.group(2)));
    }
    return Collections.unmodifiableSortedMap(numbers);
  }
}
