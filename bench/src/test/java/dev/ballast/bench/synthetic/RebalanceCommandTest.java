package dev.ballast.bench.synthetic;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ballast.bench.BenchMain;
import dev.ballast.core.search.Relocation;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class RebalanceCommandTest {
  private static Relocation.Plan plan(HotCluster cluster, int concurrent) {
    int items = cluster.problem().items();
    return Relocation.plan(
        cluster.problem(),
        cluster.rules(),
        new Relocation.Policy(items, concurrent, 1, new boolean[items]));
  }

  @Test
  void hotSpotsEndAndTheCheckerFindsNothing() throws IOException {
    StringWriter out = new StringWriter();
    CommandLine command = BenchMain.commandLine().setOut(new PrintWriter(out));
    assertThat(
            command.execute(
                "rebalance", "--hosts", "100", "--vms", "1000", "--check", "-o", "json"))
        .isZero();
    JsonNode figures = new ObjectMapper().readTree(out.toString());
    assertThat(figures.get("hotHosts").intValue()).isPositive();
    assertThat(figures.get("hotHostsLeft").intValue()).isZero();
    assertThat(figures.get("moves").intValue()).isPositive();
    assertThat(figures.get("faults")).isEmpty();
  }

  @Test
  void eachIntermediateStateIsFeasibleAndTheSameEachTime() {
    for (int seed = 0; seed < 12; seed++) {
      int concurrent = 1 + seed % 8;
      HotCluster cluster = HotCluster.generate(40, 400, 0.4, seed);
      Relocation.Plan plan = plan(cluster, concurrent);
      assertThat(cluster.faults(plan, concurrent)).isEmpty();
      assertThat(plan(cluster, concurrent)).isEqualTo(plan);
    }
  }

  @Test
  void aClusterWithoutHotSpotsStays() {
    Relocation.Plan plan = plan(HotCluster.generate(40, 400, 0, 1), 4);
    assertThat(plan).isEqualTo(new Relocation.Plan(List.of(), List.of()));
  }

  @Test
  void senselessSharesAreRefused() {
    StringWriter err = new StringWriter();
    CommandLine command = BenchMain.commandLine().setErr(new PrintWriter(err));
    assertThat(command.execute("rebalance", "--hosts", "9", "--vms", "9", "--hot", "2"))
        .isEqualTo(2);
    assertThat(err.toString()).contains("--hot 2.0: choose 0 to 1");
  }
}
