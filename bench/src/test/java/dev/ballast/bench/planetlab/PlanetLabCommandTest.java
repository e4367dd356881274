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
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class PlanetLabCommandTest {
  @TempDir private Path folder;

  private final StringWriter err = new StringWriter();

  /** Noisy VMs around 12 % of their CPU, like the recorded ones. */
  private Path day(String name, int vms) throws IOException {
    List<String> lines = new ArrayList<>();
    long state = 1;
    for (int vm = 0; vm < vms; vm++) {
      List<String> samples = new ArrayList<>();
      for (int tick = 0; tick < 96; tick++) {
        state = state * 6364136223846793005L + 1442695040888963407L;
        samples.add(Long.toString((state >>> 40) % 25));
      }
      lines.add("vm" + vm + " " + String.join(" ", samples));
    }
    return Files.write(folder.resolve(name), lines);
  }

  private String output(String... arguments) {
    StringWriter out = new StringWriter();
    CommandLine command =
        BenchMain.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
    assertThat(command.execute(arguments)).as(err.toString()).isZero();
    return out.toString();
  }

  private JsonNode run(Path trace, String memory, String policy) throws IOException {
    return new ObjectMapper()
        .readTree(
            output(
                "planetlab",
                "--trace",
                trace.toString(),
                "--memory",
                memory,
                "--policy",
                policy,
                "-o",
                "json"));
  }

  private static double figure(JsonNode figures, String name) {
    return figures.get(name).doubleValue();
  }

  @Test
  void consolidatingTakesLessEnergyThanBalancingAndMoreThanTheFloor() throws IOException {
    Path day = day("day.txt", 300);
    JsonNode packed = run(day, "ignore", "consolidate");
    JsonNode stable = run(day, "ignore", "stable");
    JsonNode balanced = run(day, "ignore", "balance");

    assertThat(figure(packed, "energyToFloor")).isBetween(1.0, 1.4);
    assertThat(figure(stable, "energyKwh")).isGreaterThan(figure(packed, "energyKwh"));
    assertThat(figure(balanced, "energyKwh")).isGreaterThan(2 * figure(stable, "energyKwh"));
    assertThat(figure(packed, "slatah")).isBetween(0.0, 0.08);
    assertThat(figure(packed, "slav"))
        .isCloseTo(figure(packed, "slatah") * figure(packed, "pdm"), within(1e-15));
    assertThat(figure(packed, "esv"))
        .isCloseTo(figure(packed, "slav") * figure(packed, "energyKwh"), within(1e-12));
    assertThat(figure(packed, "cpuSeconds")).isPositive();
  }

  @Test
  void enforcedMemoryNeedsTheHostsThatHoldIt() throws IOException {
    JsonNode figures = run(day("day.txt", 300), "enforce", "consolidate");

    // 75 · (870 + 1740 + 1740 + 613) MB of 4096
    assertThat(figure(figures, "meanHosts")).isBetween(91.0, 96.0);
    assertThat(figure(figures, "energyToFloor")).isBetween(1.0, 1.05);
    assertThat(figures.get("refusedMoves").intValue()).isZero();
  }

  @Test
  void theSameInputGivesTheSameFigures() throws IOException {
    Path day = day("day.txt", 120);
    assertThat(run(day, "ignore", "consolidate").get("energyKwh"))
        .isEqualTo(run(day, "ignore", "consolidate").get("energyKwh"));
  }

  @Test
  void aFolderIsRunDayByDay() throws IOException {
    day("b.txt", 40);
    day("a.txt", 40);

    String out = output("planetlab", "--trace", folder.toString());

    assertThat(out.lines().skip(1).map(line -> line.replaceAll(" .*", "")))
        .containsExactly("a.txt", "b.txt", "peak");
    assertThat(
            new ObjectMapper()
                .readTree(output("planetlab", "--trace", folder.toString(), "-o", "json"))
                .get("runs"))
        .hasSize(2);
  }

  @Test
  void theFrontHoldsTheCheapestAndLeavesOutWhatIsBeaten() throws IOException {
    JsonNode runs =
        new ObjectMapper()
            .readTree(
                output(
                    "planetlab",
                    "--trace",
                    day("day.txt", 200).toString(),
                    "--memory",
                    "ignore",
                    "--pareto",
                    "-o",
                    "json"))
            .get("runs");

    assertThat(runs).hasSize(12);
    double least = Double.MAX_VALUE;
    boolean leastIsOnFront = false;
    for (JsonNode run : runs) {
      if (figure(run, "energyKwh") < least) {
        least = figure(run, "energyKwh");
        leastIsOnFront = run.get("onFront").booleanValue();
      }
    }
    assertThat(leastIsOnFront).isTrue();
  }

  @Test
  void theReferenceRunsOnlyAsCloudSimDoes() throws IOException {
    Path day = day("day.txt", 100);
    JsonNode figures = run(day, "ignore", "lr-mmt");

    assertThat(figures.get("policy").textValue()).isEqualTo("lr-mmt");
    assertThat(figure(figures, "energyKwh"))
        .isGreaterThan(figure(run(day, "ignore", "consolidate"), "energyKwh"));
    CommandLine command = BenchMain.commandLine().setErr(new PrintWriter(err));
    assertThat(command.execute("planetlab", "--trace", day.toString(), "--policy", "thr-mmt"))
        .isEqualTo(2);
    assertThat(err.toString()).contains("thr-mmt runs as CloudSim does; add --memory ignore");
  }

  @Test
  void aRunThatIsWorseInAllIsNotOnTheFront() {
    Map<String, Object> good = run(1, 0.1, 10);
    Map<String, Object> equal = run(1, 0.1, 10);
    Map<String, Object> other = run(2, 0.05, 10);
    Map<String, Object> bad = run(2, 0.1, 10);

    Front.mark(List.of(good, equal, other, bad));

    assertThat(List.of(good, equal, other)).allMatch(run -> run.get("onFront").equals(true));
    assertThat(bad).containsEntry("onFront", false);
  }

  private static Map<String, Object> run(double energy, double slatah, int migrations) {
    return new HashMap<>(Map.of("energyKwh", energy, "slatah", slatah, "migrations", migrations));
  }

  @Test
  void malformedTracesAreNamed() throws IOException {
    assertThat(failure("vm1 1 2 3\nvm2 1 101 3\n")).contains("VM 2, sample 2: '101'");
    assertThat(failure("vm1 1 2 3\nvm2 1 2\n")).contains("VM 2: 2 samples, the first has 3");
    assertThat(failure("\n")).contains("holds no VM");
    assertThat(failure("vm1\n")).contains("VM 1: no sample");
    CommandLine command = BenchMain.commandLine().setErr(new PrintWriter(err));
    assertThat(command.execute("planetlab", "--trace", folder.resolve("none").toString()))
        .isEqualTo(2);
    assertThat(err.toString()).contains("none: cannot be read");
  }

  private String failure(String content) throws IOException {
    Path file = Files.writeString(folder.resolve("bad.txt"), content);
    StringWriter said = new StringWriter();
    CommandLine command = BenchMain.commandLine().setErr(new PrintWriter(said));
    assertThat(command.execute("planetlab", "--trace", file.toString())).isEqualTo(2);
    return said.toString();
  }

  @Test
  void vmTypesAreQuartersInOrder() {
    List<Trace> traces =
        IntStream.range(0, 6).mapToObj(vm -> new Trace("vm" + vm, new float[] {0})).toList();

    assertThat(
            StandardFleet.vms(traces).stream()
                .map(vm -> (int) vm.mips())
                .collect(Collectors.toList()))
        .containsExactly(2500, 2500, 2000, 2000, 1000, 1000);
    assertThat(StandardFleet.hosts()).hasSize(800);
  }
}
