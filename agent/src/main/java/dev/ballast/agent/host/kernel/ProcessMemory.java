package dev.ballast.agent.host.kernel;

import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * On which NUMA nodes a process's memory lies: {@code /proc/PID/numa_maps}, whose lines tell pages
 * by node ({@code N0=512}) and their size ({@code kernelpagesize_kB=4}).
 *
 * @param smallBytes in pages of the usual size, by node
 * @param hugeBytes in hugepages, by node
 */
public record ProcessMemory(
    SortedMap<Integer, Long> smallBytes, SortedMap<Integer, Long> hugeBytes) {
  /** A process with more mappings tells its first ones only. */
  private static final int LIMIT_BYTES = 4 << 20;

  private static final Pattern PAGES = Pattern.compile(" N(\\d{1,4})=(\\d{1,15})");
  private static final Pattern SIZE = Pattern.compile("kernelpagesize_kB=(\\d{1,9})");
  private static final long USUAL_KIB = 4;

  public ProcessMemory {
    smallBytes = Collections.unmodifiableSortedMap(new TreeMap<>(smallBytes));
    hugeBytes = Collections.unmodifiableSortedMap(new TreeMap<>(hugeBytes));
  }

  /** Absent when the process is gone, or the kernel knows no nodes. */
  public static Optional<ProcessMemory> read(KernelFiles files, long pid) {
    return files.read("/proc/" + pid + "/numa_maps", LIMIT_BYTES).map(ProcessMemory::parse);
  }

  private static ProcessMemory parse(String text) {
    SortedMap<Integer, Long> small = new TreeMap<>();
    SortedMap<Integer, Long> huge = new TreeMap<>();
    for (String line : text.split("\n", -1)) {
      Matcher size = SIZE.matcher(line);
      long kib = size.find() ? Long.parseLong(size.group(1)) : USUAL_KIB;
      Matcher pages = PAGES.matcher(line);
      while (pages.find()) {
        (kib > USUAL_KIB ? huge : small)
            .merge(
                Integer.valueOf(pages.group(1)),
                Long.parseLong(pages.group(2)) * kib * 1024,
                Long::sum);
      }
    }
    return new ProcessMemory(small, huge);
  }

  /** All of it. */
  public long totalBytes() {
    return sum(smallBytes) + sum(hugeBytes);
  }

  private static long sum(SortedMap<Integer, Long> bytes) {
    return bytes.values().stream().mapToLong(Long::longValue).sum();
  }
}
