package dev.ballast.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * What a migration takes along between two real hosts: a disk that they do not share, limits and
 * pins, live and persistent, the guest's clock; and one whose guest goes on before its memory is
 * there.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class MigrationKindsIT {
  private static final List<String> HOSTS = List.of("h1", "h2");

  /** Has a disk in a folder that each host has for itself, NIC, limits and guest agent. */
  private static final String LOADED = "kind-1";

  /** Has no disk. */
  private static final String BARE = "kind-2";

  private static final String DISK = "/var/lib/libvirt/images/kind-1.raw";
  private static final String BRIDGE = "br-kind";
  private static final String MAC = "52:54:00:4b:00:01";
  private static final long WRONG_SECONDS = 1_000_000_000;

  private final Lab lab = Lab.up(2);
  private Cluster cluster;
  private Path specs;

  @BeforeAll
  void start() throws IOException {
    cluster = Cluster.start(lab, "off", HOSTS.toArray(String[]::new));
    for (String host : HOSTS) {
      shell(host, "mkdir -p /var/lib/libvirt/images && truncate -s 4M " + DISK);
      shell(
          host,
          "ovs-vsctl --may-exist add-br "
              + BRIDGE
              + " -- set bridge "
              + BRIDGE
              + " datapath_type=netdev");
    }
    specs = cluster.directory.resolve("specs");
    specify("h1");
    cluster.ballast("apply", "-f", specs.toString(), "--run").orFail();
    lab.awaitGuest("h1", LOADED);
    lab.awaitGuest("h1", BARE);
    lab.startGuestAgent("h1", LOADED);
    specify("");
    cluster.ballast("apply", "-f", specs.toString(), "--run").orFail();
  }

  private void specify(String host) throws IOException {
    Path loaded = cluster.guest(specs, LOADED, host);
    Cluster.edit(loaded, Lab.INITRD, Lab.AGENT_INITRD);
    Files.writeString(
        loaded,
        """
        disks:
        - {path: %s, format: raw, cache: none, limits: {iops: 900, writeBytes: 8MiB/16MiB/3}}
        nics:
        - {bridge: %s, openVswitch: true, mac: "%s", limits: {inbound: 10MiB/20MiB/5MiB}}
        limits: {cpuWeight: 200, vcpuQuota: 90%%, emulatorQuota: 95%%, iothreadQuota: 50%%, memorySoft: 128MiB}
        iothreads: 1
        sharePages: false
        guestAgent: true
        """
            .formatted(DISK, BRIDGE, MAC),
        StandardOpenOption.APPEND);
    cluster.guest(specs, BARE, host);
  }

  @AfterAll
  void stop() throws IOException {
    cluster.close();
    for (String host : HOSTS) {
      lab.exec(host, "ovs-vsctl", "--if-exists", "del-br", BRIDGE);
      lab.exec(host, "rm", "-f", DISK);
    }
  }

  @Test
  @Order(1)
  void aDiskThatHostsDoNotShareIsRefusedUnlessItIsCopied() {
    lab.inGuest("h1", LOADED, "echo written on h1 >/dev/vda; sync");

    Shell.Result refused = cluster.ballast("migrate", LOADED, "--to", "h2", "--run");
    assertThat(refused.exit()).as("%s", refused).isNotZero();
    assertThat(lab.virsh("h1", "domstate", LOADED)).contains("running");
    assertThat(shell("h2", "head -c 7 " + DISK + " | tr -d '\\0'")).isEmpty();

    lab.inGuest("h1", LOADED, "date -s @" + WRONG_SECONDS);
    Shell.Result done = cluster.ballast("migrate", LOADED, "--to", "h2", "--copy-storage", "--run");

    assertThat(done.exit()).as("%s", done).isZero();
    assertThat(done.out()).contains("disks copied");
    assertThat(shell("h2", "head -n 1 " + DISK)).isEqualTo("written on h1");
    assertThat(lab.inGuest("h2", LOADED, "head -n 1 /dev/vda")).contains("written on h1");
    assertThat(lab.virsh("h1", "list", "--all", "--name")).doesNotContain(LOADED);
  }

  @Test
  @Order(2)
  void limitsAndPinsAreAsSpecifiedOnTheTargetLiveAndPersistent() {
    assertThat(group("cpu", "cpu.shares")).isEqualTo("2048");
    assertThat(group("cpu", "vcpu0/cpu.cfs_quota_us")).isEqualTo("90000");
    assertThat(group("cpu", "emulator/cpu.cfs_quota_us")).isEqualTo("95000");
    assertThat(group("cpu", "iothread1/cpu.cfs_quota_us")).isEqualTo("50000");
    assertThat(group("memory", "memory.soft_limit_in_bytes")).isEqualTo("134217728");
    for (String scope : new String[] {"--live", "--config"}) {
      assertThat(words(lab.virsh("h2", "schedinfo", LOADED, scope)))
          .as(scope)
          .contains("cpu_shares: 2048")
          .contains("vcpu_quota: 90000")
          .contains("emulator_quota: 95000")
          .contains("iothread_quota: 50000");
      assertThat(words(lab.virsh("h2", "memtune", LOADED, scope)))
          .as(scope)
          .contains("soft_limit: 131072")
          .contains("hard_limit: unlimited");
      assertThat(words(lab.virsh("h2", "blkdeviotune", LOADED, "vda", scope)))
          .as(scope)
          .contains("total_iops_sec: 900")
          .contains("write_bytes_sec: 8388608")
          .contains("write_bytes_sec_max: 16777216")
          .contains("write_bytes_sec_max_length: 3");
      assertThat(words(lab.virsh("h2", "domiftune", LOADED, MAC, scope)))
          .as(scope)
          .contains("inbound.average: 10240")
          .contains("inbound.peak: 20480")
          .contains("inbound.burst: 5120");
    }
    for (String inactive : new String[] {"", "--inactive"}) {
      String xml = shell("h2", "virsh dumpxml " + inactive + " " + LOADED);
      assertThat(xml)
          .as(inactive)
          .contains("<nosharepages/>")
          .contains("<iothreads>1</iothreads>")
          .contains("<vcpupin vcpu='0' cpuset='" + lab.vcpuAllowed("h2", LOADED) + "'/>")
          .containsPattern("<iothreadpin iothread='1' cpuset='[0-9-]+'/>")
          .as("a host of one node has no node set")
          .doesNotContain("<numatune>");
    }
    assertThat(cluster.ballast("drift").exit()).as("no drift").isZero();
    assertThat(cluster.ballast("plan", "-f", specs.toString()).orFail()).contains("Nothing to do");
  }

  @Test
  @Order(3)
  void theGuestsClockWasSetOnTheTarget() {
    assertThat(Long.parseLong(lab.inGuest("h2", LOADED, "date +%s")))
        .isCloseTo(Long.parseLong(shell("h2", "date +%s")), Offset.offset(60L));
  }

  @Test
  @Order(4)
  void aGuestGoesOnBeforeItsMemoryIsThere() throws IOException {
    String bootId = lab.inGuest("h1", BARE, "cat /proc/sys/kernel/random/boot_id");
    // At 2 MiB/s the memory would take far longer than the 4 s after which it is switched over.
    String done =
        cluster
            .ballast(
                "migrate",
                BARE,
                "--to",
                "h2",
                "--post-copy",
                "--bandwidth",
                "2",
                "--give-up-after",
                "8",
                "--run")
            .orFail();

    assertThat(done).contains("post-copy after 4 s", "applied");
    assertThat(cluster.log()).contains(BARE + ": switched to post-copy after ");
    assertThat(lab.virsh("h2", "list", "--name", "--state-running")).contains(BARE);
    assertThat(lab.virsh("h1", "list", "--all", "--name")).doesNotContain(BARE);
    assertThat(lab.inGuest("h2", BARE, "cat /proc/sys/kernel/random/boot_id")).isEqualTo(bootId);
  }

  private String group(String controller, String file) {
    return shell(
        "h2",
        "cat /sys/fs/cgroup/" + controller + "/machine/qemu-*-" + LOADED + ".libvirt-qemu/" + file);
  }

  private String shell(String host, String script) {
    return lab.exec(host, "sh", "-c", script).orFail().strip();
  }

  private static String words(String text) {
    return text.replaceAll("[ \t]*:[ \t]*", ": ").replaceAll("[ \t]+", " ");
  }
}
