package dev.ballast.wire;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.ballast.core.model.CpuQuota;
import dev.ballast.core.model.CpuWeight;
import dev.ballast.core.model.DiskLimits;
import dev.ballast.core.model.NicLimits;
import dev.ballast.core.model.NicRate;
import dev.ballast.core.model.VmLimits;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** Limits of VMs. {@code fromProto} throws {@link WireException}. */
public final class LimitCodec {
  private LimitCodec() {}

  public static byte[] toBytes(VmLimits limits) {
    return toProto(limits).toByteArray();
  }

  /**
   * The limits.
   *
   * @throws WireException when the bytes are damaged or of a newer version
   */
  public static VmLimits fromBytes(byte[] bytes) {
    try {
      dev.ballast.v1.VmLimits limits = dev.ballast.v1.VmLimits.parseFrom(bytes);
      At at = new At("VmLimits");
      at.refuseUnknown(limits);
      return limits(limits, at);
    } catch (InvalidProtocolBufferException e) {
      throw PlanCodec.damaged("VmLimits", e);
    }
  }

  public static dev.ballast.v1.VmLimits toProto(VmLimits limits) {
    dev.ballast.v1.VmLimits.Builder result =
        dev.ballast.v1.VmLimits.newBuilder().setCpuWeight(limits.cpuWeight());
    limits.vcpuQuota().map(LimitCodec::quota).ifPresent(result::setVcpuQuota);
    limits.emulatorQuota().map(LimitCodec::quota).ifPresent(result::setEmulatorQuota);
    limits.globalQuota().map(LimitCodec::quota).ifPresent(result::setGlobalQuota);
    limits.memorySoftBytes().ifPresent(result::setMemorySoftBytes);
    limits.balloonBytes().ifPresent(result::setBalloonBytes);
    limits.disks().forEach((disk, limit) -> result.putDisks(disk, disk(limit)));
    limits.nics().forEach((nic, limit) -> result.putNics(nic, nic(limit)));
    return result.build();
  }

  public static VmLimits fromProto(dev.ballast.v1.VmLimits limits) {
    return limits(limits, new At("VmLimits"));
  }

  static VmLimits limits(dev.ballast.v1.VmLimits p, At at) {
    int weight =
        p.getCpuWeight() == 0
            ? CpuWeight.DEFAULT
            : at.intWithin("cpu_weight", p.getCpuWeight(), CpuWeight.MIN, CpuWeight.MAX);
    checkSize("disks", p.getDisksCount(), at);
    checkSize("nics", p.getNicsCount(), at);
    SortedMap<String, DiskLimits> disks = new TreeMap<>();
    p.getDisksMap()
        .forEach(
            (name, limit) ->
                disks.put(at.shortText("disks", name), disk(limit, at.field("disks." + name))));
    SortedMap<Integer, NicLimits> nics = new TreeMap<>();
    p.getNicsMap()
        .forEach(
            (nic, limit) ->
                nics.put(
                    at.intWithin("nics", nic, 0, WireLimits.LIST_ENTRIES),
                    nic(limit, at.field("nics." + nic))));
    return new VmLimits(
        weight,
        at.optional("vcpu_quota", p.hasVcpuQuota(), p.getVcpuQuota(), LimitCodec::quota),
        at.optional(
            "emulator_quota", p.hasEmulatorQuota(), p.getEmulatorQuota(), LimitCodec::quota),
        at.optional("global_quota", p.hasGlobalQuota(), p.getGlobalQuota(), LimitCodec::quota),
        p.hasMemorySoftBytes()
            ? Optional.of(at.natural("memory_soft_bytes", p.getMemorySoftBytes()))
            : Optional.empty(),
        p.hasBalloonBytes()
            ? Optional.of(at.natural("balloon_bytes", p.getBalloonBytes()))
            : Optional.empty(),
        disks,
        nics);
  }

  private static void checkSize(String name, int count, At at) {
    at.intWithin(name, count, 0, WireLimits.LIST_ENTRIES);
  }

  private static dev.ballast.v1.CpuQuota quota(CpuQuota quota) {
    return dev.ballast.v1.CpuQuota.newBuilder()
        .setQuotaMicros(quota.quotaMicros())
        .setPeriodMicros(quota.periodMicros())
        .build();
  }

  private static CpuQuota quota(dev.ballast.v1.CpuQuota p, At at) {
    return at.make(() -> new CpuQuota(p.getQuotaMicros(), p.getPeriodMicros()));
  }

  private static dev.ballast.v1.DiskLimits disk(DiskLimits disk) {
    return dev.ballast.v1.DiskLimits.newBuilder()
        .setTotalIops(disk.totalIops())
        .setReadIops(disk.readIops())
        .setWriteIops(disk.writeIops())
        .setTotalBytes(disk.totalBytes())
        .setReadBytes(disk.readBytes())
        .setWriteBytes(disk.writeBytes())
        .build();
  }

  private static DiskLimits disk(dev.ballast.v1.DiskLimits p, At at) {
    return at.make(
        () ->
            new DiskLimits(
                p.getTotalIops(),
                p.getReadIops(),
                p.getWriteIops(),
                p.getTotalBytes(),
                p.getReadBytes(),
                p.getWriteBytes()));
  }

  private static dev.ballast.v1.NicLimits nic(NicLimits nic) {
    dev.ballast.v1.NicLimits.Builder result = dev.ballast.v1.NicLimits.newBuilder();
    nic.inbound().map(LimitCodec::rate).ifPresent(result::setInbound);
    nic.outbound().map(LimitCodec::rate).ifPresent(result::setOutbound);
    return result.build();
  }

  private static NicLimits nic(dev.ballast.v1.NicLimits p, At at) {
    return new NicLimits(
        at.optional("inbound", p.hasInbound(), p.getInbound(), LimitCodec::rate),
        at.optional("outbound", p.hasOutbound(), p.getOutbound(), LimitCodec::rate));
  }

  private static dev.ballast.v1.NicRate rate(NicRate rate) {
    return dev.ballast.v1.NicRate.newBuilder()
        .setAverageKib(rate.averageKib())
        .setPeakKib(rate.peakKib())
        .setBurstKib(rate.burstKib())
        .build();
  }

  private static NicRate rate(dev.ballast.v1.NicRate p, At at) {
    return at.make(() -> new NicRate(p.getAverageKib(), p.getPeakKib(), p.getBurstKib()));
  }
}
