package dev.ballast.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * Bridges of the real kernel, addresses, routes and MTU: the card that a host is reached by moves
 * into a bridge and back while its agent stays, and a change that cuts it off is undone by itself.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class LinksIT {
  private static final String HOST = "h1";
  private static final String OWN = Lab.NET + ".1/24";

  private final Lab lab = Lab.up(1);
  private Cluster cluster;

  @BeforeAll
  void start() throws IOException {
    shell("ip link del lk0 2>/dev/null; ip link del br0 2>/dev/null; true");
    shell("ip link add lk0 type veth peer name lk0p; ip link set lk0p up");
    cluster = Cluster.start(lab, "recommend", HOST);
  }

  @AfterAll
  void stop() throws IOException {
    shell("rm -rf /run/NetworkManager; ip link del lk0 2>/dev/null; true");
    cluster.close();
  }

  private String shell(String script) {
    return lab.exec(HOST, "sh", "-c", script).orFail().strip();
  }

  private static String operation(String output) {
    return output.replaceAll("(?s).*\\b(op-[0-9]+)\\b.*", "$1");
  }

  private Shell.Result link(String... arguments) {
    String[] all = new String[arguments.length + 3];
    all[0] = "link";
    System.arraycopy(arguments, 0, all, 1, arguments.length);
    all[arguments.length + 1] = "--host";
    all[arguments.length + 2] = HOST;
    return cluster.ballast(all);
  }

  private void awaitDrift(String text) {
    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(() -> assertThat(cluster.ballast("drift").out()).contains(text));
  }

  private void refused(Shell.Result result, String... why) {
    assertThat(result.exit()).as("%s", result).isEqualTo(4);
    assertThat(result.err() + result.out()).contains(why);
  }

  @Test
  @Order(1)
  void theCardThatTheHostIsReachedByMovesWithWhatItCarries() {
    refused(link("bridge", "br0", "--port", "eth0", "--run"), "eth0 has " + OWN, "--keep");

    String plan = link("bridge", "br0", "--port", "eth0", "--keep").orFail();
    assertThat(plan).contains("br0: bridge of eth0", "before: mtu=").contains("--run");
    assertThat(shell("ip -br link")).doesNotContain("br0");

    String done = link("bridge", "br0", "--port", "eth0", "--keep", "--run").orFail();

    assertThat(done).contains("applied");
    assertThat(shell("ip -o -4 addr show dev br0")).contains(OWN);
    assertThat(shell("ip -o -4 addr show dev eth0")).isEmpty();
    assertThat(shell("ip -o link show dev eth0")).contains("master br0");
    assertThat(shell("cat /sys/class/net/br0/bridge/stp_state")).isEqualTo("0");
    awaitDrift("No drift");
  }

  @Test
  @Order(2)
  void addressesRoutesAndMtuOfALinkAreSetAsAWhole() {
    link(
            "set",
            "lk0",
            "--address",
            "10.97.0.1/24",
            "--address",
            "fd97::1/64",
            "--route",
            "10.98.0.0/16 via 10.97.0.9",
            "--mtu",
            "1400",
            "--run")
        .orFail();
    assertThat(shell("ip -o addr show dev lk0")).contains("10.97.0.1/24", "fd97::1/64");
    assertThat(shell("ip route show dev lk0")).contains("10.98.0.0/16 via 10.97.0.9");
    assertThat(shell("cat /sys/class/net/lk0/mtu")).isEqualTo("1400");

    String less = link("set", "lk0", "--address", "10.97.0.2/24", "--run").orFail();
    assertThat(shell("ip -o -4 addr show dev lk0"))
        .contains("10.97.0.2/24")
        .doesNotContain(".0.1/");
    assertThat(shell("ip route show dev lk0")).doesNotContain("10.98");

    cluster.ballast("rollback", operation(less), "--run").orFail();
    assertThat(shell("ip route show dev lk0")).contains("10.98.0.0/16 via 10.97.0.9");
  }

  @Test
  @Order(3)
  void aChangeByHandIsDriftAndAStalePlanIsNotCarriedOut() {
    shell("ip addr add 10.99.0.1/24 dev lk0; ip link set lk0 mtu 1300");
    awaitDrift("10.99.0.1/24");
    assertThat(cluster.ballast("drift").out()).contains("mtu 1300");

    shell("ip addr del 10.99.0.1/24 dev lk0; ip link set lk0 mtu 1400");
    awaitDrift("No drift");
  }

  @Test
  @Order(4)
  void aChangeThatCutsTheHostOffIsUndoneByItself() {
    Shell.Result cut =
        link(
            "bridge",
            "br0",
            "--port",
            "eth0",
            "--address",
            "10.199.0.1/24",
            "--confirm-within",
            "5s",
            "--run");

    assertThat(cut.exit()).as("%s", cut).isNotZero();
    cluster.awaitConnected(1);
    assertThat(shell("ip -o -4 addr show dev br0")).contains(OWN).doesNotContain("10.199");
    awaitDrift("No drift");
  }

  @Test
  @Order(5)
  void aLinkOfNetworkManagerIsRefused() {
    shell(
        "ip link add lk1 type veth peer name lk1p; mkdir -p /run/NetworkManager/devices;"
            + " printf '[device]\\nmanaged=true\\n' >"
            + " /run/NetworkManager/devices/$(cat /sys/class/net/lk1/ifindex)");
    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(
            () ->
                assertThat(cluster.ballast("hosts", HOST).out())
                    .contains("managed by NetworkManager"));

    refused(link("set", "lk1", "--mtu", "1400", "--run"), "lk1 is managed by NetworkManager");
    refused(
        cluster.ballast("bridge", "add", "bry", "--host", HOST, "--uplink", "lk1", "--run"),
        "managed by NetworkManager");
    shell("ip link del lk1");
  }

  @Test
  @Order(6)
  void whatIsRemovedIsGivenBackAsItWas() {
    link("remove", "lk0", "--run").orFail();
    assertThat(shell("ip -o -4 addr show dev lk0")).isEmpty();
    assertThat(shell("cat /sys/class/net/lk0/mtu")).isEqualTo("1500");

    link("remove", "br0", "--run").orFail();

    assertThat(shell("ip -o -4 addr show dev eth0")).contains(OWN);
    assertThat(shell("ip -o link show dev eth0")).doesNotContain("alias", "master");
    assertThat(shell("ip -br link")).doesNotContain("br0");
    awaitDrift("No drift");
  }
}
