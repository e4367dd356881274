package dev.ballast.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * Commit-confirmed on real Open vSwitch: the agent reaches its coordinator through a bridge that
 * Ballast manages. A change that cuts this way is undone by the agent alone.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ConfirmIT {
  private static final String HOST = "h2";

  private final Lab lab = Lab.up(2);
  private Cluster cluster;

  @BeforeAll
  void start() throws IOException {
    removeBridges();
    shell("coordinator", "ip link del way 2>/dev/null; true");
    String namespace = shell(HOST, "readlink /proc/self/ns/net");
    shell(
        "coordinator",
        "for p in /proc/[0-9]*; do if [ \"$(readlink $p/ns/net)\" = '"
            + namespace
            + "' ]; then exec ip link add way type veth peer name way0 netns ${p#/proc/}; fi;"
            + " done");
    shell("coordinator", "ip link set way up");
    shell(HOST, "ip link set way0 up");
    cluster = Cluster.start(lab, "recommend", HOST);
    cluster.ballast("bridge", "add", "brm", "--uplink", "way0", "--run").orFail();
    shell(HOST, "ip link set brm up; ip route replace " + Cluster.ADDRESS + "/32 dev brm");
    cluster.killAgent(HOST);
    cluster.startAgent(HOST);
    cluster.awaitConnected(1);
  }

  @AfterAll
  void stop() throws IOException {
    cluster.close();
    shell(HOST, "ip route del " + Cluster.ADDRESS + "/32 2>/dev/null; true");
    removeBridges();
    shell("coordinator", "ip link del way 2>/dev/null; true");
  }

  private void removeBridges() {
    shell(HOST, "for b in $(ovs-vsctl list-br); do ovs-vsctl del-br $b; done");
  }

  private String shell(String host, String script) {
    return lab.exec(host, "sh", "-c", script).orFail().strip();
  }

  private String trunks() {
    return shell(HOST, "ovs-vsctl get port way0 trunks");
  }

  private String agentLog() throws IOException {
    return Files.readString(cluster.directory.resolve(HOST + "-agent.log"));
  }

  private Shell.Result cut(String within) {
    return cluster.ballast(
        "bridge",
        "add",
        "brm",
        "--uplink",
        "way0",
        "--trunk",
        "10,20",
        "--run",
        "--confirm-within",
        within);
  }

  @Test
  @Order(1)
  void aChangeThatLeavesTheHostInReachIsConfirmedOverANewConnection() throws IOException {
    cluster
        .ballast("bridge", "add", "brn", "--host", HOST, "--run", "--confirm-within", "30s")
        .orFail();

    assertThat(agentLog()).containsPattern("command \\d+ is confirmed");
    assertThat(shell(HOST, "ovs-vsctl list-br")).contains("brn");
  }

  @Test
  @Order(2)
  void aChangeThatCutsTheHostOffIsUndoneByItsAgent() throws IOException {
    assertThat(trunks()).isEqualTo("[]");

    Shell.Result cut = cut("8s");

    assertThat(cut.exit()).as("%s", cut).isEqualTo(1);
    assertThat(cut.out() + cut.err()).contains("not confirmed within 8000 ms", "does not answer");
    assertThat(trunks()).isEqualTo("[]");
    cluster.awaitConnected(1);
    assertThat(cluster.ballast("drift").out()).contains("No drift");
    assertThat(journal())
        .containsPattern("armed +\\d+ +undone unless confirmed before")
        .containsPattern("ended +\\d+ +undone: not confirmed within 8000 ms");
  }

  /** As the host's administrator reads it. */
  private String journal() {
    return Programs.run(
            lab,
            HOST,
            "ballast-agent",
            "journal",
            "--config",
            cluster.directory.resolve("hosts").resolve(HOST).resolve("agent.yaml").toString())
        .orFail();
  }

  @Test
  @Order(3)
  void alsoOverItsOwnRestart() throws IOException {
    Path output = cluster.directory.resolve("cut.txt");
    Process cli =
        cluster.ballastAsync(
            output,
            "bridge",
            "add",
            "brm",
            "--uplink",
            "way0",
            "--trunk",
            "10,20",
            "--run",
            "--confirm-within",
            "12s");
    await()
        .atMost(Duration.ofSeconds(30))
        .pollInterval(Duration.ofMillis(100))
        .until(() -> trunks().equals("[10, 20]"));
    cluster.killAgent(HOST);
    assertThat(trunks()).as("nobody undoes it now").isEqualTo("[10, 20]");

    cluster.startAgent(HOST);

    await()
        .atMost(Duration.ofSeconds(40))
        .pollInterval(Duration.ofMillis(200))
        .until(() -> trunks().equals("[]"));
    cluster.awaitConnected(1);
    await().atMost(Duration.ofSeconds(60)).until(() -> !cli.isAlive());
    assertThat(Files.readString(output)).contains("not confirmed within 12000 ms");
  }
}
