package dev.ballast.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * A tunnel between two hosts carries packets. The userspace datapath of the lab sends them only
 * over a bridge of its own with an address on it, so Ballast makes that as well.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class VxlanIT {
  private static final String NETWORKS =
      """
      kind: Network
      name: under
      uplinks: [ul0]
      ---
      kind: Network
      name: over
      vxlan: {vni: 100, addresses: {h1: 10.96.0.1, h2: 10.96.0.2}}
      """;

  /** The process that a host's network is of, as this machine knows it. */
  private static final String PLUG =
      """
      of() { for p in /proc/[0-9]*; do
        [ "$(readlink $p/ns/net)" = "$1" ] && { echo ${p#/proc/}; return; }; done; }
      a=$(of "$1"); b=$(of "$2")
      nsenter -t $a -n ip link add ul0 type veth peer name ul0 netns $b
      """;

  private static final String ECHO =
      """
      nohup /usr/bin/python3 -c '
      import socket
      s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.bind(("0.0.0.0", 99))
      s.settimeout(120)
      while True:
          d, p = s.recvfrom(100); s.sendto(b"echo " + d, p)
      ' >/dev/null 2>&1 & echo $! >/run/echo.pid
      """;

  private static final String ASK =
      """
      import socket
      s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.settimeout(1)
      s.sendto(b"hello", ("10.97.0.2", 99)); print(s.recvfrom(100)[0].decode())
      """;

  private final Lab lab = Lab.up(2);
  private Cluster cluster;

  @BeforeAll
  void start() throws IOException {
    clean();
    Shell.run(60, List.of("bash", "-c", PLUG, "plug", network("h1"), network("h2"))).orFail();
    for (String host : new String[] {"h1", "h2"}) {
      shell(host, "ip link set ul0 up; ethtool -K ul0 tx off >/dev/null");
    }
    cluster = Cluster.start(lab, "recommend", "h1", "h2");
  }

  @AfterAll
  void stop() throws IOException {
    cluster.close();
    shell("h2", "kill $(cat /run/echo.pid) 2>/dev/null; true");
    clean();
  }

  private void clean() {
    for (String host : new String[] {"h1", "h2"}) {
      shell(
          host,
          "for b in $(ovs-vsctl list-br); do ovs-vsctl del-br $b; done; ip link del ul0"
              + " 2>/dev/null; true");
    }
  }

  private String network(String host) {
    return shell(host, "readlink /proc/self/ns/net");
  }

  private String shell(String host, String script) {
    return lab.exec(host, "sh", "-c", script).orFail().strip();
  }

  /** The bridge's own link, told at the next sweep, gets an address. */
  private void address(String host, String bridge, String address) {
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> cluster.ballast("hosts", host).out().contains(bridge + ": "));
    cluster.ballast("link", "set", bridge, "--address", address, "--host", host, "--run").orFail();
    shell(host, "ethtool -K " + bridge + " tx off >/dev/null");
  }

  @Test
  void packetsGoThroughTheTunnelAndNoWayElse() throws IOException {
    Path folder = Files.createDirectories(cluster.directory.resolve("specs"));
    Files.writeString(folder.resolve("networks.yaml"), NETWORKS);
    cluster.ballast("apply", "-f", folder.toString(), "--run").orFail();
    for (String host : new String[] {"h1", "h2"}) {
      String number = host.substring(1);
      address(host, "under", "10.96.0." + number + "/24");
      address(host, "over", "10.97.0." + number + "/24");
    }
    shell("h2", ECHO);

    await().atMost(Duration.ofSeconds(30)).until(() -> ask().contains("echo hello"));
    // ovs-vswitchd writes its counters down every few seconds.
    await().atMost(Duration.ofSeconds(30)).until(() -> counted().matches("rx_packets=[1-9].*"));
    assertThat(cluster.ballast("drift").out()).contains("No drift");

    shell("h2", "ip link set ul0 down");
    await().atMost(Duration.ofSeconds(30)).until(() -> !ask().contains("echo hello"));
  }

  private String counted() {
    return shell(
        "h1",
        "ovs-vsctl --bare --columns=statistics find interface type=vxlan"
            + " | grep -o 'rx_packets=[0-9]*'");
  }

  private String ask() {
    return lab.exec("h1", "/usr/bin/python3", "-c", ASK).out();
  }
}
