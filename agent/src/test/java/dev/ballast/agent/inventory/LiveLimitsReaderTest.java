package dev.ballast.agent.inventory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ballast.agent.FixtureTree;
import dev.ballast.agent.host.cgroup.GroupLimits;
import dev.ballast.core.model.CpuQuota;
import dev.ballast.core.model.MemoryCap;
import dev.ballast.core.model.VmName;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Limits and memory use of a running domain, from both versions of control groups. */
class LiveLimitsReaderTest {
  private static final VmName WEB = new VmName("web");
  private static final String SCOPE = "/machine.slice/machine-qemu\\x2d1\\x2dweb.scope";

  @TempDir Path folder;
  private FixtureTree tree;

  @BeforeEach
  void host() {
    tree = new FixtureTree(folder);
  }

  private FixtureTree mountVersion1() {
    return tree.write(
        "/proc/mounts",
        """
        cgroup /sys/fs/cgroup/cpu cgroup rw,relatime,cpu 0 0
        cgroup /sys/fs/cgroup/memory cgroup rw,relatime,memory 0 0
        """);
  }

  private LiveLimitsReader reader() {
    return new LiveLimitsReader(tree.files());
  }

  private static String group(String controller, String file) {
    return "/sys/fs/cgroup/" + controller + FixtureTree.group("web", 40) + file;
  }

  @Test
  void readsVersion1() {
    mountVersion1()
        .qemu("web", 40, 2)
        .write("/proc/40/task/40/cgroup", threadGroups("/emulator"))
        .write(group("cpu", "/cpu.shares"), "512\n")
        .write(group("cpu", "/cpu.cfs_quota_us"), "90000\n")
        .write(group("cpu", "/cpu.cfs_period_us"), "100000\n")
        .write(group("cpu", "/vcpu0/cpu.cfs_quota_us"), "60000\n")
        .write(group("cpu", "/vcpu0/cpu.cfs_period_us"), "100000\n")
        .write(group("cpu", "/vcpu1/cpu.cfs_quota_us"), "5000\n")
        .write(group("cpu", "/vcpu1/cpu.cfs_period_us"), "20000\n")
        .write(group("cpu", "/emulator/cpu.cfs_quota_us"), "-1\n")
        .write(group("cpu", "/emulator/cpu.cfs_period_us"), "100000\n")
        .write(group("memory", "/memory.soft_limit_in_bytes"), "536870912\n")
        .write(group("memory", "/memory.usage_in_bytes"), "5000000\n")
        .write(group("memory", "/memory.stat"), "cache 9\ntotal_inactive_file 1000000\n");

    assertThat(reader().cgroupVersion()).isEqualTo(1);
    assertThat(reader().read(WEB))
        .contains(
            new GroupLimits(
                512,
                Optional.of(new CpuQuota(5_000, 20_000)),
                Optional.empty(),
                Optional.of(CpuQuota.percent(90)),
                Optional.of(512L << 20)));
    assertThat(reader().memoryUseBytes(WEB)).contains(4_000_000L);
  }

  private static String threadGroups(String own) {
    String base = FixtureTree.group("web", 40);
    return "3:memory:" + base + "\n2:cpu,cpuacct:" + base + own + "\n";
  }

  @Test
  void version1WithoutLimitsHasNone() {
    mountVersion1()
        .qemu("web", 40, 1)
        .write("/proc/40/task/40/cgroup", threadGroups("/emulator"))
        .write(group("cpu", "/cpu.shares"), "1024\n")
        .write(group("cpu", "/cpu.cfs_quota_us"), "-1\n")
        .write(group("cpu", "/cpu.cfs_period_us"), "100000\n")
        .write(group("memory", "/memory.soft_limit_in_bytes"), "9223372036854771712\n");

    assertThat(reader().read(WEB))
        .contains(
            new GroupLimits(
                1_024, Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty()));
  }

  @Test
  void readsVersion2() {
    String base = "/sys/fs/cgroup" + SCOPE;
    tree.mountVersion2()
        .write("/run/libvirt/qemu/web.pid", "40")
        .thread(40, 40, "qemu-system-x86", "/x")
        .thread(40, 41, "CPU 0/KVM", "/x")
        .write("/proc/40/task/40/cgroup", "0::" + SCOPE + "/libvirt/emulator\n")
        .write("/proc/40/task/41/cgroup", "0::" + SCOPE + "/libvirt/vcpu0\n")
        .write(base + "/cpu.weight", "50\n")
        .write(base + "/libvirt/cpu.weight", "100\n")
        .write(base + "/libvirt/vcpu0/cpu.max", "60000 100000\n")
        .write(base + "/libvirt/emulator/cpu.max", "max 100000\n")
        .write(base + "/libvirt/cpu.max", "max 100000\n")
        .write(base + "/cpu.max", "90000 100000\n")
        .write(base + "/memory.high", "536870912\n")
        .write(base + "/memory.max", "1073741824\n")
        .write(base + "/memory.swap.max", "2147483648\n")
        .write(base + "/io.bfq.weight", "default 300\n")
        .thread(40, 42, "IO iothread1", "/x")
        .write("/proc/40/task/42/cgroup", "0::" + SCOPE + "/libvirt/iothread1\n")
        .write(base + "/libvirt/iothread1/cpu.max", "30000 100000\n")
        .write(base + "/libvirt/memory.high", "max\n")
        .write(base + "/memory.current", "5000000\n")
        .write(base + "/memory.stat", "anon 9\ninactive_file 1000000\n");

    assertThat(reader().cgroupVersion()).isEqualTo(2);
    assertThat(reader().read(WEB))
        .contains(
            new GroupLimits(
                50,
                Optional.of(CpuQuota.percent(60)),
                Optional.empty(),
                Optional.of(CpuQuota.percent(90)),
                Optional.of(512L << 20),
                Optional.of(CpuQuota.percent(30)),
                new MemoryCap(Optional.of(1L << 30), Optional.of(2L << 30)),
                Optional.of(300)));
    assertThat(reader().memoryUseBytes(WEB)).contains(4_000_000L);
    assertThat(reader().keepsBlkioWeights()).isFalse();
    tree.write("/sys/block/sda/queue/scheduler", "none mq-deadline [bfq]\n");
    assertThat(reader().keepsBlkioWeights()).isTrue();
  }

  @Test
  void oddContentsAreNoLimits() {
    String base = "/sys/fs/cgroup" + SCOPE;
    tree.mountVersion2()
        .write("/run/libvirt/qemu/web.pid", "40")
        .thread(40, 40, "qemu-system-x86", "/x")
        .thread(40, 41, "CPU 0/KVM", "/x")
        .write("/proc/40/task/40/cgroup", "0::" + SCOPE + "/libvirt/emulator\n")
        .write("/proc/40/task/41/cgroup", "0::" + SCOPE + "/libvirt/vcpu0\n")
        .write(base + "/cpu.weight", "100\n")
        .write(base + "/cpu.max", "nonsense\n")
        .write(base + "/libvirt/vcpu0/cpu.max", "5 100000\n")
        .write(base + "/memory.high", "\n");

    assertThat(reader().read(WEB))
        .contains(
            new GroupLimits(
                100, Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty()));
  }

  @Test
  void aDomainThatDoesNotRunHasNone() {
    mountVersion1();

    assertThat(reader().read(WEB)).isEmpty();
    assertThat(reader().memoryUseBytes(WEB)).isEmpty();
  }
}
