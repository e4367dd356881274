package dev.ballast.coordinator.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ballast.v1.Action;
import dev.ballast.v1.Applied;
import dev.ballast.v1.ExecutePlanRequest;
import dev.ballast.v1.GetPlanRequest;
import dev.ballast.v1.OperationProgress;
import dev.ballast.v1.OperationState;
import dev.ballast.v1.Outcome;
import dev.ballast.v1.PlanResponse;
import dev.ballast.v1.SetGuestTime;
import dev.ballast.v1.WouldApply;
import io.grpc.Status;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code apply}: dry runs, execution, progress, and how the ends are told. */
class ApplyTest {
  private static final Outcome APPLIED =
      Outcome.newBuilder().setApplied(Applied.newBuilder().setBefore("no domain")).build();
  private static final Outcome WOULD_APPLY =
      Outcome.newBuilder().setWouldApply(WouldApply.newBuilder().setText("define web-1")).build();

  @TempDir Path folder;
  private final CliRun cli = new CliRun();
  private String spec = "";

  @BeforeEach
  void writeSpec() throws IOException {
    spec = Files.writeString(folder.resolve("web.yaml"), "kind: VM\n").toString();
    cli.coordinator.progress =
        List.of(
            progress(1, "sent", "define web-1 on h1", 0),
            done(1, "applied", "applied; before: no domain", APPLIED, 1),
            progress(2, "sent", "start web-1 on h1", 1),
            done(2, "applied", "applied; before: shut off", APPLIED, 2),
            ended(OperationState.OPERATION_STATE_APPLIED, 2, ""));
  }

  @AfterEach
  void close() {
    cli.close();
  }

  private static OperationProgress progress(int step, String state, String text, int done) {
    return OperationProgress.newBuilder()
        .setOperationId("op-9")
        .setState(OperationState.OPERATION_STATE_RUNNING)
        .setStep(step)
        .setStepState(state)
        .setText(text)
        .setStepsDone(done)
        .setStepsTotal(2)
        .build();
  }

  private static OperationProgress done(
      int step, String state, String text, Outcome outcome, int done) {
    return progress(step, state, text, done).toBuilder().setOutcome(outcome).build();
  }

  private static OperationProgress ended(OperationState state, int done, String detail) {
    return progress(0, "", detail, done).toBuilder().setState(state).build();
  }

  @Test
  void withoutRunAsksTheAgentsAndChangesNothing() {
    cli.coordinator.progress =
        List.of(
            done(1, "would-apply", "would define web-1", WOULD_APPLY, 1),
            done(2, "not-verifiable", "not verifiable before step 1", WOULD_APPLY, 2),
            ended(OperationState.OPERATION_STATE_VERIFIED, 2, ""));
    CliRun.Result result = cli.run("apply", "-f", spec);
    assertThat(result.exit()).isZero();
    assertThat(cli.coordinator.request(ExecutePlanRequest.class).getDryRun()).isTrue();
    Golden.check("apply-dry-run.txt", result.out());
  }

  @Test
  void runsThePlanAndShowsEachStep() {
    CliRun.Result result = cli.run("apply", "-f", spec, "--run");
    assertThat(result.err()).isEmpty();
    assertThat(result.exit()).isZero();
    ExecutePlanRequest request = cli.coordinator.request(ExecutePlanRequest.class);
    assertThat(request.getDryRun()).isFalse();
    assertThat(request.getPlanId()).isEqualTo("plan-5");
    Golden.check("apply-run.txt", result.out());
  }

  @Test
  void whatNoPlanTakesBackIsSaidSo() {
    PlanResponse plan = Cluster.plan();
    Action forGood =
        Action.newBuilder().setSetGuestTime(SetGuestTime.newBuilder().setVm("web-1")).build();
    PlanResponse.Builder changed = plan.toBuilder();
    changed.getStepsBuilderList().forEach(step -> step.getPlannedBuilder().setAction(forGood));
    cli.coordinator.plan = changed.build();

    CliRun.Result result = cli.run("apply", "-f", spec, "--run");

    assertThat(result.out()).contains("It is final").doesNotContain("To undo it");
  }

  @Test
  void rewritesOneLineOnATerminal() {
    Golden.check("apply-run-live.txt", cli.runLive("apply", "-f", spec, "--run").out());
  }

