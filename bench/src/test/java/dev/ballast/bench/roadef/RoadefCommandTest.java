package dev.ballast.bench.roadef;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ballast.bench.BenchMain;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;
import picocli.CommandLine;

class RoadefCommandTest {
  /** Two machines, two processes of different services; both start on the overloaded first. */
  private static final String MODEL =
      """
      1
      0 10
      2
      0 0 10 2 0 1
      1 1 10 8 1 0
      2
      1 0
      1 0
      2
      0 4 1
      1 3 1
      0
      1 10 100
      """;

  @TempDir private Path directory = Path.of(".");
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @BeforeEach
  void files() throws IOException {
    Files.writeString(directory.resolve("model"), MODEL);
    Files.writeString(directory.resolve("assignment"), "0 0\n");
  }

  private int run(String... arguments) {
    CommandLine command = BenchMain.commandLine();
    command.setOut(new PrintWriter(out));
    command.setErr(new PrintWriter(err));
    return command.execute(arguments);
  }

  private String path(String name) {
    return directory.resolve(name).toString();
  }

  private int search(String... more) {
    String[] all = new String[5 + more.length];
    all[0] = "roadef";
    all[1] = "--model";
    all[2] = path("model");
    all[3] = "--assignment";
    all[4] = path("assignment");
    System.arraycopy(more, 0, all, 5, more.length);
    return run(all);
  }

  @Test
  void writesTheCheaperAssignmentAndItsFigures() throws IOException {
    // 7 on a safety of 2 cost 50; one process moved away leaves 10 or 20, and 111 or more to move
    Files.writeString(directory.resolve("model"), MODEL.replace("1 10 100", "1 1 1"));
    assertThat(search("--steps", "50000", "--threads", "2", "--out", path("new"), "-o", "json"))
        .isZero();
    assertThat(Files.readString(directory.resolve("new"))).isEqualTo("1 1\n");
    JsonNode figures = new ObjectMapper().readTree(out.toString());
    assertThat(figures.get("initialCost").longValue()).isEqualTo(50);
    assertThat(figures.get("cost").longValue()).isEqualTo(2 + 1 + 2);
    assertThat(figures.get("moves").intValue()).isEqualTo(2);
    assertThat(figures.get("steps").longValue()).isGreaterThanOrEqualTo(50_000);
    assertThat(figures.fieldNames())
        .toIterable()
        .contains("wallSeconds", "cpuSeconds", "peakHeapBytes");
  }

  @Test
  void staysWhereMovingCostsMoreThanItGains() throws IOException {
    assertThat(search("--steps", "50000", "--out", path("new"))).isZero();
    assertThat(Files.readString(directory.resolve("new"))).isEqualTo("0 0\n");
  }

  @Test
  void readsXz() throws IOException {
    try (OutputStream xz =
        new XZOutputStream(
            Files.newOutputStream(directory.resolve("model.xz")), new LZMA2Options())) {
      xz.write(MODEL.getBytes(java.nio.charset.StandardCharsets.US_ASCII));
    }
    String assignment = path("assignment");
    assertThat(
            run("roadef", "--model", path("model.xz"), "--assignment", assignment, "--steps", "1"))
        .isZero();
  }

  @Test
  void namesWhereAFileIsWrong() throws IOException {
    Files.writeString(directory.resolve("assignment"), "0 2\n");
    assertThat(search("--steps", "1")).isEqualTo(2);
    assertThat(err.toString()).contains("assignment: number 2: machine 2 is not within 0 to 1");
  }

  @Test
  void refusesAnInitialAssignmentThatBreaksCapacity() throws IOException {
    Files.writeString(directory.resolve("model"), MODEL.replace("0 0 10 2", "0 0 6 2"));
    assertThat(search("--steps", "1")).isEqualTo(2);
    assertThat(err.toString()).contains("assignment: machine 0 has too little room");
  }

  @Test
  void refusesSenselessBudgets() {
    assertThat(search("--steps", "0")).isEqualTo(2);
    assertThat(search("--seconds", "-1")).isEqualTo(2);
    assertThat(search("--steps", "1", "--threads", "0")).isEqualTo(2);
    assertThat(search()).isEqualTo(2);
    assertThat(err.toString()).contains("--steps 0", "--seconds -1.0", "--threads 0");
  }

  @Test
  void aMissingFileIsNamed() {
    assertThat(run("roadef", "--model", path("none"), "--assignment", "a", "--steps", "1"))
        .isEqualTo(2);
    assertThat(err.toString()).contains(path("none")).contains("check the path");
  }
}
