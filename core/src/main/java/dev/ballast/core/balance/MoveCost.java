package dev.ballast.core.balance;

import dev.ballast.core.model.MemoryDemand;
import dev.ballast.core.model.VmLimits;
import dev.ballast.core.placement.Weights;

/**
 * What a live migration costs.
 *
 * <pre>
 * transfer [s] = memory with QEMU's own / max(link − dirty rate, link / 8)
 * dirty rate   = 16 MiB · CPU-seconds that the VM wants a second
 * sensitivity  = the VM's CPU weight / 100, from 1/4 to 10
 * points       = sensitivity · (migration · transfer / 10 + interruption · downtime) + moves
 * </pre>
 *
 * with the {@link Weights} of that name, the downtime in seconds that the migration is allowed. No
 * agent measures how fast a guest writes before it migrates: the dirty rate is an assumption, which
 * makes idle guests cheaper to move than busy ones of the same size.
 *
 * @param memoryBytes the guest's
 * @param wantedMillis what it wants, in thousandths of a CPU
 * @param cpuWeight 100 is the default
 */
public record MoveCost(long memoryBytes, long wantedMillis, int cpuWeight) {
  /** What a guest is taken to write in a second of one CPU. */
  static final long DIRTY_BYTES_PER_CPU_SECOND = 16L << 20;

  /** Of the link that a guest gets through at least, whatever it writes. */
  static final int LINK_PART = 8;

  private static final double SENSITIVITY_LEAST = 0.25;
  private static final double SENSITIVITY_MOST = 10;
  private static final double TRANSFER_SECONDS_PER_POINT = 10;

  /** A VM with those limits. */
  public MoveCost(long memoryBytes, long wantedMillis, VmLimits limits) {
    this(memoryBytes, wantedMillis, limits.cpuWeight());
  }

  /** How long its memory is sent. */
  public long transferMillis(long linkBytesPerSecond) {
    long dirty = DIRTY_BYTES_PER_CPU_SECOND * Math.max(0, wantedMillis) / 1_000;
    long rate = Math.max(linkBytesPerSecond - dirty, linkBytesPerSecond / LINK_PART);
    return MemoryDemand.onHostBytes(memoryBytes) * 1_000 / Math.max(1, rate);
  }

  double sensitivity() {
    return Math.clamp(cpuWeight / 100.0, SENSITIVITY_LEAST, SENSITIVITY_MOST);
  }

  /** In weighted points. */
  public double points(Weights weights, long linkBytesPerSecond, long downtimeMillis) {
    double transfer = transferMillis(linkBytesPerSecond) / 1_000.0 / TRANSFER_SECONDS_PER_POINT;
    double standstill = downtimeMillis / 1_000.0;
    return sensitivity() * (weights.migration() * transfer + weights.interruption() * standstill)
        + weights.moves();
  }
}
