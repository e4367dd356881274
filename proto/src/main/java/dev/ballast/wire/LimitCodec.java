package dev.ballast.wire;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.ballast.core.model.CpuQuota;
import dev.ballast.core.model.CpuWeight;
import dev.ballast.core.model.DiskBurst;
import dev.ballast.core.model.DiskLimits;
import dev.ballast.core.model.DiskRate;
import dev.ballast.core.model.MemoryCap;
import dev.ballast.core.model.NicLimits;
import dev.ballast.core.model.NicRate;
import dev.ballast.core.model.VmLimits;
import java.util.EnumMap;
import java.util.Map;
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
    limits.iothreadQuota().map(LimitCodec::quota).ifPresent(result::setIothreadQuota);
    limits.memorySoftBytes().ifPresent(result::setMemorySoftBytes);
    limits.cap().hardBytes().ifPresent(result::setMemoryHardBytes);
    limits.cap().swapBytes().ifPresent(result::setMemorySwapBytes);
    limits.blkioWeight().ifPresent(result::setBlkioWeight);
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
        natural("memory_soft_bytes", p.hasMemorySoftBytes(), p.getMemorySoftBytes(), at),
        natural("balloon_bytes", p.hasBalloonBytes(), p.getBalloonBytes(), at),
        disks,
        nics,
        at.optional(
            "iothread_quota", p.hasIothreadQuota(), p.getIothreadQuota(), LimitCodec::quota),
        new MemoryCap(
            natural("memory_hard_bytes", p.hasMemoryHardBytes(), p.getMemoryHardBytes(), at),
            natural("memory_swap_bytes", p.hasMemorySwapBytes(), p.getMemorySwapBytes(), at)),
        p.hasBlkioWeight()
            ? Optional.of(
                at.intWithin(
                    "blkio_weight",
                    p.getBlkioWeight(),
                    VmLimits.MIN_BLKIO_WEIGHT,
                    VmLimits.MAX_BLKIO_WEIGHT))
            : Optional.empty());
  }

  private static Optional<Long> natural(String name, boolean present, long value, At at) {
    return present ? Optional.of(at.natural(name, value)) : Optional.empty();
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
    dev.ballast.v1.DiskLimits.Builder result =
        dev.ballast.v1.DiskLimits.newBuilder()
            .setTotalIops(disk.totalIops())
            .setReadIops(disk.readIops())
            .setWriteIops(disk.writeIops())
            .setTotalBytes(disk.totalBytes())
            .setReadBytes(disk.readBytes())
            .setWriteBytes(disk.writeBytes());
    disk.bursts()
        .forEach(
            (rate, burst) ->
                result.addBursts(
                    dev.ballast.v1.DiskBurst.newBuilder()
                        .setRate(rate(rate))
                        .setPerSecond(burst.perSecond())
                        .setSeconds(burst.seconds())));
    return result.build();
  }

  private static DiskLimits disk(dev.ballast.v1.DiskLimits p, At at) {
    Map<DiskRate, DiskBurst> bursts = new EnumMap<>(DiskRate.class);
    checkSize("bursts", p.getBurstsCount(), at);
    for (dev.ballast.v1.DiskBurst burst : p.getBurstsList()) {
      bursts.put(
          rate(burst.getRate(), at.field("bursts.rate")),
          at.field("bursts").make(() -> new DiskBurst(burst.getPerSecond(), burst.getSeconds())));
    }
    Map<DiskRate, Long> limits = new EnumMap<>(DiskRate.class);
    limits.put(DiskRate.IOPS, p.getTotalIops());
    limits.put(DiskRate.READ_IOPS, p.getReadIops());
    limits.put(DiskRate.WRITE_IOPS, p.getWriteIops());
    limits.put(DiskRate.BYTES, p.getTotalBytes());
    limits.put(DiskRate.READ_BYTES, p.getReadBytes());
    limits.put(DiskRate.WRITE_BYTES, p.getWriteBytes());
    return at.make(() -> DiskLimits.of(limits, bursts));
  }

  private static dev.ballast.v1.DiskRate rate(DiskRate rate) {
    return switch (rate) {
      case IOPS -> dev.ballast.v1.DiskRate.DISK_RATE_IOPS;
      case READ_IOPS -> dev.ballast.v1.DiskRate.DISK_RATE_READ_IOPS;
      case WRITE_IOPS -> dev.ballast.v1.DiskRate.DISK_RATE_WRITE_IOPS;
      case BYTES -> dev.ballast.v1.DiskRate.DISK_RATE_BYTES;
      case READ_BYTES -> dev.ballast.v1.DiskRate.DISK_RATE_READ_BYTES;
      case WRITE_BYTES -> dev.ballast.v1.DiskRate.DISK_RATE_WRITE_BYTES;
    };
  }

  private static DiskRate rate(dev.ballast.v1.DiskRate rate, At at) {
    return switch (rate) {
      case DISK_RATE_IOPS -> DiskRate.IOPS;
      case DISK_RATE_READ_IOPS -> DiskRate.READ_IOPS;
      case DISK_RATE_WRITE_IOPS -> DiskRate.WRITE_IOPS;
      case DISK_RATE_BYTES -> DiskRate.BYTES;
      case DISK_RATE_READ_BYTES -> DiskRate.READ_BYTES;
      case DISK_RATE_WRITE_BYTES -> DiskRate.WRITE_BYTES;
      case DISK_RATE_UNSPECIFIED, UNRECOGNIZED -> throw at.fault("unknown rate of a disk");
    };
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
