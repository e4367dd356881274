package dev.ballast.agent.telemetry;

import dev.ballast.agent.telemetry.VmCounters.VcpuCounters;
import dev.ballast.core.model.CpuLoad;
import dev.ballast.core.model.HostLoad;
import dev.ballast.core.model.VmLoad;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Turns two raw samples into a load. Pure. With Δ the growth of a counter over the elapsed time T:
 *
 * <pre>
 * busy(CPU)      = Δbusy / T, at most one CPU
 * usage(VM)      = Δusage / T, at most all CPUs
 * contention(VM) = Σ over vCPU threads t of max(0, Δdelay(t) − Δthrottled(t) − Δthrottled(VM)) / T
 * throttled(VM)  = (Δthrottled(VM) + Σ over vCPU threads t of Δthrottled(t)) / T, at most all vCPUs
 * usage(host)    = Δ(CPU time of the capacity cgroup) / T, without one Σ busy(CPU)
 * </pre>
 *
 * <p>A thread that its own quota holds back counts as delayed by the kernel, so the throttled time
 * of the VM's own groups is taken off; a quota of the VM as a whole is taken off each vCPU, since
 * it may have held back all of them. The throttling of a group above the VM's stays: that is the
 * host being too small. A counter that goes backwards counts as no growth; a VM is reported from
 * its second sample on, a new process under its name begins anew.
 */
public final class Sampler {
  private static final long MILLIS_PER_CPU = 1000;

  private Sampler() {}

  /** The load between the two samples; of nothing but memory when no time passed. */
  public static HostLoad step(RawSample before, RawSample now) {
    long elapsedNanos = now.monotonicNanos() - before.monotonicNanos();
    if (elapsedNanos <= 0) {
      return new HostLoad(
          now.epochMillis(), 0, now.memoryAvailableBytes(), List.of(), List.of(), now.ksm());
    }
    List<CpuLoad> cpus = cpuLoads(before.cpus(), now.cpus(), elapsedNanos);
    return new HostLoad(
        now.epochMillis(),
        usageMillis(before, now, cpus, elapsedNanos),
        now.memoryAvailableBytes(),
        cpus,
        vmLoads(before, now, elapsedNanos),
        now.ksm());
  }

  private static List<CpuLoad> cpuLoads(CpuTimes before, CpuTimes now, long elapsedNanos) {
    List<CpuLoad> loads = new ArrayList<>(now.size());
    for (int i = 0; i < now.size(); i++) {
      long earlier = before.busyNanosOf(now.cpu(i), i);
      if (earlier >= 0) {
        long busyMillis = millis(now.busyNanos(i) - earlier, elapsedNanos, MILLIS_PER_CPU);
        loads.add(new CpuLoad(now.cpu(i), busyMillis));
      }
    }
    return loads;
  }

  private static long usageMillis(
      RawSample before, RawSample now, List<CpuLoad> cpus, long elapsedNanos) {
    if (before.capacityUsageNanos().isPresent() && now.capacityUsageNanos().isPresent()) {
      long growth = now.capacityUsageNanos().getAsLong() - before.capacityUsageNanos().getAsLong();
      return millis(growth, elapsedNanos, limitMillis(now));
    }
    return cpus.stream().mapToLong(CpuLoad::busyMillis).sum();
  }

  private static List<VmLoad> vmLoads(RawSample before, RawSample now, long elapsedNanos) {
    List<VmLoad> loads = new ArrayList<>(now.vms().size());
    for (VmCounters vm : now.vms()) {
      sameRun(before, vm)
          .ifPresent(
              earlier ->
                  loads.add(
                      new VmLoad(
                          vm.vm(),
                          millis(
                              vm.usageNanos() - earlier.usageNanos(),
                              elapsedNanos,
                              limitMillis(now)),
                          contentionMillis(earlier, vm, elapsedNanos),
                          throttledMillis(earlier, vm, elapsedNanos))));
    }
    return loads;
  }

  private static Optional<VmCounters> sameRun(RawSample before, VmCounters vm) {
    return before.vms().stream()
        .filter(earlier -> earlier.pid() == vm.pid() && earlier.vm().equals(vm.vm()))
        .findFirst();
  }

  private static long contentionMillis(VmCounters before, VmCounters now, long elapsedNanos) {
    long vmThrottled = growth(before.throttledNanos(), now.throttledNanos());
    long waitedNanos = 0;
    for (VcpuCounters vcpu : now.vcpus()) {
      for (VcpuCounters earlier : before.vcpus()) {
        if (earlier.tid() == vcpu.tid()) {
          long waited =
              growth(earlier.delayNanos(), vcpu.delayNanos())
                  - growth(earlier.throttledNanos(), vcpu.throttledNanos())
                  - vmThrottled;
          waitedNanos += Math.clamp(waited, 0, elapsedNanos);
        }
      }
    }
    return millis(waitedNanos, elapsedNanos, now.vcpus().size() * MILLIS_PER_CPU);
  }

  private static long throttledMillis(VmCounters before, VmCounters now, long elapsedNanos) {
    long throttled = growth(before.throttledNanos(), now.throttledNanos());
    for (VcpuCounters vcpu : now.vcpus()) {
      for (VcpuCounters earlier : before.vcpus()) {
        if (earlier.tid() == vcpu.tid()) {
          throttled += growth(earlier.throttledNanos(), vcpu.throttledNanos());
        }
      }
    }
    return millis(throttled, elapsedNanos, now.vcpus().size() * MILLIS_PER_CPU);
  }

  private static long growth(long before, long now) {
    return Math.max(0, now - before);
  }

  private static long limitMillis(RawSample now) {
    return Math.max(1, now.cpus().size()) * MILLIS_PER_CPU;
  }

  private static long millis(long nanos, long elapsedNanos, long limitMillis) {
    double share = (double) Math.max(0, nanos) / elapsedNanos;
    return Math.min(limitMillis, Math.round(share * MILLIS_PER_CPU));
  }
}
