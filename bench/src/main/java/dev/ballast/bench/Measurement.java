package dev.ballast.bench;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.util.Map;

/** Wall time, processor time of the whole process and peak heap since its start. */
public final class Measurement {
  private final long startNanos = System.nanoTime();
  private final long startCpuNanos = processCpuNanos();

  /** Processor time of the whole process so far. */
  public static long processCpuNanos() {
    return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }

  public double wallSeconds() {
    return (System.nanoTime() - startNanos) / 1e9;
  }

  public double cpuSeconds() {
    return (processCpuNanos() - startCpuNanos) / 1e9;
  }

  /** The sum of the heap pools' peaks, in bytes. */
  public static long peakHeapBytes() {
    return ManagementFactory.getMemoryPoolMXBeans().stream()
        .filter(pool -> pool.getType() == MemoryType.HEAP)
        .map(MemoryPoolMXBean::getPeakUsage)
        .mapToLong(usage -> usage.getUsed())
        .sum();
  }

  /** Adds wallSeconds, cpuSeconds and peakHeapBytes to a benchmark's figures. */
  public void addTo(Map<String, Object> figures) {
    figures.put("wallSeconds", round(wallSeconds()));
    figures.put("cpuSeconds", round(cpuSeconds()));
    figures.put("peakHeapBytes", peakHeapBytes());
  }

  private static double round(double seconds) {
    return Math.round(seconds * 1000) / 1000.0;
  }
}
