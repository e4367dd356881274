package dev.ballast.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * Parts of a guest that only a real QEMU, kernel and guest agent can show: memory of hugepages,
 * memory that KSM leaves alone, I/O threads and their pins, the guest's clock.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class GuestPartsIT {
  private static final String HOST = "h1";

  /** A guest with everything. */
  private static final String FULL = "part-1";

  /** One without, which idles in its firmware. */
  private static final String PLAIN = "part-2";

  private static final String HUGE = "part-3";
  private static final String FIRMWARE_EMULATOR = "/usr/bin/qemu-system-x86_64";
  private static final int HUGE_GUEST_PAGES = 16;
  private static final String PAGES = "/sys/devices/system/node/node0/hugepages/hugepages-2048kB/";

  /** A minute of 2001, long before these tests. */
  private static final long WRONG_SECONDS = 1_000_000_000;

  private final Lab lab = Lab.up(2);
  private long pagesBefore;
  private Cluster cluster;
  private Path specs;

  @BeforeAll
  void start() throws IOException {
    pagesBefore = pages("nr_hugepages");
    // libvirt looks for it once, when it starts.
    shell("mkdir -p /dev/hugepages && mount -t hugetlbfs hugetlbfs /dev/hugepages");
    shell("kill $(cat /run/libvirtd.pid); while [ -e /run/libvirtd.pid ]; do sleep 0.1; done");
    lab.startLibvirtd(HOST);
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> lab.exec(HOST, "virsh", "-q", "list").exit() == 0);
    cluster = Cluster.start(lab, "auto", HOST);
    Cluster.edit(
        cluster.directory.resolve("hosts").resolve(HOST).resolve("agent.yaml"),
        "#guestClockMillis: 60000",
        "guestClockMillis: 1000");
    cluster.killAgent(HOST);
    cluster.startAgent(HOST);
    cluster.awaitConnected(1);
    specs = cluster.directory.resolve("specs");
    Path disk = cluster.directory.resolve("part.raw");
    try (RandomAccessFile file = new RandomAccessFile(disk.toFile(), "rw")) {
      file.setLength(16 << 20);
    }
    Path full = cluster.guest(specs, FULL, HOST);
    Cluster.edit(full, Lab.INITRD, Lab.AGENT_INITRD);
    Files.writeString(
        full,
        """
        disks: [{path: %s, format: raw}]
        iothreads: 2
        sharePages: false
        guestAgent: true
        limits: {iothreadQuota: 50%%}
        """
            .formatted(disk),
        StandardOpenOption.APPEND);
    firmwareGuest(PLAIN, "");
    cluster.ballast("apply", "-f", specs.toString(), "--run").orFail();
  }

  /** 32 MiB and no boot medium that anything could be started from. */
  private void firmwareGuest(String vm, String lines) throws IOException {
    Path disk = cluster.directory.resolve(vm + ".raw");
    try (RandomAccessFile file = new RandomAccessFile(disk.toFile(), "rw")) {
      file.setLength(1 << 20);
    }
    Files.writeString(
        specs.resolve(vm + ".yaml"),
        """
        kind: VM
        name: %s
        vcpus: 1
        memory: 32MiB
        type: qemu
        machine: pc
        emulator: %s
        disks: [{path: %s, format: raw}]
        placement: {hosts: [%s]}
        """
                .formatted(vm, FIRMWARE_EMULATOR, disk, HOST)
            + lines);
  }

  @AfterAll
  void stop() throws IOException {
    cluster.close();
    shell("echo " + pagesBefore + " >" + PAGES + "nr_hugepages");
    shell("umount -l /dev/hugepages");
  }

  @Test
  @Order(1)
  void ioThreadsAreLimitedPinnedLiveAndPersistentAndUnpinnedByRollback() {
    assertThat(shell("cat /sys/fs/cgroup/cpu/machine/qemu-*-part-1.*/iothread*/cpu.cfs_quota_us"))
        .as("iothreadQuota holds from the start")
        .isEqualTo("50000\n50000");
    assertThat(ioThreadsAllowed()).isEqualTo("0-1\n0-1");

    String operation =
        operation(cluster.ballast("pin", FULL, "--vcpu", "0=1", "--emulator", "0", "--run"));

    assertThat(ioThreadsAllowed()).isEqualTo("0\n0");
    for (String scope : new String[] {"--live", "--config"}) {
      assertThat(lab.virsh(HOST, "iothreadinfo", FULL, scope))
          .as(scope)
          .containsPattern("(?m)^ *1 +0$")
          .containsPattern("(?m)^ *2 +0$");
    }
    cluster.ballast("rollback", operation, "--run").orFail();
    assertThat(ioThreadsAllowed()).isEqualTo("0-1\n0-1");
  }

  @Test
  @Order(2)
  void ksmLeavesAGuestAloneThatSharesNoPages() {
    assertThat(lab.virsh(HOST, "dumpxml", FULL)).contains("<nosharepages/>");
    assertThat(mergeableRegions(PLAIN)).as("the others offer theirs").isPositive();
    assertThat(mergeableRegions(FULL)).isZero();
  }

  @Test
  @Order(3)
  void theGuestsClockIsSetByItsAgent() {
    lab.awaitGuest(HOST, FULL);
    lab.startGuestAgent(HOST, FULL);
    lab.inGuest(HOST, FULL, "date -s @" + WRONG_SECONDS);
    assertThat(guestSeconds()).isLessThan(WRONG_SECONDS + 3_600);

    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(() -> assertThat(clockOffsetMillis()).isLessThan(-WRONG_SECONDS / 2));
    assertThat(cluster.ballast("set-time", FULL).orFail()).contains("--run");
    assertThat(guestSeconds()).as("without --run").isLessThan(WRONG_SECONDS + 3_600);
    Shell.Result done = cluster.ballast("set-time", FULL, "--run");

    assertThat(done.exit()).as("%s", done).isZero();
    assertThat(guestSeconds()).isCloseTo(hostSeconds(), Offset.offset(60L));
    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(() -> assertThat(clockOffsetMillis()).isCloseTo(0, Offset.offset(60_000L)));
    assertThat(cluster.ballast("vms", FULL, "-o", "wide").orFail()).containsPattern("[+-][0-9]");
  }

  @Test
  @Order(4)
  void withoutAnAgentLibvirtSaysWhyTheClockStays() {
    Shell.Result refused = cluster.ballast("set-time", PLAIN, "--run");

    assertThat(refused.exit()).as("%s", refused).isEqualTo(1);
    assertThat(refused.out() + refused.err()).contains("QEMU guest agent is not configured");
  }

  @Test
  @Order(5)
  void aGuestLivesOnHugepagesAndGivesThemBack() throws IOException {
    String allocated =
        operation(
            cluster.ballast(
                "hugepages",
                HOST,
                "--size",
                "2MiB",
                "--count",
                Long.toString(pagesBefore + HUGE_GUEST_PAGES),
                "--run"));
    long free = pages("free_hugepages");
    firmwareGuest(HUGE, "hugepages: 2MiB\n");

    cluster.ballast("apply", "-f", specs.toString(), "--run").orFail();

    assertThat(lab.virsh(HOST, "domstate", HUGE)).contains("running");
    assertThat(shell("cat /proc/" + pid(HUGE) + "/numa_maps")).contains(" huge ");
    assertThat(pages("free_hugepages")).isEqualTo(free - HUGE_GUEST_PAGES);
    Shell.Result inUse = cluster.ballast("rollback", allocated, "--run");
    assertThat(inUse.exit()).as("%s", inUse).isNotZero();
    assertThat(inUse.out() + inUse.err()).contains("in use");
    assertThat(pages("nr_hugepages")).isEqualTo(pagesBefore + HUGE_GUEST_PAGES);

    lab.virsh(HOST, "destroy", HUGE);
    cluster.ballast("rollback", allocated, "--run").orFail();
    assertThat(pages("nr_hugepages")).isEqualTo(pagesBefore);
  }

  private String ioThreadsAllowed() {
    return shell(
        "for t in /proc/"
            + pid(FULL)
            + "/task/*; do if grep -q '^IO iothread' $t/comm; then"
            + " sed -n 's/Cpus_allowed_list:\\t//p' $t/status; fi; done");
  }

  /** How many regions of QEMU's memory KSM may merge: those whose flags have {@code mg}. */
  private long mergeableRegions(String vm) {
    return shell("cat /proc/" + pid(vm) + "/smaps")
        .lines()
        .filter(line -> line.startsWith("VmFlags:") && line.contains(" mg"))
        .count();
  }

  private String pid(String vm) {
    return shell("cat /run/libvirt/qemu/" + vm + ".pid");
  }

  private long guestSeconds() {
    return Long.parseLong(lab.inGuest(HOST, FULL, "date +%s"));
  }

  /** By how much it is ahead, as the agent tells; what no clock shows while nobody knows. */
  private long clockOffsetMillis() {
    return cluster
        .json("vms", FULL)
        .path("vms")
        .path(0)
        .path("load")
        .path("clockOffsetMillis")
        .asLong(Long.MAX_VALUE);
  }

  private long hostSeconds() {
    return Long.parseLong(shell("date +%s"));
  }

  private long pages(String file) {
    return Long.parseLong(shell("cat " + PAGES + file));
  }

  private String shell(String script) {
    return lab.exec(HOST, "sh", "-c", script).orFail().strip();
  }

  private static String operation(Shell.Result result) {
    return result.orFail().replaceAll("(?s).*\\b(op-[0-9]+)\\b.*", "$1");
  }
}