  @Test
  void doesNothingForAnEmptyPlan() {
    cli.coordinator.plan = PlanResponse.getDefaultInstance();
    CliRun.Result result = cli.run("apply", "-f", spec, "--run");
    assertThat(result.exit()).isZero();
    assertThat(result.out()).startsWith("Nothing to do");
    assertThat(cli.coordinator.received(ExecutePlanRequest.class)).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "OPERATION_STATE_APPLIED, 0, op-9 applied: 1 of 2 steps; because",
    "OPERATION_STATE_VERIFIED, 0, op-9 verified",
    "OPERATION_STATE_UNDONE, 1, op-9 undone: 1 of 2 steps; because",
    "OPERATION_STATE_FAILED, 1, op-9 failed",
    "OPERATION_STATE_NEEDS_ATTENTION, 1, op-9 needs-attention",
    "OPERATION_STATE_REFUSED, 4, op-9 refused"
  })
  void tellsTheEndBySentenceAndExitCode(OperationState state, int exit, String sentence) {
    cli.coordinator.progress = List.of(ended(state, 1, "because"));
    CliRun.Result result = cli.run("apply", "plan-5", "--run");
    assertThat(result.exit()).isEqualTo(exit);
    assertThat(result.out()).contains(sentence);
  }

  @Test
  void aRefusedDryRunIsARefusal() {
    cli.coordinator.progress = List.of(ended(OperationState.OPERATION_STATE_REFUSED, 0, "stale"));
    CliRun.Result result = cli.run("apply", "plan-5");
    assertThat(result.exit()).isEqualTo(ExitCode.REFUSED);
    assertThat(result.out()).contains("Dry run refused").contains("Nothing was changed");
  }

  @Test
  void aLostConnectionSaysThatTheOperationGoesOn() {
    cli.coordinator.progress =
        List.of(progress(1, "sent", "define web-1", 0), progress(2, "waiting", "start", 0));
    cli.coordinator.fail(
        ExecutePlanRequest.class,
        Status.UNAVAILABLE.withDescription("network closed for unknown reason"));
    CliRun.Result result = cli.run("apply", "plan-5", "--run");
    assertThat(result.exit()).isEqualTo(ExitCode.UNREACHABLE);
    assertThat(result.err())
        .contains("the connection to 127.0.0.1:7443 ended")
        .contains("op-9 goes on at the coordinator")
        .contains("'ballast operations op-9'");
  }

  @Test
  void aStreamWithoutEndIsNoSuccess() {
    cli.coordinator.progress = List.of(progress(1, "sent", "define web-1", 0));
    CliRun.Result result = cli.run("apply", "plan-5", "--run");
    assertThat(result.exit()).isEqualTo(ExitCode.UNREACHABLE);
    assertThat(result.err()).contains("before the end").contains("'ballast operations op-9'");
  }

  @Test
  void appliesThePlanOfAFileIfTheCoordinatorHoldsTheSame() throws IOException {
    Path file = folder.resolve("my.plan");
    assertThat(cli.run("plan", "-f", spec, "--out", file.toString()).exit()).isZero();
    for (String[] words :
        List.of(
            new String[] {"apply", file.toString(), "--run"},
            new String[] {"apply", "-f", file.toString(), "--run"})) {
      assertThat(cli.run(words).exit()).isZero();
      assertThat(cli.coordinator.request(GetPlanRequest.class).getPlanId()).isEqualTo("plan-5");
    }
    cli.coordinator.requests.clear();

    cli.coordinator.plan = cli.coordinator.plan.toBuilder().setParentVersion(99).build();
    CliRun.Result other = cli.run("apply", file.toString(), "--run");
    assertThat(other.exit()).isEqualTo(ExitCode.REFUSED);
    assertThat(other.err()).contains("plan-5 is another plan than the one in " + file);

    Files.writeString(file, Files.readString(file).replace("{", "["));
    CliRun.Result damaged = cli.run("apply", file.toString(), "--run");
    assertThat(damaged.exit()).isEqualTo(ExitCode.USAGE);
    assertThat(damaged.err()).contains("is a damaged plan");
    assertThat(cli.coordinator.received(ExecutePlanRequest.class)).isFalse();
  }

  @Test
  void refusesWhatIsNeitherSpecificationNorPlan() {
    CliRun.Result none = cli.run("apply");
    assertThat(none.exit()).isEqualTo(ExitCode.USAGE);
    assertThat(none.err()).contains("either -f DIR|FILE or a plan");
    CliRun.Result both = cli.run("apply", "plan-5", "-f", spec);
    assertThat(both.exit()).isEqualTo(ExitCode.USAGE);
    CliRun.Result notPlan = cli.run("apply", spec);
    assertThat(notPlan.exit()).isEqualTo(ExitCode.USAGE);
    assertThat(notPlan.err()).contains("apply specifications with -f " + spec);
    assertThat(cli.run("apply", "plan-5", "--prune").exit()).isEqualTo(ExitCode.USAGE);
    assertThat(cli.coordinator.requests).isEmpty();
  }

  @Test
  void anInterruptionTellsTheTruth() {
    Terminal terminal = new Terminal(null, null, false, 80, null);
    ProgressPrinter printer = new ProgressPrinter(terminal, Cluster.plan(), false);
    assertThat(printer.interrupted()).isEqualTo("ballast: interrupted; nothing was sent");
    printer.sent();
    assertThat(printer.interrupted()).contains("goes on at the coordinator");
    ProgressPrinter dry = new ProgressPrinter(terminal, Cluster.plan(), true);
    dry.sent();
    assertThat(dry.interrupted()).contains("a dry run changes nothing");
  }
}
