package dev.ballast.coordinator.cli;

import dev.ballast.v1.GetPlanRequest;
import dev.ballast.v1.ListPlansRequest;
import dev.ballast.v1.ListPlansResponse;
import dev.ballast.v1.PlanResponse;
import dev.ballast.v1.PlanSummary;
import java.time.ZoneId;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Stored plans, recommendations among them. */
@Command(name = "plans", description = "List stored plans and recommendations, or show one.")
final class PlansCommand extends ApiCommand {
  @Mixin private final OutputOption output = new OutputOption();

  @Parameters(arity = "0..1", paramLabel = "PLAN", description = "Show this one.")
  private String plan = "";

  PlansCommand(BallastCli cli) {
    super(cli);
  }

  @Override
  int run(Session session) {
    if (!plan.isEmpty()) {
      PlanResponse one =
          session.call(stub -> stub.getPlan(GetPlanRequest.newBuilder().setPlanId(plan).build()));
      output.print(session, one, (message, wide) -> session.terminal().block(message.getText()));
      return ExitCode.DONE;
    }
    ListPlansResponse plans =
        session.call(stub -> stub.listPlans(ListPlansRequest.getDefaultInstance()));
    ZoneId zone = session.surroundings().clock().getZone();
    output.print(session, plans, (message, wide) -> print(message, zone, session.terminal()));
    return ExitCode.DONE;
  }

  private static void print(ListPlansResponse plans, ZoneId zone, Terminal terminal) {
    if (plans.getPlansCount() == 0) {
      terminal.line("No plan is stored.");
      return;
    }
    Table table = new Table("PLAN", "STATE", "ORIGIN", "STEPS", "MADE", "TITLE");
    for (PlanSummary summary : plans.getPlansList()) {
      table.row(
          summary.getPlanId(),
          summary.getState(),
          summary.getOrigin(),
          String.valueOf(summary.getStepCount()),
          Words.time(summary.getCreatedEpochMillis(), zone),
          summary.getTitle());
    }
    table.print(terminal);
  }
}
