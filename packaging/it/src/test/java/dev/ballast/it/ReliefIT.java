package dev.ballast.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The loop from spike to relief, and its negative control. */
@Tag("alone")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ReliefIT {
  private static final List<String> GUESTS = List.of("hot-1", "hot-2", "hot-3");

  private final Lab lab = Lab.up(2);
  private Cluster cluster;

  @BeforeAll
  void start() throws IOException {
    cluster = Cluster.start(lab, "off", "h1");
    Path specs = cluster.directory.resolve("specs");
    for (String vm : GUESTS) {
      cluster.guest(specs, vm, "h1");
    }
    cluster.ballast("apply", "-f", specs.toString(), "--run").orFail();
    GUESTS.forEach(vm -> lab.awaitGuest("h1", vm));
  }

  @AfterAll
  void stop() throws IOException {
    cluster.close();
  }

  @Test
  void automationOffLeavesTheHotSpotAndAutoRelievesItByRepinning() {
    for (String vm : GUESTS) {
      cluster.ballast("pin", vm, "--vcpu", "0=0", "--emulator", "0", "--once", "--run").orFail();
    }
    assertThat(pins()).containsOnly("0");

    GUESTS.forEach(vm -> lab.load("h1", vm, 40));
    awaitEvent("alert");
    awaitEvent("decision");
    assertThat(pins()).as("automation is off").containsOnly("0");
    assertThat(cluster.ballast("events").out()).doesNotContain("spike-relieved");

    cluster.ballast("automation", "auto").orFail();
    awaitEvent("spike-relieved");
    assertThat(pins()).contains("0", "1");
    assertThat(lab.virsh("h1", "dumpxml", "--inactive", "hot-1")).contains("vcpupin");
    assertThat(GUESTS.stream().map(vm -> cluster.ballast("explain", vm).orFail()))
        .anyMatch(text -> text.contains("repin"));
    assertThat(cluster.json("operations").toString()).contains("OPERATION_STATE_APPLIED");
  }

  private void awaitEvent(String kind) {
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> cluster.ballast("events", "-o", "json").out().contains("\"" + kind + "\""));
  }

  private Stream<String> pins() {
    return GUESTS.stream().map(vm -> lab.vcpuAllowed("h1", vm));
  }
}
