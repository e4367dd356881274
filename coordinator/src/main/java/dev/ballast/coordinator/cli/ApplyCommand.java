package dev.ballast.coordinator.cli;

import dev.ballast.v1.GetPlanRequest;
import dev.ballast.v1.PlanApplyRequest;
import dev.ballast.v1.PlanResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Carries out specifications or a plan. */
@Command(
    name = "apply",
    description =
        "Carry out specifications or a plan. Without --run, each agent says what it would do and"
            + " nothing is changed.")
final class ApplyCommand extends ApiCommand {
  @Option(
      names = "-f",
      paramLabel = "DIR|FILE",
      description = "Specifications in YAML, may be repeated; or one file written by --out.")
  private List<Path> places = new ArrayList<>();

  @Parameters(
      arity = "0..1",
      paramLabel = "PLAN|FILE",
      description = "A stored plan, or one in a file written by --out.")
  private String plan = "";

  @Option(names = "--prune", description = "Also remove VMs that the files no longer name.")
  private boolean prune;

  @Option(
      names = "--policy",
      paramLabel = "POLICY",
      description =
          "Where new VMs go: balance: where hosts stay even; consolidate: into hosts that are in"
              + " use; stable: where the least changes for VMs that run. Default: as the"
              + " coordinator's placement.policy says.")
  private @Nullable PolicyChoice policy;

  @Mixin private final ChangeOptions change = new ChangeOptions();

  ApplyCommand(BallastCli cli) {
    super(cli);
  }

  @Override
  void check() {
    if (plan.isEmpty() == places.isEmpty()) {
      throw new CliException(
          ExitCode.USAGE, "apply needs either -f DIR|FILE or a plan", "see 'ballast apply --help'");
    }
  }

  @Override
  int run(Session session) {
    return change.carryOut(session, plan.isEmpty() ? ofFiles(session) : ofPlan(session));
  }

  private PlanResponse ofFiles(Session session) {
    if (places.size() == 1 && PlanFile.isPlanFile(places.getFirst())) {
      refusePrune();
      return PlanFile.read(places.getFirst(), session);
    }
    PlanApplyRequest.Builder request =
        PlanApplyRequest.newBuilder().addAllFiles(SpecFiles.read(places)).setPrune(prune);
    if (policy != null) {
      request.setPolicy(policy.asked());
    }
    return session.call(stub -> stub.planApply(request.build()));
  }

  private PlanResponse ofPlan(Session session) {
    refusePrune();
    Path file = Path.of(plan);
    if (PlanFile.isPlanFile(file)) {
      return PlanFile.read(file, session);
    }
    if (Files.exists(file)) {
      throw new CliException(
          ExitCode.USAGE, plan + " is not a plan", "apply specifications with -f " + plan);
    }
    return session.call(stub -> stub.getPlan(GetPlanRequest.newBuilder().setPlanId(plan).build()));
  }

  private void refusePrune() {
    if (policy != null) {
      throw new CliException(
          ExitCode.USAGE, "--policy belongs to the making of a plan", "plan again with --policy");
    }
    if (prune) {
      throw new CliException(
          ExitCode.USAGE, "--prune belongs to the making of a plan", "plan again with --prune");
    }
  }
}
