package dev.ballast.bench.synthetic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ballast.bench.BenchMain;
import dev.ballast.core.search.Problem;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class PlacementCommandTest {
  private final StringWriter err = new StringWriter();

  private JsonNode run(String policy) throws IOException {
    StringWriter out = new StringWriter();
    CommandLine command = BenchMain.commandLine().setOut(new PrintWriter(out));
    assertThat(
            command.execute(
                "placement", "--hosts", "100", "--vms", "1000", "--policy", policy, "-o", "json"))
        .isZero();
    return new ObjectMapper().readTree(out.toString());
  }

  @Test
  void balanceSpreadsTheLoadEvenly() throws IOException {
    JsonNode figures = run("balance");
    assertThat(figures.get("feasible").booleanValue()).isTrue();
    assertThat(figures.get("unplaced").intValue()).isZero();
    assertThat(figures.get("cpuMean").doubleValue()).isCloseTo(0.8, within(0.01));
    assertThat(figures.get("cpuStd").doubleValue()).isLessThanOrEqualTo(0.010);
    assertThat(figures.get("cpuMax").doubleValue())
        .isLessThanOrEqualTo(figures.get("cpuMean").doubleValue() + 0.02);
  }

  @Test
  void consolidateUsesAsFewHostsAsCanBe() throws IOException {
    JsonNode figures = run("consolidate");
    assertThat(figures.get("feasible").booleanValue()).isTrue();
    assertThat(figures.get("unplaced").intValue()).isZero();
    assertThat(figures.get("hostsUsed").intValue())
        .isEqualTo(figures.get("hostsLowerBound").intValue());
  }

  @Test
  void theClusterHasTheStatedShape() {
    Problem problem = SyntheticCluster.generate(1_000, 10_000, 0, 3);
    long grouped =
        Arrays.stream(problem.group())
            .filter(g -> Arrays.stream(problem.group()).filter(other -> other == g).count() > 1)
            .count();
    assertThat(grouped).isBetween(700L, 1_300L);
    for (int r = 0; r < 2; r++) {
      int resource = r;
      double capacity =
          java.util.stream.IntStream.range(0, 1_000)
              .mapToLong(host -> problem.capacity()[host * 2 + resource])
              .sum();
      double demand = SyntheticCluster.demand(problem.requirement(), 10_000, r);
      assertThat(demand / capacity).isCloseTo(r == 0 ? 0.8 : 0.5, within(0.01));
    }
  }

  @Test
  void senselessSizesAreRefused() {
    CommandLine command = BenchMain.commandLine().setErr(new PrintWriter(err));
    assertThat(command.execute("placement", "--hosts", "0", "--vms", "1")).isEqualTo(2);
    assertThat(err.toString()).contains("--hosts 0: choose 1 to");
  }
}
