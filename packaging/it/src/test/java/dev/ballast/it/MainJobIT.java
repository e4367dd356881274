package dev.ballast.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

/** What a user does first, in its order: hosts, plan, apply, KSM, rollback, restart. */
@Tag("alone")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class MainJobIT {
  private final Lab lab = Lab.up(2);
  private Cluster cluster;
  private Path specs;

  @BeforeAll
  void start() throws IOException {
    cluster = Cluster.start(lab, "recommend", "h1", "h2");
    specs = cluster.directory.resolve("specs");
    cluster.guest(specs, "main-1", "h1");
    cluster.guest(specs, "main-2", "h1");
    cluster.guest(specs, "main-3", "h2");
    cluster.guest(specs, "main-4", "");
  }

  @AfterAll
  void stop() throws IOException {
    cluster.close();
  }

  @Test
  @Order(1)
  void showsTheHostsAndThatKvmDoesNotServe() {
    String hosts = cluster.ballast("hosts").orFail();
    assertThat(hosts).contains("h1").contains("h2");
    assertThat(cluster.ballast("topology", "h1").orFail()).contains("node 0");
    assertThat(cluster.json("hosts").toString()).contains("CAPABILITY_KVM");
  }

  @Test
  @Order(2)
  void aPlanChangesNothing() {
    String plan = cluster.ballast("plan", "-f", specs.toString()).orFail();
    assertThat(plan).contains("define main-1").contains("start main-4");
    assertThat(domains("h1")).isEmpty();

    String dryRun = cluster.ballast("apply", "-f", specs.toString()).orFail();
    assertThat(dryRun).contains("--run");
    assertThat(domains("h1")).isEmpty();
    assertThat(domains("h2")).isEmpty();
  }

  @Test
  @Order(3)
  void appliesAFolderOfVms() {
    cluster.ballast("apply", "-f", specs.toString(), "--run").orFail();

    assertThat(domains("h1")).contains("main-1", "main-2");
    assertThat(domains("h2")).contains("main-3");
    lab.awaitGuest("h1", "main-1");
    lab.awaitGuest("h2", "main-3");
    for (JsonNode vm : cluster.json("vms").findParents("assignedPins")) {
      assertThat(lab.vcpuAllowed(vm.path("host").asText(), vm.path("name").asText()))
          .isEqualTo(vm.path("assignedPins").path("vcpus").path(0).asText());
    }
  }

  @Test
  @Order(4)
  void aSecondPlanIsEmpty() {
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> cluster.ballast("plan", "-f", specs.toString(), "--exit-code").exit() == 0);
  }

  @Test
  @Order(5)
  void switchesKsmAndRollsBack() {
    String before = ksm("h2");
    String target = before.equals("1") ? "off" : "on";
    String output = cluster.ballast("ksm", target, "--run").orFail();
    assertThat(ksm("h1")).isEqualTo(ksm("h2")).isNotEqualTo(before);

    String operation = output.replaceAll("(?s).*\\b(op-[0-9]+)\\b.*", "$1");
    cluster.ballast("rollback", operation).orFail();
    assertThat(ksm("h2")).isNotEqualTo(before);
    cluster.ballast("rollback", operation, "--run").orFail();
    assertThat(ksm("h2")).isEqualTo(before);
  }

  @Test
  @Order(6)
  void showsAManualPinAsDriftAndRefusesAStalePlan() {
    String plan = cluster.directory.resolve("pin.plan").toString();
    String current = lab.vcpuAllowed("h1", "main-1");
    String other = current.equals("0") ? "1" : "0";
    assertThat(cluster.ballast("pin", "main-1", "--vcpu", "0=" + other, "--out", plan).exit())
        .isZero();

    lab.virsh("h1", "vcpupin", "main-1", "0", "0-1", "--live", "--config");
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> cluster.ballast("drift").out().contains("main-1"));

    Shell.Result stale = cluster.ballast("apply", plan, "--run");
    assertThat(stale.exit()).as("%s", stale).isEqualTo(4);
    assertThat(lab.vcpuAllowed("h1", "main-1")).isEqualTo("0-1");
    lab.virsh("h1", "vcpupin", "main-1", "0", current, "--live", "--config");
  }

  @Test
  @Order(7)
  void aRestartedCoordinatorKnowsEverything() throws IOException {
    JsonNode before = cluster.json("operations");
    cluster.killCoordinator();
    cluster.startCoordinator();
    cluster.awaitConnected(2);

    assertThat(cluster.json("operations")).isEqualTo(before);
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> cluster.ballast("plan", "-f", specs.toString(), "--exit-code").exit() == 0);
  }

  @Test
  @Order(8)
  void guestsOutliveTheAgent() throws IOException {
    cluster.killAgent("h1");
    assertThat(domains("h1")).contains("main-1", "main-2");
    cluster.startAgent("h1");
    cluster.awaitConnected(2);
    assertThat(domains("h1")).contains("main-1", "main-2");
  }

  @Test
  @Order(9)
  void refusesABrokenFolderWithAllItsFaults() throws IOException {
    Path broken = Files.createDirectories(cluster.directory.resolve("broken"));
    Files.writeString(
        broken.resolve("a.yaml"),
        """
        kind: VM
        name: a
        vcpu: 1
        memory: 128MB
        boot: {kernel: /k}
        """);
    Files.writeString(
        broken.resolve("b.yaml"),
        """
        kind: VM
        name: b
        vcpus: 1
        memory: 999TiB
        cpu: {pins: {vcpus: ["7"], emulator: "0"}}
        boot: {kernel: /k}
        nics: [{bridge: br0, mac: "52:54:00:00:00:01"}]
        ---
        kind: VM
        name: b
        vcpus: 1
        memory: 64MiB
        boot: {kernel: /k}
        nics: [{bridge: br0, mac: "52:54:00:00:00:01"}]
        """);

    Shell.Result result = cluster.ballast("plan", "-f", broken.toString());

    assertThat(result.exit()).as("%s", result).isEqualTo(2);
    assertThat(result.out() + result.err())
        .contains("a.yaml:3:1")
        .contains("vcpus")
        .contains("a.yaml:4:")
        .contains("b.yaml:4:")
        .contains("b.yaml:5:")
        .contains("b.yaml:10:")
        .contains("b.yaml:14:");
    assertThat(domains("h1").lines()).doesNotContain("a", "b");
  }

  @Test
  @Order(10)
  void libvirtsAbsenceIsALackThatHealsByItself() {
    lab.exec("h2", "sh", "-c", "kill -9 $(cat /run/libvirtd.pid)").orFail();
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> cluster.json("hosts", "h2").toString().contains("CAPABILITY_LIBVIRT"));
    assertThat(cluster.json("status").path("hostsConnected").asInt()).isEqualTo(2);

    lab.startLibvirtd("h2");
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> !cluster.json("hosts", "h2").toString().contains("CAPABILITY_LIBVIRT"));
    assertThat(domains("h2")).contains("main-3");
  }

  @Test
  @Order(11)
  void aFrozenLibvirtDelaysNothingElse() {
    String pid = lab.exec("h2", "cat", "/run/libvirtd.pid").orFail().strip();
    lab.exec("h2", "kill", "-STOP", pid).orFail();
    try {
      String target = ksm("h2").equals("1") ? "off" : "on";
      cluster.ballast("ksm", target, "--host", "h2", "--run").orFail();
      assertThat(ksm("h2")).isEqualTo(target.equals("on") ? "1" : "0");
    } finally {
      lab.exec("h2", "kill", "-CONT", pid).orFail();
    }
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> !cluster.json("hosts", "h2").toString().contains("CAPABILITY_LIBVIRT"));
  }

  @Test
  @Order(12)
  void aFrozenHostTakesNoCommand() {
    cluster.ballast("freeze", "--host", "h2", "--reason", "maintenance").orFail();
    String before = ksm("h2");
    Shell.Result refused =
        cluster.ballast("ksm", before.equals("1") ? "off" : "on", "--host", "h2", "--run");
    cluster.ballast("freeze", "--host", "h2", "--off").orFail();

    assertThat(refused.exit()).as("%s", refused).isEqualTo(4);
    assertThat(ksm("h2")).isEqualTo(before);
  }

  private String domains(String host) {
    return lab.virsh(host, "list", "--name").strip();
  }

  private String ksm(String host) {
    return lab.exec(host, "cat", "/sys/kernel/mm/ksm/run").orFail().strip();
  }
}
