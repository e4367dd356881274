package dev.ballast.coordinator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ballast.coordinator.config.CoordinatorConfig;
import dev.ballast.coordinator.store.StoreException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class CoordinatorMainTest {
  @TempDir private Path directory;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... arguments) {
    CommandLine commands = CoordinatorMain.commandLine();
    commands.setOut(new PrintWriter(out, true));
    commands.setErr(new PrintWriter(err, true));
    return commands.execute(arguments);
  }

  private String dir() {
    return directory.resolve("cluster").toString();
  }

  private String config() {
    return dir() + "/coordinator.yaml";
  }

  private int init() {
    return run(
        "init",
        "--dir",
        dir(),
        "--cluster",
        "lab",
        "--address",
        "127.0.0.1",
        "--host",
        "h1",
        "--operator",
        "admin",
        "--state-root",
        directory.resolve("state").toString());
  }

  @Test
  void initThenCheckThenCertify() {
    assertThat(init()).isZero();
    assertThat(out.toString())
        .contains("The files of cluster 'lab' are in " + dir())
        .contains("copy " + dir() + "/hosts/h1/ to /etc/ballast");
    assertThat(run("check-config", "--config", config())).isZero();
    assertThat(out.toString()).contains(config() + " is correct: listens on 0.0.0.0:7443");
    assertThat(run("certify", "host", "h2", "--dir", dir())).isZero();
    assertThat(run("certify", "operator", "eve", "--dir", dir())).isZero();
    assertThat(Path.of(dir(), "operators/eve/config.yaml")).exists();
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void faultsAreToldInOneLineEachAndExitWith2() throws IOException {
    assertThat(init()).isZero();
    assertThat(init()).isEqualTo(2);
    assertThat(err.toString()).contains("nothing is overwritten").doesNotContain("\tat ");
    Files.writeString(Path.of(config()), "lisen: 0.0.0.0:7443\nautomation: maybe\n");
    assertThat(run("check-config", "--config", config())).isEqualTo(2);
    assertThat(err.toString())
        .contains(config() + ":1: unknown key 'lisen'; did you mean 'listen'?")
        .contains(config() + ":2: key 'automation' must be off, recommend, auto");
    assertThat(run("run", "--config", dir() + "/none.yaml")).isEqualTo(2);
    assertThat(run("certify", "dog", "h2")).isEqualTo(2);
    assertThat(run("frobnicate")).isEqualTo(2);
  }

  @Test
  void aMissingCertificateIsNamed() throws IOException {
    init();
    Files.delete(Path.of(dir(), "pki/coordinator.key"));
    assertThat(run("check-config", "--config", config())).isEqualTo(2);
    assertThat(err.toString()).contains(dir() + "/pki/coordinator.key");
  }

  @Test
  void recoverTellsTheNextTermAndNeedsTheStoreForItself() throws Exception {
    init();
    assertThat(run("recover", "--config", config(), "--term-at-least", "41")).isZero();
    assertThat(out.toString()).contains("the next coordinator takes term 42");
    assertThat(run("recover", "--config", config(), "--term-at-least", "-1")).isEqualTo(2);
    Files.writeString(
        Path.of(config()),
        Files.readString(Path.of(config())).replace("0.0.0.0:7443", "127.0.0.1:0"));
    try (Coordinator running = Coordinator.open(CoordinatorConfig.load(Path.of(config())))) {
      running.start();
      assertThat(running.port()).isPositive();
      assertThat(run("recover", "--config", config())).isEqualTo(1);
      assertThat(err.toString()).contains("is in use by another process");
    }
    assertThat(run("recover", "--config", config())).isZero();
  }

  @Test
  void aStoreOfAnotherClusterIsRefused() throws Exception {
    init();
    Coordinator.open(CoordinatorConfig.load(Path.of(config()))).close();
    String other = directory.resolve("other").toString();
    run(
        "init",
        "--dir",
        other,
        "--cluster",
        "other",
        "--address",
        "127.0.0.1",
        "--state-root",
        directory.resolve("state").toString());
    CoordinatorConfig config = CoordinatorConfig.load(Path.of(other, "coordinator.yaml"));
    assertThatThrownBy(() -> Coordinator.open(config))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("belongs to cluster 'lab'");
  }

  @Test
  void theVersionNamesTheContract() {
    assertThat(run("version")).isZero();
    assertThat(out.toString()).startsWith("ballast-coordinator ").contains("contract 1 to 1");
  }
}
