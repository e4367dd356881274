package dev.ballast.coordinator.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ballast.v1.ExecutePlanRequest;
import dev.ballast.v1.Fault;
import dev.ballast.v1.PlanApplyRequest;
import dev.ballast.v1.PlanResponse;
import dev.ballast.v1.SpecFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code plan}: which files are sent, and what comes of them. */
class PlanningTest {
  @TempDir Path folder;
  private final CliRun cli = new CliRun();

  @AfterEach
  void close() {
    cli.close();
  }

  private Path write(String name, String content) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, content);
  }

  @Test
  void sendsAllSpecificationsOfAFolderInOrder() throws IOException {
    write("b.yml", "b");
    write("a.yaml", "a");
    write("sub/c.YAML", "c");
    write("note.txt", "no");
    write(".hidden.yaml", "no");
    write(".git/d.yaml", "no");
    CliRun.Result result = cli.run("plan", "-f", folder.toString(), "--prune");
    assertThat(result.exit()).isZero();
    PlanApplyRequest request = cli.coordinator.request(PlanApplyRequest.class);
    assertThat(request.getFilesList())
        .extracting(SpecFile::getContent)
        .containsExactly("a", "b", "c");
    assertThat(request.getFiles(0).getPath()).isEqualTo(folder.resolve("a.yaml").toString());
    assertThat(request.getPrune()).isTrue();
    assertThat(result.out())
        .isEqualTo(cli.coordinator.plan.getText() + "To do it: ballast apply plan-5 --run\n");
  }

  @Test
  void saysByItsExitCodeWhetherAnythingWouldChange() throws IOException {
    String file = write("a.yaml", "a").toString();
    assertThat(cli.run("plan", "-f", file, "--exit-code").exit()).isEqualTo(ExitCode.DIFFERENT);
    cli.coordinator.plan = PlanResponse.getDefaultInstance();
    CliRun.Result result = cli.run("plan", "-f", file, "--exit-code");
    assertThat(result.exit()).isEqualTo(ExitCode.DONE);
    assertThat(result.out()).isEqualTo("Nothing to do: everything is as it should be.\n");
  }

  @Test
  void printsAllFaultsWithTheirPlaces() throws IOException {
    String file = write("a.yaml", "a").toString();
    cli.coordinator.plan =
        PlanResponse.newBuilder()
            .addFaults(
                Fault.newBuilder()
                    .setPath("a.yaml")
                    .setLine(3)
                    .setColumn(1)
                    .setMessage("unknown key 'vcpu'")
                    .setHint("did you mean 'vcpus'?"))
            .addFaults(Fault.newBuilder().setPath("b.yaml").setMessage("is empty"))
            .build();
    for (String command : new String[] {"plan", "apply"}) {
      CliRun.Result result = cli.run(command, "-f", file);
      assertThat(result.exit()).isEqualTo(ExitCode.USAGE);
      assertThat(result.out()).isEmpty();
      assertThat(result.err())
          .isEqualTo(
              """
              a.yaml:3:1: unknown key 'vcpu' (did you mean 'vcpus'?)
              b.yaml: is empty
              ballast: 2 faults; nothing was changed
              """);
    }
    assertThat(cli.coordinator.received(ExecutePlanRequest.class)).isFalse();
  }

  @Test
  void problemsAgainstAPlanAreARefusal() throws IOException {
    String file = write("a.yaml", "a").toString();
    cli.coordinator.plan =
        cli.coordinator.plan.toBuilder().addProblems("web-1 fits on no host").build();
    CliRun.Result result = cli.run("apply", "-f", file, "--run");
    assertThat(result.exit()).isEqualTo(ExitCode.REFUSED);
    assertThat(result.err())
        .isEqualTo(
            """
            web-1 fits on no host
            ballast: 1 problem against this plan; nothing was changed
            """);
    assertThat(cli.coordinator.received(ExecutePlanRequest.class)).isFalse();
  }

  @Test
  void printsThePlanAsADocument() throws IOException {
    String file = write("a.yaml", "a").toString();
    CliRun.Result result = cli.run("plan", "-f", file, "-o", "json");
    assertThat(result.exit()).isZero();
    Golden.check("plan.json", result.out());
  }

  @Test
  void refusesFilesThatCannotBeSent() throws IOException {
    Path empty = Files.createDirectory(folder.resolve("empty"));
    assertFault("holds no *.yaml file", empty);
    assertFault("cannot be read", folder.resolve("missing.yaml"));
    Path binary = Files.write(folder.resolve("x.yaml"), new byte[] {(byte) 0xff, 0, 1});
    assertFault("is not UTF-8 text", binary);
    assertFault("is larger than 1 MiB", write("big.yaml", "x".repeat((1 << 20) + 1)));
    assertThat(cli.coordinator.requests).isEmpty();
  }

  private void assertFault(String message, Path place) {
    CliRun.Result result = cli.run("plan", "-f", place.toString());
    assertThat(result.exit()).isEqualTo(ExitCode.USAGE);
    assertThat(result.err()).startsWith("ballast: " + place + " " + message).hasLineCount(1);
  }

  @Test
  void planNeedsFiles() {
    CliRun.Result result = cli.run("plan");
    assertThat(result.exit()).isEqualTo(ExitCode.USAGE);
    assertThat(result.err()).contains("-f").endsWith("see 'ballast plan --help'\n");
  }
}
