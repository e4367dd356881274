package dev.ballast.agent.inventory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ballast.agent.FixtureTree;
import dev.ballast.core.model.Capability;
import dev.ballast.core.model.CpuPins;
import dev.ballast.core.model.HostInventory;
import dev.ballast.core.model.HostTraits;
import dev.ballast.core.model.VmName;
import dev.ballast.core.topology.CpuSet;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InventoryReaderTest {
  private static final String MIGRATION_URI = "qemu+tls://h1/system";
  private static final VmName WEB = new VmName("web");

  @TempDir Path folder;
  private FixtureTree tree;

  @BeforeEach
  void host() {
    tree =
        new FixtureTree(folder)
            .mountVersion1()
            .write("/sys/devices/system/cpu/online", "0-1\n")
            .write("/sys/devices/system/cpu/cpu0/topology/core_cpus", "1\n")
            .write("/sys/devices/system/cpu/cpu1/topology/core_cpus", "2\n")
            .write(
                "/proc/cpuinfo",
                "processor\t: 0\nvendor_id\t: GenuineIntel\nmodel name\t: Xeon\nflags\t: fpu vmx\n")
            .write("/proc/meminfo", "MemTotal:  2048 kB\n")
            .write("/proc/sys/kernel/osrelease", "6.1.0\n")
            .write("/proc/self/schedstat", "5 6 7\n")
            .write("/dev/kvm", "")
            .write("/sys/kernel/mm/ksm/run", "0\n")
            .write("/sys/kernel/mm/ksm/pages_to_scan", "100\n")
            .write("/sys/kernel/mm/ksm/sleep_millisecs", "20\n");
  }

  @Test
  void aWholeHostLacksNothing() {
    HostInventory inventory = read(Optional.empty());
    assertThat(inventory.lacks()).isEmpty();
    assertThat(inventory.migrationUri()).contains(MIGRATION_URI);
    assertThat(inventory.cpuModel()).isEqualTo("Xeon");
    assertThat(inventory.cpuFlags()).containsExactly("fpu", "vmx");
    assertThat(inventory.memoryBytes()).isEqualTo(2048 * 1024);
    assertThat(inventory.cpuCapacityMillis()).isEqualTo(2000);
    assertThat(inventory.cgroupVersion()).isEqualTo(1);
    assertThat(inventory.cgroupControllers()).containsExactly("cpu", "cpuacct");
    assertThat(inventory.versions())
        .containsExactly(
            Map.entry("kernel", "6.1.0"),
            Map.entry("libvirt", "9.0.0"),
            Map.entry("ovs", "3.1.0"),
            Map.entry("qemu", "7.2.0"));
  }

  @Test
  void kvmWithoutVmxOrSvmIsALack() {
    tree.write("/proc/cpuinfo", "processor: 0\nvendor_id\t: GenuineIntel\nflags\t: fpu\n");
    assertThat(read(Optional.empty()).lacks().get(Capability.KVM)).contains("neither vmx nor svm");
    tree.delete("/dev/kvm");
    assertThat(read(Optional.empty()).lacks().get(Capability.KVM)).contains("no /dev/kvm");
  }

  @Test
  void onOtherProcessorsTheDeviceCounts() {
    tree.write("/proc/cpuinfo", "processor\t: 0\nFeatures\t: fp asimd\n");
    HostInventory inventory = read(Optional.empty());
    assertThat(inventory.has(Capability.KVM)).isTrue();
    assertThat(inventory.cpuModel()).isEqualTo("Neoverse");
  }

  @Test
  void anEmptyHostLacksAllWithReasons() {
    InventoryReader.Software none =
        new InventoryReader.Software(
            Optional::empty, Optional::empty, Optional::empty, Optional::empty);
    tree.delete("/proc").delete("/sys").delete("/dev");
    HostInventory inventory =
        new InventoryReader(
                tree.files(),
                Optional.empty(),
                Optional.empty(),
                HostTraits.NONE,
                new TreeMap<>(),
                none)
            .read();
    assertThat(inventory.lacks()).containsOnlyKeys(Capability.values());
    assertThat(inventory.lacks().values()).allMatch(reason -> reason.length() > 10);
    assertThat(inventory.cpuModel()).isEqualTo("unknown");
    assertThat(inventory.cgroupVersion()).isZero();
  }

  @Test
  void capacityIsTheQuotaOfTheCapacityCgroup() {
    String group = "/sys/fs/cgroup/cpu/machine";
    tree.write(group + "/cpu.cfs_quota_us", "150000\n")
        .write(group + "/cpu.cfs_period_us", "100000\n");
    assertThat(read(Optional.of(group)).cpuCapacityMillis()).isEqualTo(1500);
    tree.write(group + "/cpu.cfs_quota_us", "-1\n");
    assertThat(read(Optional.of(group)).cpuCapacityMillis()).isEqualTo(2000);
    tree.write(group + "/cpu.cfs_quota_us", "900000\n");
    assertThat(read(Optional.of(group)).cpuCapacityMillis()).isEqualTo(2000);
  }

  @Test
  void capacityOfCgroupVersion2() {
    tree.mountVersion2().write("/sys/fs/cgroup/lab/cpu.max", "50000 100000\n");
    HostInventory inventory = read(Optional.of("/sys/fs/cgroup/lab"));
    assertThat(inventory.cpuCapacityMillis()).isEqualTo(500);
    assertThat(inventory.cgroupVersion()).isEqualTo(2);
    assertThat(inventory.cgroupControllers())
        .containsExactly("cpu", "cpuset", "hugetlb", "io", "memory");
    tree.write("/sys/fs/cgroup/lab/cpu.max", "max 100000\n");
    assertThat(read(Optional.of("/sys/fs/cgroup/lab")).cpuCapacityMillis()).isEqualTo(2000);
  }

  @Test
  void aMixedHostIsVersion1WithTheControllersOfBoth() {
    tree.write("/sys/fs/cgroup/unified/cgroup.controllers", "hugetlb\n");
    HostInventory inventory = read(Optional.empty());
    assertThat(inventory.cgroupVersion()).isEqualTo(1);
    assertThat(inventory.cgroupControllers()).containsExactly("cpu", "cpuacct", "hugetlb");
  }

  @Test
  void livePinsAreThoseOfTheThreads() {
    tree.qemu("web", 40, 2)
        .write("/proc/40/task/42/status", "Name:\tqemu\nCpus_allowed_list:\t3,5-6\n")
        .write("/proc/40/task/40/status", "Name:\tqemu\nCpus_allowed_list:\t0\n");
    LivePinsReader reader = new LivePinsReader(tree.files());
    CpuPins pins = new CpuPins(List.of(CpuSet.of(0, 1), CpuSet.of(3, 5, 6)), CpuSet.of(0));
    assertThat(reader.read(WEB)).contains(pins);
    assertThat(reader.readAll()).containsExactly(Map.entry(WEB, pins));
  }

  @Test
  void aDomainThatEndsHasNoPins() {
    tree.qemu("web", 40, 1).delete("/proc/40/task/41/status");
    tree.write("/run/libvirt/qemu/not a name.pid", "50").write("/run/libvirt/qemu/x.pid", "junk");
    LivePinsReader reader = new LivePinsReader(tree.files());
    assertThat(reader.read(WEB)).isEmpty();
    assertThat(reader.readAll()).isEmpty();
    assertThat(reader.read(new VmName("none"))).isEmpty();
  }

  @Test
  void openVswitchVersionIsParsed() {
    assertThat(OvsVersion.parse("ovs-vsctl (Open vSwitch) 3.1.0\nDB Schema 8.3.1\n"))
        .contains("3.1.0");
    assertThat(OvsVersion.parse("command not found")).isEmpty();
    assertThat(new OvsVersion(tree.files()).get()).isEmpty();
  }

  private HostInventory read(Optional<String> capacityCgroup) {
    InventoryReader.Software software =
        new InventoryReader.Software(
            () -> Optional.of("9.0.0"),
            () -> Optional.of("7.2.0"),
            () -> Optional.of("3.1.0"),
            () -> Optional.of("Neoverse"));
    return new InventoryReader(
            tree.files(),
            capacityCgroup,
            Optional.of(MIGRATION_URI),
            HostTraits.NONE,
            new TreeMap<>(),
            software)
        .read();
  }
}
