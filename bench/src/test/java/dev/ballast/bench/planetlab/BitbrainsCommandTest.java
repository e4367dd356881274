package dev.ballast.bench.planetlab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ballast.bench.BenchMain;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class BitbrainsCommandTest {
  @TempDir private Path folder;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int execute(List<String> lines, String... more) throws IOException {
    Path file = Files.write(folder.resolve("month.txt"), lines);
    CommandLine command =
        BenchMain.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
    String[] arguments = new String[more.length + 3];
    arguments[0] = "bitbrains";
    arguments[1] = "--trace";
    arguments[2] = file.toString();
    System.arraycopy(more, 0, arguments, 3, more.length);
    return command.execute(arguments);
  }

  @Test
  void bothAccountingsOfASmallMonth() throws IOException {
    // 1: 18402 of 36804 MHz, half a host; 2 starts a tick later and ends earlier; 3 and 4 fit none
    assertThat(
            execute(
                List.of(
                    "1 6 18402 1000 1000 3 100,100,120 1,1,1",
                    "2 1 3067 100000 1300 1 100 1",
                    "3 0 0 0 1000 1 0 0",
                    "4 32 86400 1000 1000 1 10 1"),
                "--hosts",
                "3",
                "-o",
                "json"))
        .as(err.toString())
        .isZero();
    JsonNode runs = new ObjectMapper().readTree(out.toString()).get("runs");

    assertThat(runs).hasSize(2);
    JsonNode ignored = runs.get(0);
    assertThat(ignored.get("memory").textValue()).isEqualTo("ignore");
    assertThat(ignored.get("leftOutVms").intValue()).isEqualTo(2);
    assertThat(ignored.get("vms").intValue()).isEqualTo(2);
    // (3 · 18402 + 3067) MHz · 300 s of 36804 at 222 W
    assertThat(ignored.get("floorKwh").doubleValue())
        .isCloseTo((3 * 18402 + 3067) * 300.0 / 36804 * 222 / 3.6e6, within(1e-6));
    assertThat(runs.get(1).get("memory").textValue()).isEqualTo("enforce");
  }

  @Test
  void faultsAreNamed() throws IOException {
    assertThat(execute(List.of("1 2 3"))).isEqualTo(2);
    assertThat(execute(List.of("1 2 3000 1000 0 1 x 1"))).isEqualTo(2);
    assertThat(execute(List.of("1 two 3000 1000 0 1 1 1"))).isEqualTo(2);
    assertThat(execute(List.of("1 64 3000 1000 0 1 1 1"))).isEqualTo(2);
    assertThat(execute(List.of("1 1 3000 1000 0 1 1 1"), "--policy", "lr-mmt")).isEqualTo(2);
    assertThat(execute(List.of("1 1 3000 1000 0 1 1 1"), "--hosts", "0")).isEqualTo(2);
    assertThat(err.toString())
        .contains("line 1: 3 fields; expected id, cores")
        .contains("VM 1, sample 1: 'x' is not a percentage")
        .contains("line 1: For input string: \"two\"; expected numbers")
        .contains("holds no VM that fits a host")
        .contains("lr-mmt (LOCAL_REGRESSION) is for planetlab")
        .contains("--hosts 0: choose 1 to 10000");
  }
}
