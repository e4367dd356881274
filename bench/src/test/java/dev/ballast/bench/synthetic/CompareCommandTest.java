package dev.ballast.bench.synthetic;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ballast.bench.BenchMain;
import dev.ballast.core.search.Problem;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.HashMap;
import java.util.Map;
import java.util.ServiceLoader;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class CompareCommandTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int execute(String... arguments) {
    CommandLine command =
        BenchMain.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
    return command.execute(arguments);
  }

  /** In the default build there is nobody to compare with; in the profile both answer. */
  @Test
  void theOthersAreThereOrTheRemedyIsNamed() {
    int code = execute("compare", "--hosts", "5", "--vms", "20", "--seconds", "5", "-o", "json");

    if (ServiceLoader.load(Rival.class).findFirst().isEmpty()) {
      assertThat(code).isEqualTo(2);
      assertThat(err.toString()).contains("make one with: mvn -Pcompare");
    } else {
      assertThat(code).as(err.toString()).isZero();
      assertThat(out.toString())
          .contains("Ballast", "Timefold", "CP-SAT", "\"feasible\" : true")
          .doesNotContain("\"feasible\" : false");
    }
  }

  @Test
  void valuesOutOfRangeAreNamed() {
    assertThat(execute("compare", "--hosts", "0", "--vms", "20")).isEqualTo(2);
    assertThat(execute("compare", "--hosts", "1", "--vms", "20", "--seconds", "0")).isEqualTo(2);
    assertThat(err.toString())
        .contains("--hosts 0: choose 1 to 100000")
        .contains("--seconds 0: choose 1 to 86400");
  }

  @Test
  void spreadIsThatOfTheHostsShares() {
    Problem problem = SyntheticCluster.generate(2, 2, 0, 1);
    Map<String, Object> figures = new HashMap<>();
    CpuSpread.addTo(figures, problem, new int[] {0, 0}, 2);

    long wanted = problem.requirement()[0] + problem.requirement()[2];
    double share = wanted / (double) problem.capacity()[0];
    assertThat((double) figures.get("cpuMax")).isEqualTo(share);
    assertThat((double) figures.get("cpuMean")).isEqualTo(share / 2);
    assertThat((double) figures.get("cpuStd")).isCloseTo(share / 2, Offset.offset(1e-12));
  }
}
