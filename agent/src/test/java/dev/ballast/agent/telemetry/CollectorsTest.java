package dev.ballast.agent.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ballast.agent.FixtureTree;
import dev.ballast.agent.host.clock.HostClock;
import dev.ballast.agent.telemetry.VmCounters.VcpuCounters;
import dev.ballast.core.model.KsmLoad;
import dev.ballast.core.model.VmName;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CollectorsTest {
  private static final VmName WEB = new VmName("web");
  private static final HostClock CLOCK =
      new HostClock() {
        @Override
        public long monotonicNanos() {
          return 5;
        }

        @Override
        public long epochMillis() {
          return 7;
        }
      };

  @TempDir Path folder;
  private FixtureTree tree;

  @BeforeEach
  void host() {
    tree =
        new FixtureTree(folder)
            .mountVersion1()
            .write(
                "/proc/stat",
                """
                cpu  130 20 60 4000 70 10 10 0 50 0
                cpu0 100 20 50 3000 60 10 5 0 50 0
                cpu2 30 0 10 1000 10 0 5 0 0 0
                intr 12345 1 2 3
                """)
            .write("/proc/meminfo", "MemTotal:  9 kB\nMemFree:  3 kB\nMemAvailable:   5 kB\n");
  }

  @Test
  void cpusMemoryAndClock() {
    RawSample sample = collect(Optional.empty());
    assertThat(sample.monotonicNanos()).isEqualTo(5);
    assertThat(sample.epochMillis()).isEqualTo(7);
    assertThat(sample.memoryAvailableBytes()).isEqualTo(5 * 1024);
    assertThat(sample.capacityUsageNanos()).isEmpty();
    assertThat(sample.cpus().size()).isEqualTo(2);
    assertThat(sample.cpus().cpu(1)).isEqualTo(2);
    assertThat(sample.cpus().busyNanos(0)).isEqualTo(1_850_000_000L);
    assertThat(sample.cpus().busyNanos(1)).isEqualTo(450_000_000L);
  }

  @Test
  void whatMergingSavesAndItsScannerTakes() {
    ksm("1048576");
    tree.write("/proc/36/comm", "ksmd\n")
        .write("/proc/36/stat", "36 (ksmd) S 1 0 0 0 -1 0 0 0 0 0 9 9 0 0 25 5 1 0 27\n")
        .write("/proc/37/comm", "ksmd\n")
        .write("/proc/37/stat", "37 (ks) d) S 2 0 0 0 -1 2097216 0 0 0 0 5 1204 0 0 25 5 1 0 27\n")
        .write("/sys/devices/system/node/node0/meminfo", "Node 0 MemFree:  70 kB\n")
        .write("/sys/devices/system/node/node1/meminfo", "Node 1 MemFree:  30 kB\n");

    assertThat(collect(Optional.empty()).ksm())
        .contains(
            new KsmLoad(
                3 * 4_096, Optional.of(1_048_576L), Optional.of(12_090L), Optional.of(30_720L)));
  }

  @Test
  void aScannerThatCannotBeSeenTakesNobodyKnowsWhat() {
    ksm("-8192");

    assertThat(collect(Optional.empty()).ksm())
        .contains(
            new KsmLoad(3 * 4_096, Optional.of(-8_192L), Optional.empty(), Optional.of(3_072L)));
  }

  @Test
  void mergingIsReadEveryTenSeconds() {
    ksm("1");
    KsmCollector collector = new KsmCollector(tree.files());
    Optional<KsmLoad> first = collector.collect(0);
    tree.write("/sys/kernel/mm/ksm/pages_sharing", "9\n");

    assertThat(collector.collect(KsmCollector.PERIOD_NANOS - 1)).isEqualTo(first);
    assertThat(collector.collect(KsmCollector.PERIOD_NANOS).map(KsmLoad::savedBytes))
        .contains(9L * 4_096);
  }

  @Test
  void aKernelWithoutMergingTellsNothingOfIt() {
    assertThat(collect(Optional.empty()).ksm()).isEmpty();
  }

  private void ksm(String profit) {
    tree.write("/sys/kernel/mm/ksm/run", "1\n")
        .write("/sys/kernel/mm/ksm/pages_to_scan", "100\n")
        .write("/sys/kernel/mm/ksm/sleep_millisecs", "20\n")
        .write("/sys/kernel/mm/ksm/pages_sharing", "3\n")
        .write("/sys/kernel/mm/ksm/general_profit", profit + "\n");
  }

  @Test
  void vmOnCgroupVersion1() {
    tree.qemu("web", 40, 2)
        .write("/proc/40/task/41/schedstat", "1000 200 9\n")
        .write("/proc/40/task/42/schedstat", "3000 400 9\n")
        .write(cpu("/vcpu0/cpu.stat"), "nr_periods 9\nnr_throttled 1\nthrottled_time 150\n")
        .write(cpu("/vcpu1/cpu.stat"), "nr_periods 0\nnr_throttled 0\nthrottled_time 0\n")
        .write(cpu("/cpu.stat"), "nr_periods 9\nnr_throttled 1\nthrottled_time 30\n")
        .write("/sys/fs/cgroup/cpu/machine/cpu.stat", "throttled_time 999999\n")
        .write(
            "/sys/fs/cgroup/cpuacct" + FixtureTree.group("web", 40) + "/cpuacct.usage", "8000\n");
    assertThat(collect(Optional.empty()).vms())
        .containsExactly(
            new VmCounters(
                WEB,
                40,
                8000,
                30,
                List.of(new VcpuCounters(41, 200, 150), new VcpuCounters(42, 400, 0))));
  }

  @Test
  void vmOnCgroupVersion2() {
    String scope = "/machine.slice/machine-qemu\\x2d1\\x2dweb.scope";
    tree.mountVersion2()
        .write("/run/libvirt/qemu/web.pid", "40")
        .thread(40, 40, "qemu-system-x86", "/x")
        .thread(40, 41, "CPU 0/KVM", "/x")
        .write("/proc/40/task/41/cgroup", "0::" + scope + "/libvirt/vcpu0\n")
        .write("/proc/40/task/41/schedstat", "1000 200 9\n")
        .write(
            "/sys/fs/cgroup" + scope + "/libvirt/vcpu0/cpu.stat",
            "usage_usec 1\nthrottled_usec 2\n")
        .write("/sys/fs/cgroup" + scope + "/libvirt/cpu.stat", "usage_usec 4\nthrottled_usec 3\n")
        .write("/sys/fs/cgroup" + scope + "/cpu.stat", "usage_usec 7\n");
    assertThat(collect(Optional.empty()).vms())
        .containsExactly(
            new VmCounters(WEB, 40, 7000, 3000, List.of(new VcpuCounters(41, 200, 2000))));
  }

  @Test
  void vmOutsideOfLibvirtsGroupsHasItsThreadsTimeAndNoLimit() {
    tree.write("/run/libvirt/qemu/web.pid", "40")
        .thread(40, 40, "qemu-system-x86", "/user")
        .thread(40, 41, "CPU 0/KVM", "/user")
        .write("/proc/40/task/40/schedstat", "70 9 9\n")
        .write("/proc/40/task/41/schedstat", "1000 200 9\n")
        .write("/sys/fs/cgroup/cpu/user/cpu.stat", "throttled_time 555\n");
    assertThat(collect(Optional.empty()).vms())
        .containsExactly(new VmCounters(WEB, 40, 1070, 0, List.of(new VcpuCounters(41, 200, 0))));
  }

  @Test
  void vmsComeAndGoBetweenSamples() {
    try (Collectors collectors = new Collectors(tree.files(), CLOCK, Optional.empty())) {
      assertThat(collectors.collect().vms()).isEmpty();
      tree.qemu("web", 40, 1);
      assertThat(collectors.collect().vms()).extracting(VmCounters::pid).containsExactly(40L);
      tree.delete("/run/libvirt/qemu/web.pid").delete("/proc/40").qemu("web", 50, 1);
      assertThat(collectors.collect().vms()).extracting(VmCounters::pid).containsExactly(50L);
      tree.delete("/run/libvirt/qemu/web.pid");
      assertThat(collectors.collect().vms()).isEmpty();
    }
  }

  @Test
  void aVmWhoseThreadsComeLaterIsFoundThen() {
    tree.write("/run/libvirt/qemu/web.pid", "40").thread(40, 40, "qemu-system-x86", "/x");
    try (Collectors collectors = new Collectors(tree.files(), CLOCK, Optional.empty())) {
      assertThat(collectors.collect().vms()).isEmpty();
      tree.thread(40, 41, "CPU 0/KVM", "/x");
      assertThat(collectors.collect().vms()).hasSize(1);
    }
  }

  @Test
  void aHotpluggedVcpuIsFoundAtTheNextDiscovery() {
    tree.qemu("web", 40, 1);
    try (Collectors collectors = new Collectors(tree.files(), CLOCK, Optional.empty())) {
      assertThat(collectors.collect().vms().getFirst().vcpus()).hasSize(1);
      tree.thread(40, 42, "CPU 1/TCG", FixtureTree.group("web", 40) + "/vcpu1");
      RawSample last = collectors.collect();
      for (int i = 0; i < VmCollector.DISCOVERY_SAMPLES; i++) {
        last = collectors.collect();
      }
      assertThat(last.vms().getFirst().vcpus()).hasSize(2);
    }
  }

  @Test
  void aThreadThatLibvirtMovesToItsOwnGroupLaterIsReadThere() {
    String group = FixtureTree.group("web", 40);
    tree.qemu("web", 40, 1)
        .write("/proc/40/task/41/schedstat", "1000 200 9\n")
        .thread(40, 41, "CPU 0/TCG", group + "/emulator")
        .write(cpu("/emulator/cpu.stat"), "throttled_time 1\n")
        .write(cpu("/vcpu0/cpu.stat"), "throttled_time 150\n");
    try (Collectors collectors = new Collectors(tree.files(), CLOCK, Optional.empty())) {
      assertThat(collectors.collect().vms().getFirst().vcpus().getFirst().throttledNanos())
          .isEqualTo(1);
      tree.thread(40, 41, "CPU 0/TCG", group + "/vcpu0")
          .write("/proc/40/task/41/schedstat", "1000 200 9\n");
      RawSample last = collectors.collect();
      for (int i = 0; i < VmCollector.DISCOVERY_SAMPLES; i++) {
        last = collectors.collect();
      }
      assertThat(last.vms().getFirst().vcpus().getFirst().throttledNanos()).isEqualTo(150);
    }
  }

  @Test
  void capacityCgroupStandsForTheHost() {
    tree.write("/sys/fs/cgroup/cpuacct/machine/cpuacct.usage", "123456\n")
        .write("/sys/fs/cgroup/cpuacct/machine/cpuacct.usage_percpu", "111 222 \n");
    RawSample sample = collect(Optional.of("/sys/fs/cgroup/cpu/machine"));
    assertThat(sample.capacityUsageNanos()).isEqualTo(OptionalLong.of(123456));
    assertThat(sample.cpus().busyNanos(0)).isEqualTo(111);
    assertThat(sample.cpus().busyNanos(1)).isEqualTo(222);
  }

  @Test
  void capacityCgroupOfVersion2HasNoCpusOfItsOwn() {
    tree.mountVersion2().write("/sys/fs/cgroup/lab/cpu.stat", "usage_usec 77\nuser_usec 5\n");
    RawSample sample = collect(Optional.of("/sys/fs/cgroup/lab"));
    assertThat(sample.capacityUsageNanos()).isEqualTo(OptionalLong.of(77_000));
    assertThat(sample.cpus().size()).isEqualTo(2);
  }

  @Test
  void anEmptyHostIsNoError() {
    tree.delete("/proc");
    RawSample sample = collect(Optional.of("/sys/fs/cgroup/none"));
    assertThat(sample.vms()).isEmpty();
    assertThat(sample.cpus().size()).isZero();
    assertThat(sample.memoryAvailableBytes()).isZero();
    assertThat(sample.capacityUsageNanos()).isEmpty();
  }

  private static String cpu(String file) {
    return "/sys/fs/cgroup/cpu" + FixtureTree.group("web", 40) + file;
  }

  private RawSample collect(Optional<String> capacityCgroup) {
    try (Collectors collectors = new Collectors(tree.files(), CLOCK, capacityCgroup)) {
      return collectors.collect();
    }
  }
}
