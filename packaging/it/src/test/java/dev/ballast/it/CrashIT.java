package dev.ballast.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * SIGKILL of the coordinator or an agent at several points of an operation: it ends applied, undone
 * or in need of attention within 30 s of the restart, and what it says is what the hosts show.
 */
@Tag("alone")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CrashIT {
  private static final Set<String> ENDED =
      Set.of(
          "OPERATION_STATE_APPLIED",
          "OPERATION_STATE_UNDONE",
          "OPERATION_STATE_FAILED",
          "OPERATION_STATE_REFUSED",
          "OPERATION_STATE_NEEDS_ATTENTION");
  private static final List<String> GUESTS = List.of("crash-1", "crash-2", "crash-3", "crash-4");

  private final Lab lab = Lab.up(2);
  private Cluster cluster;
  private int round;

  @BeforeAll
  void start() throws IOException {
    cluster = Cluster.start(lab, "off", "h1", "h2");
  }

  @AfterAll
  void stop() throws IOException {
    cluster.close();
  }

  @ParameterizedTest
  @ValueSource(ints = {900, 1600})
  void coordinatorKilledAfterMillis(int millis) throws Exception {
    Path specs = folder();
    Process apply = apply(specs);
    apply.waitFor(millis, TimeUnit.MILLISECONDS);
    cluster.killCoordinator();
    cluster.startCoordinator();
    cluster.awaitConnected(2);

    endedAsTheHostsShow(specs);
  }

  @ParameterizedTest
  @ValueSource(ints = {1100})
  void agentKilledAfterMillis(int millis) throws Exception {
    Path specs = folder();
    Process apply = apply(specs);
    apply.waitFor(millis, TimeUnit.MILLISECONDS);
    cluster.killAgent("h1");
    cluster.startAgent("h1");
    cluster.awaitConnected(2);

    endedAsTheHostsShow(specs);
  }

  private Path folder() throws IOException {
    Path specs = cluster.directory.resolve("crash" + ++round);
    for (int i = 0; i < GUESTS.size(); i++) {
      cluster.guest(specs, GUESTS.get(i) + "-" + round, i % 2 == 0 ? "h1" : "h2");
    }
    return specs;
  }

  private Process apply(Path specs) throws IOException {
    return cluster.ballastAsync(
        cluster.directory.resolve("apply" + round + ".out"),
        "apply",
        "-f",
        specs.toString(),
        "--run");
  }

  private void endedAsTheHostsShow(Path specs) throws IOException {
    await()
        .atMost(Duration.ofSeconds(45))
        .untilAsserted(
            () -> {
              for (JsonNode operation : operations()) {
                assertThat(operation.path("state").asText()).isIn(ENDED);
              }
            });
    for (JsonNode operation : operations()) {
      if (operation.path("state").asText().equals("OPERATION_STATE_APPLIED")) {
        continue;
      }
      assertThat(operation.path("detail").asText()).isNotBlank();
    }
    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(
            () -> {
              Shell.Result again = cluster.ballast("apply", "-f", specs.toString(), "--run");
              assertThat(again.exit()).as("%s\n%s", again, cluster.log()).isZero();
            });
    for (String vm : GUESTS) {
      String name = vm + "-" + round;
      long copies = List.of("h1", "h2").stream().filter(host -> runs(host, name)).count();
      assertThat(copies).as(name).isEqualTo(1);
    }
    for (String host : List.of("h1", "h2")) {
      lab.clear(host);
    }
  }

  private JsonNode operations() {
    JsonNode all = cluster.json("operations");
    return all.has("operations") ? all.path("operations") : all;
  }

  private boolean runs(String host, String vm) {
    return List.of(lab.virsh(host, "list", "--name").split("\\s+")).contains(vm);
  }
}
