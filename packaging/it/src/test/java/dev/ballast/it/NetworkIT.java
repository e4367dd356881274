package dev.ballast.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

/** Networks on real Open vSwitch: made, rolled back, refused, drifted, undone; VMs attached. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class NetworkIT {
  private final Lab lab = Lab.up(2);
  private Cluster cluster;
  private Path specs;

  @BeforeAll
  void start() throws IOException {
    for (String host : new String[] {"h1", "h2"}) {
      for (String card : new String[] {"up0", "up1", "up2", "up3", "up4"}) {
        String peer = card + "p";
        shell(
            host, "ip link add " + card + " type veth peer name " + peer + " 2>/dev/null || true");
        shell(host, "ip link set " + card + " up; ip link set " + peer + " up");
      }
      shell(host, "for b in $(ovs-vsctl list-br); do ovs-vsctl del-br $b; done");
    }
    cluster = Cluster.start(lab, "recommend", "h1", "h2");
    specs = Files.createDirectories(cluster.directory.resolve("specs"));
  }

  @AfterAll
  void stop() throws IOException {
    cluster.close();
    for (String host : new String[] {"h1", "h2"}) {
      shell(host, "for b in $(ovs-vsctl list-br); do ovs-vsctl del-br $b; done");
    }
  }

  private String shell(String host, String script) {
    return lab.exec(host, "sh", "-c", script).orFail().strip();
  }

  private boolean hasBridge(String host, String bridge) {
    return lab.exec(host, "ovs-vsctl", "br-exists", bridge).exit() == 0;
  }

  private static String operation(String output) {
    return output.replaceAll("(?s).*\\b(op-[0-9]+)\\b.*", "$1");
  }

  private void awaitNoDrift() {
    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(() -> assertThat(cluster.ballast("drift").out()).contains("No drift"));
  }

  @Test
  @Order(1)
  void onePlanMakesABridgeOnAllHostsAndItsRollbackRemovesIt() {
    String dry =
        cluster.ballast("bridge", "add", "brx", "--uplink", "up0", "--trunk", "10,20").orFail();
    assertThat(dry).contains("bridge brx (up0: network card, trunk [10, 20])").contains("--run");
    assertThat(hasBridge("h1", "brx")).isFalse();

    String done =
        cluster
            .ballast("bridge", "add", "brx", "--uplink", "up0", "--trunk", "10,20", "--run")
            .orFail();
    for (String host : new String[] {"h1", "h2"}) {
      assertThat(shell(host, "ovs-vsctl get port up0 trunks")).isEqualTo("[10, 20]");
      assertThat(shell(host, "ovs-vsctl get interface up0 ofport")).matches("[1-9][0-9]*");
      assertThat(shell(host, "ovs-vsctl get bridge brx external_ids")).contains("ballast-cluster");
    }
    assertThat(cluster.ballast("networks", "brx").orFail())
        .contains("operator")
        .contains("2/2")
        .contains("present");
    awaitNoDrift();

    cluster.ballast("rollback", operation(done), "--run").orFail();
    assertThat(hasBridge("h1", "brx")).isFalse();
    assertThat(hasBridge("h2", "brx")).isFalse();
    assertThat(cluster.ballast("networks").orFail()).contains("No networks");
    awaitNoDrift();
  }

  @Test
  @Order(2)
  void neverMovesACardThatCarriesAnAddress() {
    Shell.Result refused =
        cluster.ballast("bridge", "add", "bry", "--host", "h1", "--uplink", "eth0", "--run");
    assertThat(refused.exit()).as("%s", refused).isEqualTo(4);
    assertThat(refused.err() + refused.out()).contains("has the address").contains("cut that off");
    assertThat(hasBridge("h1", "bry")).isFalse();
  }

  @Test
  @Order(3)
  void aVmAttachesByTheNameOfItsNetwork() throws IOException {
    Files.writeString(
        specs.resolve("networks.yaml"),
        """
        kind: Network
        name: web
        bridge: br-web
        uplinks: [up0]
        vlan: 10
        trunks: [10, 20]
        """);
    Path vm = cluster.guest(specs, "net-1", "h1");
    Files.writeString(vm, "nics: [{network: web}]\n", StandardOpenOption.APPEND);

    cluster.ballast("apply", "-f", specs.toString(), "--run").orFail();

    String tap = shell("h1", "virsh -q domiflist net-1 | awk '{print $1; exit}'");
    assertThat(shell("h1", "ovs-vsctl get port " + tap + " tag")).isEqualTo("10");
    assertThat(shell("h1", "ovs-vsctl port-to-br " + tap)).isEqualTo("br-web");
    assertThat(hasBridge("h2", "br-web")).isTrue();
    awaitNoDrift();
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> cluster.ballast("plan", "-f", specs.toString(), "--exit-code").exit() == 0);
  }

  @Test
  @Order(4)
  void aPortAddedByHandIsDriftAtOnceAndApplyRepairsIt() {
    shell("h1", "ovs-vsctl add-port br-web hand0 tag=7 -- set interface hand0 type=internal");
    await()
        .atMost(Duration.ofSeconds(10))
        .pollInterval(Duration.ofMillis(200))
        .until(() -> cluster.ballast("drift").out().contains("port hand0"));
    assertThat(cluster.ballast("drift").out()).contains("VLAN 7").contains("none");

    cluster.ballast("apply", "-f", specs.toString(), "--run").orFail();
    assertThat(shell("h1", "ovs-vsctl list-ports br-web")).doesNotContain("hand0").contains("up0");
    awaitNoDrift();
  }

  @Test
  @Order(5)
  void aPlanMadeAgainstOtherBridgesChangesNothing() {
    String plan = cluster.directory.resolve("bridge.plan").toString();
    assertThat(cluster.ballast("bridge", "add", "brs", "--host", "h1", "--out", plan).exit())
        .isZero();
    shell("h1", "ovs-vsctl add-br brs -- set bridge brs datapath_type=netdev");

    Shell.Result stale = cluster.ballast("apply", plan, "--run");

    assertThat(stale.exit()).as("%s", stale).isEqualTo(4);
    assertThat(shell("h1", "ovs-vsctl get bridge brs external_ids")).isEqualTo("{}");
    shell("h1", "ovs-vsctl del-br brs");
  }

  @Test
  @Order(6)
  void whatOvsDoesNotApplyIsUndone() {
    shell("h2", "kill -STOP $(cat /run/openvswitch/ovs-vswitchd.pid)");
    Shell.Result failed = cluster.ballast("bridge", "add", "bru", "--host", "h2", "--run");
    shell("h2", "kill -CONT $(cat /run/openvswitch/ovs-vswitchd.pid)");

    assertThat(failed.exit()).as("%s", failed).isEqualTo(1);
    assertThat(hasBridge("h2", "bru")).isFalse();
    assertThat(cluster.ballast("networks").orFail()).doesNotContain("bru");
  }

  @Test
  @Order(7)
  void theAgentOutlivesOpenVswitch() {
    shell(
        "h2", "kill -9 $(cat /run/openvswitch/ovs-vswitchd.pid /run/openvswitch/ovsdb-server.pid)");
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> cluster.ballast("hosts", "h2").out().contains("open-vswitch"));
    shell(
        "h2",
        "ovsdb-server /etc/openvswitch/conf.db --remote=punix:/run/openvswitch/db.sock --pidfile"
            + " --detach --no-chdir --log-file -vconsole:off && ovs-vswitchd"
            + " unix:/run/openvswitch/db.sock --pidfile --detach --no-chdir --log-file"
            + " -vconsole:off");
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> !cluster.ballast("hosts", "h2").out().contains("open-vswitch"));
    awaitNoDrift();
    cluster.ballast("bridge", "add", "brr", "--host", "h2", "--run").orFail();
    assertThat(hasBridge("h2", "brr")).isTrue();
    cluster.ballast("bridge", "remove", "brr", "--run").orFail();
    assertThat(hasBridge("h2", "brr")).isFalse();
  }

  private static final String DEEP =
      """
      kind: Network
      name: deep
      uplinks: [up3, up4]
      trunks: [10, 20]
      nativeVlan: 5
      failMode: secure
      rstp: true
      patches: [side]
      vxlan: {vni: 100, addresses: {h1: NET.1, h2: NET.2}}
      rates: [{port: up3, maxKilobitsPerSecond: 20000, ingressKilobitsPerSecond: 5000}]
      mirrors: [{name: m0, from: [up3], to: up4}]
      sflow: {targets: ["127.0.0.1:6343"], agent: eth0, sampling: 64}
      ---
      kind: Network
      name: side
      bond: {name: bond0, members: [up1, up2], mode: balance-slb}
      """;

  @Test
  @Order(8)
  void bondsTunnelsPatchesMirrorsAndRatesAreOneTransactionAndGoAgain() throws IOException {
    Path folder = Files.createDirectories(cluster.directory.resolve("deep"));
    Files.writeString(folder.resolve("deep.yaml"), DEEP.replace("NET", Lab.NET));
    long before = transactions("h1");

    String done = cluster.ballast("apply", "-f", folder.toString(), "--run").orFail();

    assertThat(transactions("h1") - before).isEqualTo(1);
    assertThat(shell("h1", "ovs-vsctl get bridge deep fail_mode rstp_enable stp_enable"))
        .isEqualTo("secure\ntrue\nfalse");
    assertThat(shell("h1", "ovs-vsctl get port up3 vlan_mode tag")).contains("native-untagged\n5");
    assertThat(shell("h1", "ovs-vsctl get interface up3 ingress_policing_rate")).isEqualTo("5000");
    assertThat(shell("h1", "ovs-vsctl --bare --columns=other_config list qos"))
        .isEqualTo("max-rate=20000000");
    assertThat(shell("h1", "ovs-vsctl get port bond0 bond_mode")).isEqualTo("balance-slb");
    assertThat(shell("h1", "ovs-appctl bond/show bond0")).contains("member up1", "member up2");
    assertThat(shell("h1", "ovs-vsctl --bare --columns=options,ofport find interface type=vxlan"))
        .contains("remote_ip=" + Lab.NET + ".2")
        .doesNotContain("-1");
    assertThat(shell("h1", "ovs-vsctl --bare --columns=type find interface type=patch"))
        .contains("patch\n\npatch");
    assertThat(shell("h1", "ovs-vsctl --bare --columns=name list mirror")).isEqualTo("m0");
    assertThat(shell("h1", "ovs-vsctl --bare --columns=targets list sflow"))
        .isEqualTo("127.0.0.1:6343");
    awaitNoDrift();

    shell("h1", "ovs-vsctl set bridge deep stp_enable=true rstp_enable=false");
    await()
        .atMost(Duration.ofSeconds(10))
        .pollInterval(Duration.ofMillis(200))
        .until(() -> cluster.ballast("drift").out().contains("bridge deep rstp_enable"));
    cluster.ballast("apply", "-f", folder.toString(), "--run").orFail();
    assertThat(shell("h1", "ovs-vsctl get bridge deep rstp_enable stp_enable"))
        .isEqualTo("true\nfalse");
    awaitNoDrift();

    cluster.ballast("rollback", operation(done), "--run").orFail();
    assertThat(shell("h1", "ovs-vsctl list-br")).doesNotContain("deep").doesNotContain("side");
    assertThat(shell("h1", "ovs-vsctl list qos; ovs-vsctl list mirror")).isEmpty();
  }

  /** How often Ballast changed bridges, as its comments in the database's log tell. */
  private long transactions(String host) {
    return Long.parseLong(
        shell(host, "grep -a -c 'ballast: bridges' /etc/openvswitch/conf.db || true"));
  }
}
