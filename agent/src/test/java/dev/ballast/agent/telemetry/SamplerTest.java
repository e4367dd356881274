package dev.ballast.agent.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ballast.agent.telemetry.VmCounters.VcpuCounters;
import dev.ballast.core.model.CpuLoad;
import dev.ballast.core.model.CpuPins;
import dev.ballast.core.model.HostLoad;
import dev.ballast.core.model.VmLoad;
import dev.ballast.core.model.VmName;
import dev.ballast.core.topology.CpuSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class SamplerTest {
  private static final long SECOND = 1_000_000_000;
  private static final VmName WEB = new VmName("web");

  @Test
  void growthOverTimeIsLoad() {
    HostLoad load =
        Sampler.step(
            sample(0, cpus(0, 0), vm(40, 0, 0, vcpu(0, 0))),
            sample(2 * SECOND, cpus(SECOND, 2 * SECOND), vm(40, SECOND, 0, vcpu(SECOND / 2, 0))));
    assertThat(load.cpus()).containsExactly(new CpuLoad(0, 500), new CpuLoad(1, 1000));
    assertThat(load.usageMillis()).isEqualTo(1500);
    assertThat(load.vms()).containsExactly(new VmLoad(WEB, 500, 250));
    assertThat(load.epochMillis()).isEqualTo(2000);
    assertThat(load.memoryAvailableBytes()).isEqualTo(99);
  }

  @Test
  void timeThrottledByTheVcpusOwnQuotaIsNoContention() {
    assertThat(contention(vm(40, 0, 0, vcpu(800, 700)))).isEqualTo(100);
    assertThat(contention(vm(40, 0, 0, vcpu(800, 900)))).isZero();
  }

  @Test
  void timeThrottledByTheVmsOwnQuotaIsTakenOffEachVcpu() {
    assertThat(contention(vm(40, 0, 600, vcpu(700, 0), vcpu(650, 0)))).isEqualTo(150);
  }

  @Test
  void throttledTimeIsThatOfTheVmAndItsVcpus() {
    assertThat(step(vm(40, 0, 0, vcpu(800, 700), vcpu(0, 100))).throttledMillis()).isEqualTo(800);
    assertThat(step(vm(40, 0, 600, vcpu(700, 0))).throttledMillis()).isEqualTo(600);
    assertThat(step(vm(40, 0, 900, vcpu(700, 900))).throttledMillis())
        .as("at most all vCPUs")
        .isEqualTo(1000);
  }

  /** Each waits 700 ms a second for its own quota of 30 %, which is no want of a CPU. */
  @Test
  void vmsHeldBackByTheirOwnQuotasAloneAreNoSpike() {
    VmName other = new VmName("other");
    SpikeDetector detector = new SpikeDetector(new SpikeSettings(900, 750, 3000, 10_000));
    Map<VmName, CpuPins> pins =
        Map.of(WEB, CpuPins.uniform(1, CpuSet.of(0)), other, CpuPins.uniform(1, CpuSet.of(0)));
    for (int second = 1; second <= 9; second++) {
      VmLoad web = step(vm(40, 300, 0, vcpu(700, 700)));
      HostLoad load =
          new HostLoad(
              second * 1000L,
              600,
              0,
              List.of(new CpuLoad(0, 600)),
              List.of(web, new VmLoad(other, 300, 0, 700)));
      assertThat(web).isEqualTo(new VmLoad(WEB, 300, 0, 700));
      assertThat(detector.step(load, pins, CpuSet.of(0, 1), 2000, 1000)).isEmpty();
    }
  }

  @Test
  void theCapacityCgroupsUsageIsTheHosts() {
    RawSample before = new RawSample(0, 0, cpus(0, 0), OptionalLong.of(5), 0, List.of());
    RawSample now =
        new RawSample(SECOND, 1000, cpus(0, 0), OptionalLong.of(5 + SECOND / 4), 0, List.of());
    assertThat(Sampler.step(before, now).usageMillis()).isEqualTo(250);
  }

  @Test
  void aNewProcessUnderTheNameBeginsAnew() {
    HostLoad load =
        Sampler.step(
            sample(0, cpus(0), vm(40, 900, 0)), sample(SECOND, cpus(0), vm(50, SECOND, 0)));
    assertThat(load.vms()).isEmpty();
  }

  @Test
  void aVmThatEndsIsGone() {
    assertThat(Sampler.step(sample(0, cpus(0), vm(40, 1, 0)), sample(SECOND, cpus(0))).vms())
        .isEmpty();
  }

  @Test
  void noTimeNoLoad() {
    HostLoad load = Sampler.step(sample(SECOND, cpus(0)), sample(SECOND, cpus(SECOND)));
    assertThat(load.usageMillis()).isZero();
    assertThat(load.cpus()).isEmpty();
  }

  /** Whatever the counters do, the load is within what the host has. */
  @Property
  void noCountersYieldNonsense(
      @ForAll long busyBefore,
      @ForAll long busyNow,
      @ForAll long delayBefore,
      @ForAll long delayNow,
      @ForAll long throttledNow,
      @ForAll long elapsedNanos) {
    HostLoad load =
        Sampler.step(
            sample(0, cpus(busyBefore), vm(40, busyBefore, 0, vcpu(delayBefore, 0))),
            sample(
                elapsedNanos,
                cpus(busyNow),
                vm(40, busyNow, throttledNow, vcpu(delayNow, throttledNow))));
    assertThat(load.usageMillis()).isBetween(0L, 1000L);
    assertThat(load.cpus()).allSatisfy(cpu -> assertThat(cpu.busyMillis()).isBetween(0L, 1000L));
    assertThat(load.vms())
        .allSatisfy(vm -> assertThat(vm.usageMillis()).isBetween(0L, 1000L))
        .allSatisfy(vm -> assertThat(vm.contentionMillis()).isBetween(0L, 1000L));
  }

  private static long contention(VmCounters now) {
    return step(now).contentionMillis();
  }

  /** The load after a second that began with all counters at 0. */
  private static VmLoad step(VmCounters now) {
    VcpuCounters[] zeros =
        now.vcpus().stream()
            .map(vcpu -> new VcpuCounters(vcpu.tid(), 0, 0))
            .toArray(VcpuCounters[]::new);
    HostLoad load =
        Sampler.step(sample(0, cpus(0), vm(40, 0, 0, zeros)), sample(1000, cpus(0), now));
    return load.vms().getFirst();
  }

  private static RawSample sample(long nanos, CpuTimes cpus, VmCounters... vms) {
    return new RawSample(nanos, nanos / 1_000_000, cpus, OptionalLong.empty(), 99, List.of(vms));
  }

  private static CpuTimes cpus(long... busyNanos) {
    int[] cpus = new int[busyNanos.length];
    java.util.Arrays.setAll(cpus, i -> i);
    return new CpuTimes(cpus, busyNanos);
  }

  private static VmCounters vm(long pid, long usage, long throttled, VcpuCounters... vcpus) {
    List<VcpuCounters> numbered = new java.util.ArrayList<>();
    for (VcpuCounters vcpu : vcpus) {
      numbered.add(
          new VcpuCounters(pid + numbered.size() + 1, vcpu.delayNanos(), vcpu.throttledNanos()));
    }
    return new VmCounters(WEB, pid, usage, throttled, numbered);
  }

  private static VcpuCounters vcpu(long delay, long throttled) {
    return new VcpuCounters(0, delay, throttled);
  }
}
