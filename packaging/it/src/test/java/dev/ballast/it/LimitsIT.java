package dev.ballast.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

/** Limits of real guests, read back from the control groups and by libvirt's own tools. */
@Tag("alone")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class LimitsIT {
  private static final String HOST = "h1";
  private static final String VM = "lim-1";
  private static final String OTHER = "lim-2";
  private static final String BRIDGE = "br-lim";
  private static final String MAC = "52:54:00:4c:00:01";

  private final Lab lab = Lab.up(2);
  private Cluster cluster;
  private Path specs;
  private String operation = "";

  @BeforeAll
  void start() throws IOException {
    cluster = Cluster.start(lab, "auto", HOST);
    lab.exec(
            HOST,
            "ovs-vsctl",
            "--may-exist",
            "add-br",
            BRIDGE,
            "--",
            "set",
            "bridge",
            BRIDGE,
            "datapath_type=netdev")
        .orFail();
    Path disk = cluster.directory.resolve("lim.raw");
    try (RandomAccessFile file = new RandomAccessFile(disk.toFile(), "rw")) {
      file.setLength(16 << 20);
    }
    specs = cluster.directory.resolve("specs");
    Files.writeString(
        cluster.guest(specs, VM, HOST),
        """
        disks: [{path: %s, format: raw}]
        nics: [{bridge: %s, openVswitch: true, mac: "%s"}]
        limits: {cpuWeight: 200}
        """
            .formatted(disk, BRIDGE, MAC),
        StandardOpenOption.APPEND);
    cluster.guest(specs, OTHER, HOST);
    cluster.ballast("apply", "-f", specs.toString(), "--run").orFail();
    lab.awaitGuest(HOST, VM);
    lab.awaitGuest(HOST, OTHER);
  }

  @AfterAll
  void stop() throws IOException {
    cluster.close();
    lab.exec(HOST, "ovs-vsctl", "--if-exists", "del-br", BRIDGE);
  }

  @Test
  @Order(1)
  void aSpecifiedWeightHoldsFromTheStart() {
    assertThat(cpu("cpu.shares")).isEqualTo("2048");
    assertThat(lab.virsh(HOST, "dumpxml", "--inactive", VM)).contains("<shares>2048</shares>");
    awaitPlanIsEmpty();
  }

  @Test
  @Order(2)
  void setsEveryLimitLiveAndPersistent() {
    String[] limit = {
      "limit",
      VM,
      "--cpu-weight",
      "50",
      "--vcpu-quota",
      "60%",
      "--emulator-quota",
      "40%",
      "--global-quota",
      "90%",
      "--memory-soft",
      "512MiB",
      "--memory-hard",
      "600MiB",
      "--memory-swap",
      "700MiB",
      "--disk",
      "vda:iops=200/400/5,read-bytes=1MiB,write-bytes=2MiB/8MiB/30",
      "--nic",
      "0:in=1MiB/2MiB/512KiB,out=256KiB"
    };
    assertThat(cluster.ballast(limit).orFail()).contains("limit " + VM).contains("--run");
    assertThat(cpu("cpu.shares")).as("without --run").isEqualTo("2048");

    operation = operationOf(cluster.ballast(with(limit, "--run")).orFail());

    assertThat(cpu("cpu.shares")).isEqualTo("512");
    assertThat(cpu("vcpu0/cpu.cfs_quota_us")).isEqualTo("60000");
    assertThat(cpu("emulator/cpu.cfs_quota_us")).isEqualTo("40000");
    assertThat(cpu("cpu.cfs_quota_us")).isEqualTo("90000");
    assertThat(group("memory", VM, "memory.soft_limit_in_bytes")).isEqualTo("536870912");
    assertThat(group("memory", VM, "memory.limit_in_bytes")).isEqualTo("629145600");
    assertThat(group("memory", VM, "memory.memsw.limit_in_bytes")).isEqualTo("734003200");
    for (String scope : new String[] {"--live", "--config"}) {
      assertThat(words(lab.virsh(HOST, "schedinfo", VM, scope)))
          .contains("cpu_shares: 512")
          .contains("vcpu_quota: 60000")
          .contains("emulator_quota: 40000")
          .contains("global_quota: 90000");
      assertThat(words(lab.virsh(HOST, "memtune", VM, scope)))
          .contains("soft_limit: 524288")
          .contains("hard_limit: 614400")
          .contains("swap_hard_limit: 716800");
      assertThat(words(lab.virsh(HOST, "blkdeviotune", VM, "vda", scope)))
          .contains("total_iops_sec: 200")
          .contains("total_iops_sec_max: 400")
          .contains("total_iops_sec_max_length: 5")
          .contains("write_bytes_sec_max: 8388608")
          .contains("write_bytes_sec_max_length: 30")
          .contains("read_bytes_sec: 1048576")
          .contains("write_bytes_sec: 2097152");
      assertThat(words(lab.virsh(HOST, "domiftune", VM, MAC, scope)))
          .contains("inbound.average: 1024")
          .contains("inbound.peak: 2048")
          .contains("inbound.burst: 512")
          .contains("outbound.average: 256");
    }
    assertThat(cluster.ballast("drift").exit()).as("no drift").isZero();
    assertThat(cluster.ballast("plan", "-f", specs.toString()).orFail())
        .contains("keeps the limits that an operator set");
    assertThat(cluster.ballast("vms", "-o", "wide").orFail())
        .contains("limited by an operator")
        .contains("vcpuQuota 60%");
  }

  @Test
  @Order(3)
  void aRollbackBringsBackWhatWas() {
    cluster.ballast("rollback", operation, "--run").orFail();

    assertThat(cpu("cpu.shares")).isEqualTo("2048");
    assertThat(cpu("vcpu0/cpu.cfs_quota_us")).isEqualTo("-1");
    assertThat(cpu("emulator/cpu.cfs_quota_us")).isEqualTo("-1");
    assertThat(cpu("cpu.cfs_quota_us")).isEqualTo("-1");
    assertThat(Long.parseLong(group("memory", VM, "memory.soft_limit_in_bytes")))
        .isGreaterThan(1L << 60);
    assertThat(Long.parseLong(group("memory", VM, "memory.limit_in_bytes")))
        .isGreaterThan(1L << 60);
    for (String scope : new String[] {"--live", "--config"}) {
      assertThat(words(lab.virsh(HOST, "memtune", VM, scope)))
          .contains("soft_limit: unlimited")
          .startsWith("hard_limit: unlimited")
          .contains("swap_hard_limit: unlimited");
      assertThat(words(lab.virsh(HOST, "blkdeviotune", VM, "vda", scope)))
          .contains("total_iops_sec: 0")
          .contains("total_iops_sec_max: 0")
          .contains("read_bytes_sec: 0");
      assertThat(words(lab.virsh(HOST, "domiftune", VM, MAC, scope)))
          .contains("inbound.average: 0")
          .contains("outbound.average: 0");
    }
    awaitPlanIsEmpty();
  }

  @Test
  @Order(4)
  void aManualChangeIsDriftThatApplyRepairs() {
    lab.virsh(HOST, "schedinfo", VM, "--live", "--set", "cpu_shares=777");

    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> cluster.ballast("drift").out().contains("liveLimits.cpuWeight"));
    assertThat(cluster.ballast("drift").out()).contains("200").contains("76");
    cluster.ballast("apply", "-f", specs.toString(), "--run").orFail();
    assertThat(cpu("cpu.shares")).isEqualTo("2048");
    awaitPlanIsEmpty();
  }

  @Test
  @Order(5)
  void aLimitBelowTheUseIsRefusedWithNumbers() {
    Shell.Result soft = cluster.ballast("limit", VM, "--memory-soft", "16MiB", "--run");
    assertThat(soft.exit()).as("%s", soft).isEqualTo(4);
    assertThat(soft.out() + soft.err()).contains("16MiB").contains("below the use of");

    await()
        .atMost(Duration.ofSeconds(40))
        .until(() -> lab.virsh(HOST, "dommemstat", VM).contains("usable"));
    Shell.Result hard = cluster.ballast("limit", VM, "--memory-hard", "100MiB", "--run");
    assertThat(hard.out() + hard.err()).contains("would kill");
    Shell.Result weight = cluster.ballast("limit", VM, "--blkio-weight", "300", "--run");
    assertThat(weight.exit()).as("no disk of this machine has BFQ: %s", weight).isEqualTo(4);
    assertThat(weight.out() + weight.err()).contains("BFQ");

    Shell.Result balloon = cluster.ballast("limit", VM, "--balloon", "8MiB", "--run");
    assertThat(balloon.exit()).as("%s", balloon).isEqualTo(4);
    assertThat(balloon.out() + balloon.err()).contains("below the guest's use of");
  }

  @Test
  @Order(6)
  void theBalloonTakesMemoryAndGivesItBack() {
    String done =
        operationOf(cluster.ballast("limit", VM, "--balloon", "112MiB", "--run").orFail());
    awaitBalloonKib(112 << 10);
    assertThat(lab.virsh(HOST, "dumpxml", "--inactive", VM))
        .contains("<currentMemory unit='KiB'>114688</currentMemory>");

    cluster.ballast("rollback", done, "--run").orFail();
    awaitBalloonKib(128 << 10);
    awaitPlanIsEmpty();
  }

  @Test
  @Order(7)
  void aGuestBurningUnderItsQuotaIsThrottledAndNobodyMovesIt() {
    for (String vm : new String[] {VM, OTHER}) {
      cluster.ballast("pin", vm, "--vcpu", "0=0", "--emulator", "0", "--once", "--run").orFail();
      lab.load(HOST, vm, 100);
      // So little that a guest exceeds it also on a machine that others keep busy.
      cluster.ballast("limit", vm, "--vcpu-quota", "1%", "--run").orFail();
    }
    await().atMost(Duration.ofSeconds(60)).until(() -> throttledMillis(VM) >= 100);
    long reliefs = reliefs();
    assertThat(Long.parseLong(throttledTime())).isPositive();
    assertThat(cluster.ballast("top", "--once").orFail()).contains("THROTTLED");
    await()
        .during(Duration.ofSeconds(8))
        .atMost(Duration.ofSeconds(12))
        .until(() -> lab.vcpuAllowed(HOST, VM).equals("0"));
    assertThat(reliefs()).isEqualTo(reliefs);
  }

  private long reliefs() {
    return cluster
        .ballast("events", "-o", "json")
        .out()
        .lines()
        .filter(line -> line.contains("\"spike-relieved\""))
        .count();
  }

  private long throttledMillis(String vm) {
    for (JsonNode load : cluster.json("vms", vm).findValues("load")) {
      return load.path("throttledMillis").asLong();
    }
    return 0;
  }

  private String throttledTime() {
    return lab.exec(
            HOST,
            "sh",
            "-c",
            "sed -n 's/throttled_time //p'"
                + " /sys/fs/cgroup/cpu/machine/qemu-*-lim-1.libvirt-qemu/vcpu0/cpu.stat")
        .orFail()
        .strip();
  }

  private void awaitBalloonKib(int kib) {
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> words(lab.virsh(HOST, "dommemstat", VM)).contains("actual " + kib));
  }

  private void awaitPlanIsEmpty() {
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> cluster.ballast("plan", "-f", specs.toString(), "--exit-code").exit() == 0);
  }

  private String cpu(String file) {
    return group("cpu", VM, file);
  }

  private String group(String controller, String vm, String file) {
    return lab.exec(
            HOST,
            "sh",
            "-c",
            "cat /sys/fs/cgroup/" + controller + "/machine/qemu-*-" + vm + ".libvirt-qemu/" + file)
        .orFail()
        .strip();
  }

  private static String words(String text) {
    return text.replaceAll("[ \t]*:[ \t]*", ": ").replaceAll("[ \t]+", " ");
  }

  private static String[] with(String[] words, String last) {
    String[] all = Arrays.copyOf(words, words.length + 1);
    all[words.length] = last;
    return all;
  }

  private static String operationOf(String output) {
    return output.replaceAll("(?s).*\\b(op-[0-9]+)\\b.*", "$1");
  }
}
