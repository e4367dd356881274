package dev.ballast.coordinator.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ballast.v1.ExecutePlanRequest;
import dev.ballast.v1.OperationProgress;
import dev.ballast.v1.OperationState;
import dev.ballast.v1.PlanAdoptRequest;
import dev.ballast.v1.PlanAdoptResponse;
import dev.ballast.v1.PlanResponse;
import dev.ballast.v1.SpecFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AdoptTest {
  private final CliRun cli = new CliRun();
  @TempDir private Path temporary;
  private Path folder;

  @BeforeEach
  void twoVms() {
    folder = temporary.resolve("specs");
    cli.coordinator.adoption =
        PlanAdoptResponse.newBuilder()
            .setPlan(
                PlanResponse.newBuilder()
                    .setPlanId("plan-3")
                    .setTitle("adopt 2 VMs of h1 as they are")
                    .setText("adopt 2 VMs of h1 as they are\n\n0 steps on 0 hosts\n"))
            .addFiles(SpecFile.newBuilder().setPath("a.yaml").setContent("kind: VM\nname: a\n"))
            .addFiles(SpecFile.newBuilder().setPath("b.yaml").setContent("kind: VM\nname: b\n"))
            .addLeftAlone("c: is transient")
            .addNetworks("default: nat 192.0.2.1/24 on virbr0: stays its owner's")
            .build();
    cli.coordinator.progress =
        List.of(
            OperationProgress.newBuilder()
                .setOperationId("op-1")
                .setState(OperationState.OPERATION_STATE_APPLIED)
                .build());
  }

  @AfterEach
  void close() {
    cli.close();
  }

  @Test
  void withoutRunNothingIsWrittenOrRemembered() {
    CliRun.Result result = cli.run("adopt", "h1", "-d", folder.toString());

    assertThat(result.exit()).isZero();
    assertThat(result.out())
        .contains("0 steps", "would be written: " + folder.resolve("a.yaml"), "name: b")
        .contains("Nothing was written, remembered or changed")
        .contains("ballast adopt h1 --dir " + folder + " --run");
    assertThat(result.err())
        .contains("left alone: c: is transient")
        .contains("libvirt network default: nat 192.0.2.1/24 on virbr0: stays its owner's");
    assertThat(folder).doesNotExist();
    assertThat(cli.coordinator.received(ExecutePlanRequest.class)).isFalse();
  }

  @Test
  void withRunFilesAreWrittenAndThePlanIsExecuted() throws Exception {
    CliRun.Result result =
        cli.run("adopt", "h1", "a", "b", "--keep-pins", "-d", folder.toString(), "--run");

    assertThat(result.exit()).as(result.err()).isZero();
    PlanAdoptRequest request = cli.coordinator.request(PlanAdoptRequest.class);
    assertThat(request.getHost()).isEqualTo("h1");
    assertThat(request.getVmsList()).containsExactly("a", "b");
    assertThat(request.getKeepPins()).isTrue();
    assertThat(cli.coordinator.request(ExecutePlanRequest.class).getPlanId()).isEqualTo("plan-3");
    assertThat(cli.coordinator.request(ExecutePlanRequest.class).getDryRun()).isFalse();
    assertThat(folder.resolve("b.yaml")).hasContent("kind: VM\nname: b\n");
    assertThat(
            PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("a.yaml"))))
        .isEqualTo("rw-------");
    try (var files = Files.list(folder)) {
      assertThat(files).hasSize(2);
    }
  }

  @Test
  void filesThatAreThereAreKept() throws Exception {
    Files.createDirectories(folder);
    Files.writeString(folder.resolve("b.yaml"), "mine");

    CliRun.Result refused = cli.run("adopt", "h1", "-d", folder.toString(), "--run");

    assertThat(refused.exit()).isEqualTo(ExitCode.USAGE);
    assertThat(refused.err()).contains("b.yaml is there already", "--force");
    assertThat(folder.resolve("a.yaml")).doesNotExist();
    assertThat(folder.resolve("b.yaml")).hasContent("mine");
    assertThat(cli.coordinator.received(ExecutePlanRequest.class)).isFalse();
    assertThat(cli.run("adopt", "h1", "-d", folder.toString(), "--run", "--force").exit()).isZero();
    assertThat(folder.resolve("b.yaml")).hasContent("kind: VM\nname: b\n");
  }

  @Test
  void runNeedsAFolder() {
    assertThat(cli.run("adopt", "h1", "--run").exit()).isEqualTo(ExitCode.USAGE);
    assertThat(cli.coordinator.received(PlanAdoptRequest.class)).isFalse();
  }

  @Test
  void problemsAreToldAndNothingIsWritten() {
    cli.coordinator.adoption =
        PlanAdoptResponse.newBuilder()
            .setPlan(PlanResponse.newBuilder().addProblems("c: is transient"))
            .build();

    CliRun.Result refused = cli.run("adopt", "h1", "c", "-d", folder.toString(), "--run");

    assertThat(refused.exit()).isEqualTo(ExitCode.REFUSED);
    assertThat(refused.err()).contains("c: is transient");
    assertThat(folder).doesNotExist();
  }

  @Test
  void namesThatLeaveTheFolderAreRefused() {
    cli.coordinator.adoption =
        PlanAdoptResponse.newBuilder()
            .setPlan(PlanResponse.newBuilder().setPlanId("plan-3"))
            .addFiles(SpecFile.newBuilder().setPath("../x.yaml"))
            .build();

    assertThat(cli.run("adopt", "h1", "-d", folder.toString(), "--run").exit())
        .isEqualTo(ExitCode.FAILED);
    assertThat(temporary.resolve("x.yaml")).doesNotExist();
  }

  @Test
  void nothingToAdoptIsNoFault() {
    cli.coordinator.adoption = PlanAdoptResponse.getDefaultInstance();

    CliRun.Result result = cli.run("adopt", "h1");

    assertThat(result.exit()).isZero();
    assertThat(result.out()).contains("Nothing to adopt");
    assertThat(cli.run("adopt", "h1", "-o", "json").out()).contains("\"leftAlone\": []");
  }
}
