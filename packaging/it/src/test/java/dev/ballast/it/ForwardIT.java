package dev.ballast.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * Networks of real libvirt and forwards of real nftables, proven by a TCP connection from another
 * host to a server that stands where a guest would.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ForwardIT {
  private static final String HOST = "h1";
  private static final String OTHER = "h2";
  private static final String GUEST = "10.95.0.7";
  private static final String ANSWER = "hello-from-the-guest";

  /** A server in a network of its own, which the bridge leads to. */
  private static final String SERVER =
      """
      nohup unshare -n sh -c 'echo $$ >/tmp/guest.pid; exec sleep 600' >/dev/null 2>&1 &
      sleep 1
      pid=$(cat /tmp/guest.pid)
      ip link add gst0 type veth peer name gst0p netns $pid
      ip link set gst0 master BRIDGE up
      nsenter -t $pid -n sh -c 'ip link set lo up; ip addr add GUEST/24 dev gst0p;
        ip link set gst0p up; ip route add default via 10.95.0.1'
      nohup nsenter -t $pid -n /usr/bin/python3 -c '
      import socket
      s = socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
      s.bind(("0.0.0.0", 80)); s.listen(5)
      while True:
          c, peer = s.accept(); c.sendall(b"ANSWER"); c.close()
      ' >/dev/null 2>&1 &
      """;

  private final Lab lab = Lab.up(2);
  private Cluster cluster;
  private String made = "";
  private String forwarded = "";

  @BeforeAll
  void start() throws IOException {
    cluster = Cluster.start(lab, "recommend", HOST);
  }

  @AfterAll
  void stop() throws IOException {
    shell(
        "kill $(cat /tmp/guest.pid) 2>/dev/null; nft delete table inet ballast 2>/dev/null; true");
    shell(
        "for n in guests apart filed other; do virsh net-destroy $n; virsh net-undefine $n; done; true");
    cluster.close();
  }

  private String shell(String script) {
    return lab.exec(HOST, "sh", "-c", script).orFail().strip();
  }

  private static String operation(String output) {
    return output.replaceAll("(?s).*\\b(op-[0-9]+)\\b.*", "$1");
  }

  /** What the other host gets from a port of this one; nothing when nobody listens. */
  private String connect() {
    return lab.exec(
            OTHER,
            "/usr/bin/python3",
            "-c",
            "import socket\n"
                + "s = socket.create_connection(('"
                + Lab.NET
                + ".1', 8080), 3)\n"
                + "print(s.recv(100).decode())")
        .out();
  }

  private void awaitDrift(String text) {
    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(() -> assertThat(cluster.ballast("drift").out()).contains(text));
  }

  @Test
  @Order(1)
  void aNetworkOfLibvirtIsMadeAndStarted() {
    String plan =
        cluster
            .ballast(
                "libvirt-network", "set", "guests", "--mode", "open", "--address", "10.95.0.1/24")
            .orFail();
    assertThat(plan).contains("guests: open 10.95.0.1/24").contains("--run");
    assertThat(shell("virsh net-list --all --name")).doesNotContain("guests");

    made =
        cluster
            .ballast(
                "libvirt-network",
                "set",
                "guests",
                "--mode",
                "open",
                "--address",
                "10.95.0.1/24",
                "--range",
                "10.95.0.10-10.95.0.99",
                "--lease",
                "52:54:00:00:00:07=" + GUEST,
                "--run")
            .orFail();

    assertThat(shell("virsh net-info guests"))
        .containsPattern("Active: +yes")
        .containsPattern("Autostart: +yes");
    assertThat(shell("virsh net-dumpxml guests")).contains("mode='open'", "ip='" + GUEST + "'");
    cluster
        .ballast(
            "libvirt-network",
            "set",
            "apart",
            "--mode",
            "isolated",
            "--address",
            "10.96.0.1/24",
            "--run")
        .orFail();
    assertThat(shell("virsh net-dumpxml apart")).doesNotContain("<forward");
    cluster.ballast("libvirt-network", "remove", "apart", "--run").orFail();
    assertThat(shell("virsh net-list --all --name")).contains("guests").doesNotContain("apart");
  }

  @Test
  @Order(2)
  void aForwardLeadsAConnectionToTheGuest() {
    String bridge = shell("virsh net-info guests | awk '/Bridge/ {print $2}'");
    assertThat(bridge).hasSizeLessThanOrEqualTo(15).startsWith("bv");
    lab.exec(
            HOST,
            "sh",
            "-c",
            SERVER.replace("BRIDGE", bridge).replace("GUEST", GUEST).replace("ANSWER", ANSWER))
        .orFail();
    assertThat(connect()).doesNotContain(ANSWER);

    Shell.Result outside = cluster.ballast("forward", "add", "tcp/8080", "192.0.2.9:80", "--run");
    assertThat(outside.exit()).as("%s", outside).isEqualTo(4);
    assertThat(outside.err() + outside.out()).contains("in no open network");

    forwarded =
        cluster
            .ballast(
                "forward",
                "add",
                "tcp/8080",
                GUEST + ":80",
                "--masquerade",
                "10.95.0.0/24",
                "--run")
            .orFail();

    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(() -> assertThat(connect()).contains(ANSWER));
    assertThat(shell("nft list table inet ballast")).contains("dnat ip to " + GUEST + ":80");
  }

  @Test
  @Order(3)
  void aRuleByHandIsDriftAndIsNotOverwritten() {
    shell("nft add rule inet ballast prerouting tcp dport 9 accept");
    awaitDrift("1 rules changed");

    Shell.Result refused = cluster.ballast("forward", "add", "tcp/8081", GUEST + ":80", "--run");
    assertThat(refused.exit()).as("%s", refused).isEqualTo(4);
    assertThat(refused.err() + refused.out()).contains("changed by hand");

    shell(
        "nft -a list chain inet ballast prerouting | awk '/dport 9 / {print $NF}' | xargs nft"
            + " delete rule inet ballast prerouting handle");
    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(() -> assertThat(cluster.ballast("drift").out()).contains("No drift"));
  }

  @Test
  @Order(4)
  void aNetworkStoppedByHandIsDrift() {
    Shell.Result busy = cluster.ballast("libvirt-network", "remove", "guests", "--run");
    assertThat(busy.exit()).as("%s", busy).isEqualTo(4);

    shell("ip link del gst0; virsh net-destroy guests");
    awaitDrift("not started");
    cluster
        .ballast(
            "libvirt-network",
            "set",
            "guests",
            "--mode",
            "open",
            "--address",
            "10.95.0.1/24",
            "--range",
            "10.95.0.10-10.95.0.99",
            "--lease",
            "52:54:00:00:00:07=" + GUEST,
            "--run")
        .orFail();
    assertThat(shell("virsh net-info guests")).containsPattern("Active: +yes");
  }

  @Test
  @Order(5)
  void rollbacksTakeTheForwardAndTheNetworkBack() {
    cluster.ballast("rollback", operation(forwarded), "--run").orFail();
    assertThat(lab.exec(HOST, "nft", "list", "table", "inet", "ballast").exit()).isNotZero();

    cluster.ballast("libvirt-network", "remove", "guests", "--run").orFail();
    assertThat(shell("virsh net-list --all --name")).doesNotContain("guests");
    assertThat(made).contains("applied");
  }

  private static final String FILE =
      """
      kind: LibvirtNetwork
      name: filed
      hosts: [h1]
      mode: open
      address: 10.94.0.1/24
      forwards: ["tcp/8081=10.94.0.7:80"]
      masquerade: true
      """;

  @Test
  @Order(6)
  void filesDeclareNetworksAndForwardsAndPruningTakesThemAway() throws IOException {
    Path specs = Files.createDirectories(cluster.directory.resolve("filed"));
    Path file = Files.writeString(specs.resolve("filed.yaml"), FILE);

    apply(specs);
    assertThat(shell("virsh net-info filed")).containsPattern("Active: +yes");
    apply(specs);
    assertThat(shell("nft list table inet ballast")).contains("10.94.0.7", "masquerade");
    assertThat(cluster.ballast("plan", "-f", specs.toString(), "--exit-code").exit()).isZero();

    Files.writeString(
        file, "kind: LibvirtNetwork\nname: other\nmode: isolated\naddress: 10.93.0.1/24\n");
    apply(specs, "--prune");
    assertThat(lab.exec(HOST, "nft", "list", "table", "inet", "ballast").exit()).isNotZero();
    apply(specs, "--prune");
    assertThat(shell("virsh net-list --all --name")).doesNotContain("filed");
    assertThat(shell("virsh net-list --all --name")).contains("other");
  }

  /** Ports lead into a network that stands already: a second run opens or closes what is left. */
  private void apply(Path specs, String... options) {
    List<String> arguments = new ArrayList<>(List.of("apply", "-f", specs.toString(), "--run"));
    arguments.addAll(List.of(options));
    cluster.ballast(arguments.toArray(String[]::new)).orFail();
  }
}
