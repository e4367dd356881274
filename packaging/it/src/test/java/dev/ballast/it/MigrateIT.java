package dev.ballast.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

/** Live migration through the command line, and relief across hosts, on three real hosts. */
@Tag("alone")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class MigrateIT {
  private static final List<String> HOSTS = List.of("h1", "h2", "h3");
  private static final List<String> GUESTS = List.of("g-1", "g-2", "g-3", "g-4");

  private static final int CALM_PERCENT = 33;

  /** Longer than the hold after a migration, which is 60 s. */
  private static final int QUIET_SECONDS = Integer.getInteger("ballast.it.quietSeconds", 65);

  private final Lab lab = Lab.up(3);
  private Cluster cluster;
  private Path specs;
  private Path disk;

  @BeforeAll
  void start() throws IOException {
    cluster = Cluster.start(lab, "off", HOSTS.toArray(String[]::new));
    for (String host : HOSTS) {
      // libvirt takes the folder that the lab's hosts share for a local one, which it is.
      Cluster.edit(
          cluster.directory.resolve("hosts").resolve(host).resolve("agent.yaml"),
          "(?m)^  tls: true$",
          "$0\n  unsafe: true");
      cluster.killAgent(host);
      cluster.startAgent(host);
    }
    cluster.awaitConnected(HOSTS.size());
    specs = cluster.directory.resolve("specs");
    disk = cluster.directory.resolve("g-1.raw");
    try (RandomAccessFile file = new RandomAccessFile(disk.toFile(), "rw")) {
      file.setLength(16 << 20);
    }
    specify("h1");
    cluster.ballast("apply", "-f", specs.toString(), "--run").orFail();
    GUESTS.forEach(vm -> lab.awaitGuest("h1", vm));
    specify("");
    cluster.ballast("apply", "-f", specs.toString(), "--run").orFail();
  }

  /** The first has a disk that all hosts see. */
  private void specify(String host) throws IOException {
    for (String vm : GUESTS) {
      cluster.guest(specs, vm, host);
    }
    Files.writeString(
        specs.resolve("g-1.yaml"),
        "disks: [{path: %s, format: raw, cache: none}]\n".formatted(disk),
        StandardOpenOption.APPEND);
  }

  @AfterAll
  void stop() throws IOException {
    cluster.close();
  }

  private String hostOf(String vm) {
    return cluster.json("vms", vm).path("vms").path(0).path("host").asText();
  }

  private String inGuest(String host, String vm, String command) {
    return lab.script(60, "run", host, vm, command).orFail().strip();
  }

  private double uptimeSeconds(String host, String vm) {
    return Double.parseDouble(inGuest(host, vm, "cat /proc/uptime").split("\\s+")[0]);
  }

  private String running(String host) {
    return lab.virsh(host, "list", "--name");
  }

  private Stream<JsonNode> operations(String title) {
    return StreamSupport.stream(cluster.json("operations").path("operations").spliterator(), false)
        .filter(operation -> operation.path("title").asText().startsWith(title));
  }

  @Test
  @Order(1)
  void aGuestGoesOnOnAnotherHostAndComesBackByRollback() throws IOException {
    double before = uptimeSeconds("h1", "g-1");
    inGuest("h1", "g-1", "echo written on h1 >/dev/vda; sync");
    String dry = cluster.ballast("migrate", "g-1", "--to", "h2").orFail();
    assertThat(dry).contains("migrate g-1 to h2", "point of no return", "Nothing was changed");
    assertThat(running("h1")).contains("g-1");

    String done = cluster.ballast("migrate", "g-1", "--to", "h2", "--run").orFail();

    assertThat(hostOf("g-1")).isEqualTo("h2");
    assertThat(running("h1")).doesNotContain("g-1");
    assertThat(lab.virsh("h1", "list", "--all", "--name")).doesNotContain("g-1");
    assertThat(uptimeSeconds("h2", "g-1")).isGreaterThan(before);
    assertThat(inGuest("h2", "g-1", "head -n 1 /dev/vda")).contains("written on h1");
    inGuest("h2", "g-1", "echo written on h2 >/dev/vda; sync");
    String pinned = lab.vcpuAllowed("h2", "g-1");
    assertThat(lab.virsh("h2", "dumpxml", "--inactive", "g-1"))
        .contains("<vcpupin vcpu='0' cpuset='" + pinned + "'/>");
    assertThat(cluster.ballast("plan", "-f", specs.toString()).orFail()).contains("Nothing to do");

    String operation = done.replaceAll("(?s).*(op-[0-9]+).*", "$1");
    cluster.ballast("rollback", operation, "--run").orFail();
    assertThat(hostOf("g-1")).isEqualTo("h1");
    assertThat(uptimeSeconds("h1", "g-1")).isGreaterThan(before);
    try (BufferedReader content = Files.newBufferedReader(disk, StandardCharsets.ISO_8859_1)) {
      assertThat(content.readLine()).isEqualTo("written on h2");
    }
    assertThat(cluster.ballast("plan", "-f", specs.toString()).orFail()).contains("Nothing to do");
  }

  @Test
  @Order(2)
  void aMigrationOutlivesItsCoordinator() throws IOException {
    Path output = cluster.directory.resolve("migrate.out");
    Process migrate =
        cluster.ballastAsync(output, "migrate", "g-2", "--to", "h3", "--bandwidth", "3", "--run");
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> lab.virsh("h1", "domjobinfo", "g-2").contains("Unbounded"));
    cluster.killCoordinator();
    await().atMost(Duration.ofSeconds(60)).until(() -> !migrate.isAlive());

    cluster.startCoordinator();
    cluster.awaitConnected(3);

    await().atMost(Duration.ofMinutes(2)).until(() -> hostOf("g-2").equals("h3"));
    assertThat(running("h1")).doesNotContain("g-2");
    assertThat(running("h3")).contains("g-2");
    assertThat(operations("migrate g-2").map(o -> o.path("state").asText()))
        .containsExactly("OPERATION_STATE_APPLIED");
  }

  @Test
  @Order(3)
  void anAbortLeavesTheGuestWhereItWas() throws IOException {
    Path output = cluster.directory.resolve("aborted.out");
    Process migrate =
        cluster.ballastAsync(output, "migrate", "g-2", "--to", "h1", "--bandwidth", "1", "--run");
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> lab.virsh("h3", "domjobinfo", "g-2").contains("Unbounded"));
    String operation =
        operations("migrate g-2 to h1").findFirst().orElseThrow().path("operationId").asText();

    cluster.ballast("abort", operation).orFail();

    await().atMost(Duration.ofSeconds(60)).until(() -> !migrate.isAlive());
    assertThat(migrate.exitValue()).isEqualTo(1);
    assertThat(hostOf("g-2")).isEqualTo("h3");
    assertThat(running("h3")).contains("g-2");
    assertThat(running("h1")).doesNotContain("g-2");
  }

  @Test
  @Order(4)
  void aDrainedHostIsEmptyAndTakesNothing() {
    cluster.ballast("drain", "h3", "--run").orFail();

    assertThat(running("h3")).isBlank();
    assertThat(cluster.ballast("hosts").out()).containsPattern("h3 +cordoned");
    Shell.Result refused = cluster.ballast("migrate", "g-1", "--to", "h3", "--run");
    assertThat(refused.exit()).isEqualTo(4);
    assertThat(refused.err() + refused.out()).contains("h3 is cordoned", "uncordon h3");
    cluster.ballast("uncordon", "h3").orFail();
    assertThat(cluster.ballast("hosts").out()).containsPattern("h3 +connected");
  }

  @Test
  @Order(5)
  void fourGuestsAboveTheBudgetAreRelievedByExactlyOneMigration() {
    for (String vm : GUESTS) {
      if (!hostOf(vm).equals("h1")) {
        cluster.ballast("migrate", vm, "--to", "h1", "--run").orFail();
      }
    }
    GUESTS.forEach(vm -> lab.load("h1", vm, 40));
    awaitEvent("alert");
    awaitEvent("decision");
    assertThat(GUESTS.stream().map(this::hostOf)).as("automation is off").containsOnly("h1");

    cluster.ballast("automation", "auto").orFail();
    await()
        .atMost(Duration.ofSeconds(180))
        .pollInterval(Duration.ofSeconds(2))
        .until(
            () ->
                operations("relieve h1: migrate")
                    .anyMatch(o -> o.path("state").asText().equals("OPERATION_STATE_APPLIED")));
    // On a machine that others keep busy the same work takes more of a CPU, and three guests of 40
    // %
    // may be too much again: a second move would be right. Watched is that nothing moves without.
    for (String vm : GUESTS) {
      lab.load(hostOf(vm), vm, CALM_PERCENT);
    }
    awaitEvent("spike-relieved");

    assertThat(operations("relieve h1: migrate").toList()).hasSize(1);
    List<String> hosts = GUESTS.stream().map(this::hostOf).toList();
    assertThat(hosts).filteredOn("h1"::equals).hasSize(3);
    String moved =
        GUESTS.get(
            hosts.indexOf(hosts.stream().filter(h -> !h.equals("h1")).findFirst().orElseThrow()));
    String why = cluster.ballast("explain", moved).orFail();
    assertThat(why)
        .containsPattern("want [0-9.]+ % of its 150 %")
        .contains("no new pins suffice", "leave all as it is");

    await()
        .during(Duration.ofSeconds(QUIET_SECONDS))
        .atMost(Duration.ofSeconds(QUIET_SECONDS + 30))
        .pollInterval(Duration.ofSeconds(5))
        .until(
            () ->
                operations("relieve")
                        .filter(o -> o.path("title").asText().contains("migrate"))
                        .count()
                    == 1);
  }

  private void awaitEvent(String kind) {
    await()
        .atMost(Duration.ofSeconds(180))
        .pollInterval(Duration.ofSeconds(3))
        .until(() -> cluster.ballast("events", "-o", "json").out().contains("\"" + kind + "\""));
  }
}
