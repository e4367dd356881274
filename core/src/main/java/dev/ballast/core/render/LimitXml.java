package dev.ballast.core.render;

import dev.ballast.core.model.CpuQuota;
import dev.ballast.core.model.CpuWeight;
import dev.ballast.core.model.DiskBurst;
import dev.ballast.core.model.DiskLimits;
import dev.ballast.core.model.DiskRate;
import dev.ballast.core.model.MemoryCap;
import dev.ballast.core.model.NicLimits;
import dev.ballast.core.model.NicRate;
import dev.ballast.core.model.VmLimits;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.ToLongFunction;

/** Renders limits; what has none writes nothing. */
final class LimitXml {
  /** libvirt's own order. */
  private static final List<DiskRate> ORDER =
      List.of(
          DiskRate.BYTES,
          DiskRate.READ_BYTES,
          DiskRate.WRITE_BYTES,
          DiskRate.IOPS,
          DiskRate.READ_IOPS,
          DiskRate.WRITE_IOPS);

  private LimitXml() {}

  static void memory(XmlText xml, VmLimits limits) {
    limits
        .blkioWeight()
        .ifPresent(
            weight -> xml.open("blkiotune").leaf("weight", Integer.toString(weight)).close());
    if (limits.memorySoftBytes().isEmpty() && limits.cap().equals(MemoryCap.NONE)) {
      return;
    }
    xml.open("memtune");
    kib(xml, "hard_limit", limits.cap().hardBytes());
    kib(xml, "soft_limit", limits.memorySoftBytes());
    kib(xml, "swap_hard_limit", limits.cap().swapBytes());
    xml.close();
  }

  private static void kib(XmlText xml, String name, Optional<Long> bytes) {
    bytes.ifPresent(limit -> xml.leaf(name, Long.toString(limit / 1024), "unit", "KiB"));
  }

  /** What stands in {@code cputune} before the pins. */
  static void cpu(XmlText xml, VmLimits limits, int cgroupVersion) {
    if (limits.cpuWeight() != CpuWeight.DEFAULT) {
      xml.leaf("shares", Long.toString(CpuWeight.toShares(limits.cpuWeight(), cgroupVersion)));
    }
    quota(xml, "", limits.vcpuQuota());
    quota(xml, "global_", limits.globalQuota());
    quota(xml, "emulator_", limits.emulatorQuota());
    quota(xml, "iothread_", limits.iothreadQuota());
  }

  private static void quota(XmlText xml, String prefix, Optional<CpuQuota> quota) {
    quota.ifPresent(
        present ->
            xml.leaf(prefix + "period", Long.toString(present.periodMicros()))
                .leaf(prefix + "quota", Long.toString(present.quotaMicros())));
  }

  static void disk(XmlText xml, DiskLimits disk) {
    if (disk.equals(DiskLimits.NONE)) {
      return;
    }
    xml.open("iotune");
    for (DiskRate rate : ORDER) {
      positive(xml, rate.element(), disk.limit(rate));
    }
    for (DiskRate rate : ORDER) {
      positive(xml, rate.burstElement(), burst(disk, rate, DiskBurst::perSecond));
    }
    for (DiskRate rate : ORDER) {
      positive(xml, rate.secondsElement(), burst(disk, rate, DiskBurst::seconds));
    }
    xml.close();
  }

  private static long burst(DiskLimits disk, DiskRate rate, ToLongFunction<DiskBurst> part) {
    DiskBurst burst = disk.bursts().get(rate);
    return burst == null ? 0 : part.applyAsLong(burst);
  }

  private static void positive(XmlText xml, String name, long value) {
    if (value > 0) {
      xml.leaf(name, Long.toString(value));
    }
  }

  static void nic(XmlText xml, NicLimits nic) {
    if (nic.equals(NicLimits.NONE)) {
      return;
    }
    xml.open("bandwidth");
    nic.inbound().ifPresent(rate -> rate(xml, "inbound", rate));
    nic.outbound().ifPresent(rate -> rate(xml, "outbound", rate));
    xml.close();
  }

  private static void rate(XmlText xml, String direction, NicRate rate) {
    List<String> attributes = new ArrayList<>(List.of("average", Long.toString(rate.averageKib())));
    if (rate.peakKib() > 0) {
      attributes.addAll(List.of("peak", Long.toString(rate.peakKib())));
    }
    if (rate.burstKib() > 0) {
      attributes.addAll(List.of("burst", Long.toString(rate.burstKib())));
    }
    xml.empty(direction, attributes.toArray(String[]::new));
  }
}
