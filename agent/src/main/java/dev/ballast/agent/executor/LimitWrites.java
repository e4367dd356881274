package dev.ballast.agent.executor;

import dev.ballast.agent.host.libvirt.LibvirtFault;
import dev.ballast.agent.host.libvirt.LibvirtWriter;
import dev.ballast.agent.host.libvirt.PinScope;
import dev.ballast.agent.host.libvirt.Tuning;
import dev.ballast.agent.host.libvirt.TypedParameters;
import dev.ballast.core.model.CpuQuota;
import dev.ballast.core.model.DiskLimits;
import dev.ballast.core.model.NicLimits;
import dev.ballast.core.model.NicRate;
import dev.ballast.core.model.VmLimits;
import dev.ballast.core.model.VmName;
import java.util.Optional;

/**
 * Writes limits of a domain, only those that differ, either live or persistent.
 *
 * <p>Quotas that change are lifted first and set afterwards: the kernel refuses a quota above the
 * one of the group around it, and period and quota are written one after the other.
 */
final class LimitWrites {
  /** VIR_DOMAIN_MEMORY_PARAM_UNLIMITED. */
  private static final long UNLIMITED_KIB = 9_007_199_254_740_991L;

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
    if (!now.limits().memorySoftBytes().equals(target.limits().memorySoftBytes())) {
      long kib = target.limits().memorySoftBytes().map(b -> b / 1024).orElse(UNLIMITED_KIB);
      libvirt.setMemoryLimits(vm.value(), new TypedParameters().unsigned("soft_limit", kib), scope);
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
    TypedParameters parameters =
        new TypedParameters()
            .unsigned("total_bytes_sec", wanted.totalBytes())
            .unsigned("read_bytes_sec", wanted.readBytes())
            .unsigned("write_bytes_sec", wanted.writeBytes())
            .unsigned("total_iops_sec", wanted.totalIops())
            .unsigned("read_iops_sec", wanted.readIops())
            .unsigned("write_iops_sec", wanted.writeIops());
    libvirt.setBlockIoTune(vm.value(), disk, parameters, scope);
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
