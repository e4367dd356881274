package dev.ballast.coordinator.cli;

import dev.ballast.v1.PlanApplyRequest;
import dev.ballast.v1.PlanResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Says what applying specifications would do. */
@Command(name = "plan", description = "Show what applying specifications would do.")
final class PlanCommand extends ApiCommand {
  @Option(
      names = "-f",
      required = true,
      paramLabel = "DIR|FILE",
      description = "Specifications in YAML; may be repeated.")
  private List<Path> places = new ArrayList<>();

  @Option(names = "--prune", description = "Also remove VMs that the files no longer name.")
  private boolean prune;

  @Option(names = "--exit-code", description = "Exit with 5 if the plan would change anything.")
  private boolean exitCode;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "Write the plan into a file for 'ballast apply FILE'.")
  private @Nullable Path out;

  @Mixin private final OutputOption output = new OutputOption();

  PlanCommand(BallastCli cli) {
    super(cli);
  }

  @Override
  int run(Session session) {
    PlanApplyRequest request =
        PlanApplyRequest.newBuilder().addAllFiles(SpecFiles.read(places)).setPrune(prune).build();
    PlanResponse plan = session.call(stub -> stub.planApply(request));
    PlanFlow flow = new PlanFlow(session);
    if (output.isDocument()) {
      Documents.print(plan, output.format, session.terminal());
    }
    if (!flow.isPlan(plan)) {
      return flow.refuse(plan);
    }
    if (out != null) {
      PlanFile.write(out, plan);
    }
    if (!output.isDocument()) {
      flow.show(plan);
      if (PlanFlow.changesSomething(plan)) {
        session.terminal().line("To do it: ballast apply " + plan.getPlanId() + " --run");
      }
    }
    return exitCode && PlanFlow.changesSomething(plan) ? ExitCode.DIFFERENT : ExitCode.DONE;
  }
}
