package dev.ballast.bench.product;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ballast.bench.BenchMain;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class ProductCommandTest {
  @ParameterizedTest
  @ValueSource(strings = {"stable", "balance", "consolidate"})
  void allAreSeatedAndTheCheckerFindsNothing(String policy) throws IOException {
    StringWriter out = new StringWriter();
    CommandLine command = BenchMain.commandLine().setOut(new PrintWriter(out));
    assertThat(
            command.execute(
                "product",
                "--hosts",
                "20",
                "--vms",
                "200",
                "--hot",
                "0.2",
                "--policy",
                policy,
                "--check",
                "-o",
                "json"))
        .isZero();
    JsonNode figures = new ObjectMapper().readTree(out.toString());
    assertThat(figures.get("placed").intValue()).isEqualTo(200);
    assertThat(figures.get("moves").intValue()).isPositive();
    assertThat(figures.get("faults").intValue()).isZero();
  }

  @Test
  void senselessSizesAreRefused() {
    StringWriter err = new StringWriter();
    CommandLine command = BenchMain.commandLine().setErr(new PrintWriter(err));
    assertThat(command.execute("product", "--hosts", "0", "--vms", "9")).isEqualTo(2);
    assertThat(err.toString()).contains("--hosts 0: choose 1 to 20000");
  }
}
