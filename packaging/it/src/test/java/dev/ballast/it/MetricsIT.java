package dev.ballast.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Debian's Prometheus scrapes a cluster that works, and its promtool accepts what it gets. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MetricsIT {
  private static final String COORDINATOR = "127.0.0.1:9744";
  private static final String AGENT = Lab.NET + ".1:9743";
  private static final String PROMETHEUS = "127.0.0.1:9090";
  private static final Path TOOLS =
      Path.of(
              Optional.ofNullable(System.getenv("BALLAST_LAB_CACHE"))
                  .orElse("/var/cache/ballast-lab"))
          .resolve("prometheus/usr/bin");
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Lab lab = Lab.up(1);
  private Cluster cluster;
  private Process prometheus;

  @BeforeAll
  void start() throws IOException {
    cluster =
        Cluster.startWith(
            lab,
            "recommend",
            "metrics: {listen: '" + COORDINATOR + "'}\n",
            "metrics: {listen: 0.0.0.0:9743}\n",
            "h1");
    cluster
        .ballast("apply", "-f", cluster.guest(folder("specs"), "seen", "h1").toString(), "--run")
        .orFail();
    prometheus = startPrometheus();
  }

  private Path folder(String name) throws IOException {
    return Files.createDirectories(cluster.directory.resolve(name));
  }

  private Process startPrometheus() throws IOException {
    Path config = cluster.directory.resolve("prometheus.yml");
    Files.writeString(
        config,
        """
        global: {scrape_interval: 1s, scrape_timeout: 1s}
        scrape_configs:
          - {job_name: agent, static_configs: [{targets: ['%s']}]}
          - {job_name: coordinator, static_configs: [{targets: ['%s']}]}
        """
            .formatted(AGENT, COORDINATOR));
    return new ProcessBuilder(
            lab.execCommand(
                "coordinator",
                List.of(
                    TOOLS.resolve("prometheus").toString(),
                    "--config.file=" + config,
                    "--storage.tsdb.path=" + folder("tsdb"),
                    "--web.listen-address=" + PROMETHEUS)))
        .redirectInput(Path.of("/dev/null").toFile())
        .redirectErrorStream(true)
        .redirectOutput(cluster.directory.resolve("prometheus.log").toFile())
        .start();
  }

  @AfterAll
  void stop() throws IOException {
    Programs.kill(prometheus);
    cluster.close();
  }

  @Test
  void prometheusScrapesBothAndFindsWhatHappened() {
    awaitValue("sum(up)", 2);
    awaitValue("ballast_coordinator_host_connected{host=\"h1\"}", 1);
    awaitValue("ballast_coordinator_operations_ended_total{state=\"applied\"}", 1);
    awaitValue("ballast_coordinator_vms{state=\"running\"}", 1);
    awaitValue("ballast_agent_coordinator_connected", 1);
    awaitValue("ballast_agent_libvirt_up", 1);
    awaitValue("ballast_agent_vms{state=\"running\"}", 1);
    awaitAbove("ballast_agent_vm_cpu_seconds_total{vm=\"seen\"}", 0);
    awaitAbove("sum(ballast_agent_action_outcomes_total{outcome=\"applied\"})", 1);
    awaitAbove("rate(ballast_agent_samples_total[10s])", 0.1);
    awaitAbove("process_resident_memory_bytes{job=\"agent\"}", 10_000_000);
    awaitAbove("jvm_memory_used_bytes{job=\"coordinator\",area=\"heap\"}", 1_000_000);
  }

  @Test
  void promtoolAcceptsThem() {
    for (String target : List.of(AGENT, COORDINATOR)) {
      Shell.Result check =
          lab.exec(
              "coordinator",
              "bash",
              "-o",
              "pipefail",
              "-c",
              "curl -fsS http://"
                  + target
                  + "/metrics | "
                  + TOOLS.resolve("promtool")
                  + " check metrics");
      assertThat(check.exit()).as(check.toString()).isZero();
      assertThat(check.err()).as("promtool on " + target).isEmpty();
    }
  }

  private void awaitValue(String query, double value) {
    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(() -> assertThat(query(query)).as(query).hasValue(value));
  }

  private void awaitAbove(String query, double limit) {
    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(
            () ->
                assertThat(query(query))
                    .as(query)
                    .hasValueSatisfying(v -> assertThat(v).isGreaterThan(limit)));
  }

  /** The value of the only sample that answers the query. */
  private Optional<Double> query(String query) throws IOException {
    Shell.Result answer =
        lab.exec(
            "coordinator",
            "curl",
            "-sS",
            "--data-urlencode",
            "query=" + query,
            "http://" + PROMETHEUS + "/api/v1/query");
    if (answer.exit() != 0) {
      return Optional.empty();
    }
    JsonNode result = JSON.readTree(answer.out()).path("data").path("result");
    return result.size() == 1
        ? Optional.of(result.get(0).path("value").path(1).asDouble())
        : Optional.empty();
  }
}
