package dev.ballast.core.render;

import dev.ballast.core.model.CpuQuota;
import dev.ballast.core.model.CpuWeight;
import dev.ballast.core.model.DiskLimits;
import dev.ballast.core.model.NicLimits;
import dev.ballast.core.model.NicRate;
import dev.ballast.core.model.VmLimits;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Renders limits; what has none writes nothing. */
final class LimitXml {
  private LimitXml() {}

  static void memory(XmlText xml, VmLimits limits) {
    limits
        .memorySoftBytes()
        .ifPresent(
            bytes ->
                xml.open("memtune")
                    .leaf("soft_limit", Long.toString(bytes / 1024), "unit", "KiB")
                    .close());
  }

  /** What stands in {@code cputune} before the pins. */
  static void cpu(XmlText xml, VmLimits limits, int cgroupVersion) {
    if (limits.cpuWeight() != CpuWeight.DEFAULT) {
      xml.leaf("shares", Long.toString(CpuWeight.toShares(limits.cpuWeight(), cgroupVersion)));
    }
    quota(xml, "", limits.vcpuQuota());
    quota(xml, "global_", limits.globalQuota());
    quota(xml, "emulator_", limits.emulatorQuota());
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
    positive(xml, "total_bytes_sec", disk.totalBytes());
    positive(xml, "read_bytes_sec", disk.readBytes());
    positive(xml, "write_bytes_sec", disk.writeBytes());
    positive(xml, "total_iops_sec", disk.totalIops());
    positive(xml, "read_iops_sec", disk.readIops());
    positive(xml, "write_iops_sec", disk.writeIops());
    xml.close();
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
