package dev.ballast.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * Things of a real host set through the command line and read back from the kernel and from chrony:
 * KSM, hugepages, reserved CPUs, time sources. What was there before is put back.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class HostActionsIT {
  private static final String HOST = "h1";
  private static final String VM = "act-1";
  private static final String PAGES =
      "/sys/devices/system/node/node0/hugepages/hugepages-2048kB/nr_hugepages";
  private static final String GUESTS = "/sys/fs/cgroup/cpuset/machine/cpuset.cpus";
  private static final String KSM = "/sys/kernel/mm/ksm/";
  private static final String CHRONY = "/var/cache/ballast-lab/chrony/usr";
  private static final String TIME_SERVER = Lab.NET + ".254";

  private final Lab lab = Lab.up(2);
  private final Map<String, String> before = new TreeMap<>();
  private Cluster cluster;
  private Path specs;

  @BeforeAll
  void start() throws IOException {
    for (String file : new String[] {"run", "pages_to_scan", "sleep_millisecs"}) {
      before.put(KSM + file, read(KSM + file));
    }
    before.put(PAGES, read(PAGES));
    shell(
        "mkdir -p /etc/chrony && mount -t tmpfs chrony /etc/chrony && mkdir /etc/chrony/sources.d"
            + " && printf 'sourcedir /etc/chrony/sources.d\nport 11123\ncmdport 0\n'"
            + " >/etc/chrony/chrony.conf && mount -t tmpfs chrony /usr/local/sbin && cp "
            + CHRONY
            + "/bin/chronyc "
            + CHRONY
            + "/sbin/chronyd /usr/local/sbin && mkdir -m 0750 /run/chrony"
            + " && /usr/local/sbin/chronyd -x -u root -f /etc/chrony/chrony.conf");
    cluster = Cluster.start(lab, "auto", HOST);
    specs = cluster.directory.resolve("specs");
    cluster.guest(specs, VM, HOST);
    cluster.ballast("apply", "-f", specs.toString(), "--run").orFail();
    lab.awaitGuest(HOST, VM);
  }

  @AfterAll
  void stop() throws IOException {
    cluster.close();
    before.forEach((file, value) -> shell("echo " + value + " >" + file));
    shell("echo 0-1 >" + GUESTS + "; kill $(cat /run/chrony/chronyd.pid); rm -rf /run/chrony");
    shell("umount /usr/local/sbin; umount -l /etc/chrony; rmdir /etc/chrony 2>/dev/null; true");
  }

  @Test
  @Order(1)
  void hugepagesAreAllocatedDriftAndAreGivenBack() {
    long count = Long.parseLong(before.get(PAGES)) + 4;

    String operation = change("hugepages", HOST, "--size", "2M", "--count", Long.toString(count));

    assertThat(read(PAGES)).isEqualTo(Long.toString(count));
    assertThat(cluster.ballast("hosts", HOST).orFail())
        .contains("h1 hugepages-2MiB-node0 " + count);
    shell("echo " + (count + 1) + " >" + PAGES);
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> cluster.ballast("drift").out().contains("host/hugepages-2MiB-node0"));
    shell("echo " + count + " >" + PAGES);
    await().atMost(Duration.ofSeconds(30)).until(() -> cluster.ballast("drift").exit() == 0);
    change("rollback", operation);
    assertThat(read(PAGES)).isEqualTo(before.get(PAGES));
  }

  @Test
  @Order(2)
  void reservedCpusGetNoGuest() throws IOException {
    cluster.ballast("pin", VM, "--vcpu", "0=0-1", "--emulator", "0-1", "--run").orFail();
    Shell.Result busy = cluster.ballast("reserve", HOST, "--cpus", "0");
    assertThat(busy.exit()).isEqualTo(4);
    assertThat(busy.out() + busy.err()).contains(VM + " runs on CPUs 0: pin it elsewhere first");
    cluster.ballast("pin", VM, "--vcpu", "0=1", "--emulator", "1", "--run").orFail();

    String operation = change("reserve", HOST, "--cpus", "0");

    assertThat(read(GUESTS)).isEqualTo("1");
    assertThat(cluster.ballast("hosts", HOST).orFail()).contains("h1 reserved-cpus 0");
    assertThat(cluster.ballast("pin", VM, "--vcpu", "0=0").out()).doesNotContain("step on 1 host");
    cluster.guest(specs, "act-2", HOST);
    cluster.ballast("apply", "-f", specs.toString(), "--run").orFail();
    assertThat(lab.vcpuAllowed(HOST, "act-2")).isEqualTo("1");
    change("rollback", operation);
    assertThat(read(GUESTS)).isEqualTo("0-1");
  }

  @Test
  @Order(3)
  void chronyFollowsTheSourcesThatTheClusterNames() {
    String operation = change("time-sources", "--host", HOST, "--source", TIME_SERVER);

    assertThat(shell("/usr/local/sbin/chronyc -n -c sources")).contains(TIME_SERVER);
    change("rollback", operation);
    assertThat(shell("/usr/local/sbin/chronyc -n -c sources")).doesNotContain(TIME_SERVER);
  }

  @Test
  @Order(4)
  void ksmUnmergesAndGoesBack() {
    change("ksm", "on", "--host", HOST, "--pages-to-scan", "111");

    String operation = change("ksm", "unmerge", "--host", HOST);

    assertThat(read(KSM + "run")).isEqualTo("2");
    assertThat(read(KSM + "pages_shared")).isEqualTo("0");
    change("rollback", operation);
    assertThat(read(KSM + "run")).isEqualTo("1");
    assertThat(read(KSM + "pages_to_scan")).isEqualTo("111");
  }

  /** Carries it out; the operation's id. */
  private String change(String... arguments) {
    String[] all = Arrays.copyOf(arguments, arguments.length + 1);
    all[arguments.length] = "--run";
    return cluster.ballast(all).orFail().replaceAll("(?s).*\\b(op-[0-9]+)\\b.*", "$1");
  }

  private String read(String file) {
    return lab.exec(HOST, "cat", file).orFail().strip();
  }

  private String shell(String script) {
    return lab.exec(HOST, "sh", "-c", script).orFail();
  }
}
