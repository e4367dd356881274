package dev.ballast.bench.pinning;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ballast.bench.BenchMain;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class PinningCommandTest {
  @Test
  void allAreSeatedAndTheAlertIsAnsweredByARightPlan() throws IOException {
    StringWriter out = new StringWriter();
    CommandLine command = BenchMain.commandLine().setOut(new PrintWriter(out));
    assertThat(command.execute("pinning", "--warm-up", "1", "--rounds", "1", "-o", "json"))
        .isZero();
    JsonNode figures = new ObjectMapper().readTree(out.toString());
    assertThat(figures.get("pinned").intValue()).isEqualTo(64);
    assertThat(figures.get("repinnedVms").intValue()).isPositive();
    assertThat(figures.get("faults")).isEmpty();
    assertThat(figures.get("pinP99Millis").doubleValue()).isPositive();
  }

  @Test
  void senselessCountsAreRefused() {
    StringWriter err = new StringWriter();
    CommandLine command = BenchMain.commandLine().setErr(new PrintWriter(err));
    assertThat(command.execute("pinning", "--vms", "0")).isEqualTo(2);
    assertThat(err.toString()).contains("--vms 0: choose 1 to 200");
  }
}
