package dev.ballast.agent.executor;

import dev.ballast.agent.host.libvirt.LibvirtFault;
import dev.ballast.agent.host.libvirt.LibvirtWriter;
import dev.ballast.agent.host.libvirt.PinScope;
import dev.ballast.agent.host.libvirt.Tuning;
import dev.ballast.agent.host.libvirt.TypedParameters;
import dev.ballast.core.model.CpuQuota;
import dev.ballast.core.model.DiskBurst;
import dev.ballast.core.model.DiskLimits;
import dev.ballast.core.model.DiskRate;
import dev.ballast.core.model.NicLimits;
import dev.ballast.core.model.NicRate;
import dev.ballast.core.model.VmLimits;
import dev.ballast.core.model.VmName;
import java.util.Optional;
import java.util.function.ToLongFunction;

/**
 * Writes limits of a domain, only those that differ, either live or persistent.
 *
 * <p>Quotas that change are lifted first and set afterwards: the kernel refuses a quota above the
 * one of the group around it, and period and quota are written one after the other.
 */
final class LimitWrites {
  /** VIR_DOMAIN_MEMORY_PARAM_UNLIMITED. */
  private static final long UNLIMITED_KIB = 9_007_199_254_740_991L;

  /** What BFQ gives a group for which nobody wrote a weight. */
  static final int DEFAULT_BLKIO_WEIGHT = 100;

  private final VmName vm;
  private final PinScope scope;
  private final LibvirtWriter libvirt;

  LimitWrites(VmName vm, PinScope scope, LibvirtWriter libvirt) {
    this.vm = vm;
    this.scope = scope;
    this.libvirt = libvirt;
  }

  /**
   * Writes.
   *
   * @param now what the domain has
   * @param target with exact shares; its memory is written where it differs
   */
  void write(Tuning now, Tuning target) throws LibvirtFault {
    if (!now.shares().equals(target.shares())) {
      scheduler(new TypedParameters().unsigned("cpu_shares", target.shares().orElseThrow()));
    }
    quotas(now.limits(), target.limits());
    memory(now.limits(), target.limits());
    if (!now.limits().blkioWeight().equals(target.limits().blkioWeight())) {
      // 0 removes it from the configuration; the kernel has no weight of nobody but its default.
      int none = scope == PinScope.CONFIG ? 0 : DEFAULT_BLKIO_WEIGHT;
      libvirt.setBlkio(
          vm.value(),
          new TypedParameters().unsigned32("weight", target.limits().blkioWeight().orElse(none)),
          scope);
    }
    if (now.memoryBytes() != target.memoryBytes()) {
      libvirt.setMemory(vm.value(), target.memoryBytes(), scope);
    }
    for (String disk : now.disks()) {
      disk(disk, now.limits(), target.limits());
    }
    for (int nic = 0; nic < now.nics().size(); nic++) {
      nic(nic, now.nics().get(nic), now.limits(), target.limits());
    }
  }

  private void memory(VmLimits now, VmLimits target) throws LibvirtFault {
    TypedParameters parameters = new TypedParameters();
    if (!now.memorySoftBytes().equals(target.memorySoftBytes())) {
      parameters.unsigned("soft_limit", kib(target.memorySoftBytes()));
    }
    // Together: libvirt orders the two, of which neither may pass the other.
    if (!now.cap().equals(target.cap())) {
      parameters.unsigned("hard_limit", kib(target.cap().hardBytes()));
      if (now.cap().swapBytes().isPresent() || target.cap().swapBytes().isPresent()) {
        parameters.unsigned("swap_hard_limit", kib(target.cap().swapBytes()));
      }
    }
    if (!parameters.isEmpty()) {
      libvirt.setMemoryLimits(vm.value(), parameters, scope);
    }
  }

  private static long kib(Optional<Long> bytes) {
    return bytes.map(limit -> limit / 1024).orElse(UNLIMITED_KIB);
  }

  private void scheduler(TypedParameters parameters) throws LibvirtFault {
    if (!parameters.isEmpty()) {
      libvirt.setScheduler(vm.value(), parameters, scope);
    }
  }

  private void quotas(VmLimits now, VmLimits target) throws LibvirtFault {
    TypedParameters lift = new TypedParameters();
    TypedParameters set = new TypedParameters();
    quota("vcpu", now.vcpuQuota(), target.vcpuQuota(), lift, set);
    quota("emulator", now.emulatorQuota(), target.emulatorQuota(), lift, set);
    quota("global", now.globalQuota(), target.globalQuota(), lift, set);
    quota("iothread", now.iothreadQuota(), target.iothreadQuota(), lift, set);
    scheduler(lift);
    scheduler(set);
  }

  private void quota(
      String threads,
      Optional<CpuQuota> now,
      Optional<CpuQuota> target,
      TypedParameters lift,
      TypedParameters set) {
    if (now.equals(target)) {
      return;
    }
    // In the configuration 0 removes the element, in the kernel only -1 lifts the quota.
    if (now.isPresent() && scope == PinScope.CONFIG) {
      lift.unsigned(threads + "_period", 0).signed(threads + "_quota", 0);
    } else if (now.isPresent()) {
      lift.signed(threads + "_quota", -1);
    }
    target.ifPresent(
        quota ->
            set.unsigned(threads + "_period", quota.periodMicros())
                .signed(threads + "_quota", quota.quotaMicros()));
  }

  private void disk(String disk, VmLimits now, VmLimits target) throws LibvirtFault {
    DiskLimits wanted = target.disks().getOrDefault(disk, DiskLimits.NONE);
    if (wanted.equals(now.disks().getOrDefault(disk, DiskLimits.NONE))) {
      return;
    }
    DiskLimits found = now.disks().getOrDefault(disk, DiskLimits.NONE);
    TypedParameters parameters = new TypedParameters();
    for (DiskRate rate : DiskRate.values()) {
      parameters.unsigned(rate.element(), wanted.limit(rate));
    }
    // A disk without bursts before and after is written as by hand, without a word about them.
    if (!wanted.bursts().isEmpty() || !found.bursts().isEmpty()) {
      for (DiskRate rate : DiskRate.values()) {
        parameters.unsigned(rate.burstElement(), part(wanted, rate, DiskBurst::perSecond));
        parameters.unsigned(rate.secondsElement(), part(wanted, rate, DiskBurst::seconds));
      }
    }
    libvirt.setBlockIoTune(vm.value(), disk, parameters, scope);
  }

  private static long part(DiskLimits disk, DiskRate rate, ToLongFunction<DiskBurst> part) {
    DiskBurst burst = disk.bursts().get(rate);
    return burst == null ? 0 : part.applyAsLong(burst);
  }

  private void nic(int nic, String mac, VmLimits now, VmLimits target) throws LibvirtFault {
    NicLimits wanted = target.nics().getOrDefault(nic, NicLimits.NONE);
    if (wanted.equals(now.nics().getOrDefault(nic, NicLimits.NONE))) {
      return;
    }
    TypedParameters parameters = new TypedParameters();
    rate("inbound", wanted.inbound(), parameters);
    rate("outbound", wanted.outbound(), parameters);
    libvirt.setInterface(vm.value(), mac, parameters, scope);
  }

  /** An average of 0 removes the rate. */
  private static void rate(String direction, Optional<NicRate> rate, TypedParameters parameters) {
    parameters
        .unsigned32(direction + ".average", rate.map(NicRate::averageKib).orElse(0L))
        .unsigned32(direction + ".peak", rate.map(NicRate::peakKib).orElse(0L))
        .unsigned32(direction + ".burst", rate.map(NicRate::burstKib).orElse(0L));
  }
}
