package dev.ballast.coordinator.cli;

import dev.ballast.v1.PlanDrainRequest;
import dev.ballast.v1.PlanResponse;
import dev.ballast.v1.SetCordonRequest;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Empties a host. */
@Command(
    name = "drain",
    description = {
      "Move all running VMs off a host, one after the other, for maintenance.",
      "With --run the host is cordoned first, so that nothing comes back; 'uncordon' opens it again."
          + " VMs that do not run stay on it."
    })
final class DrainCommand extends ApiCommand {
  @Parameters(paramLabel = "HOST")
  private String host = "";

  @Mixin private final MigrationOptions migration = new MigrationOptions();

  @Mixin private final ChangeOptions change = new ChangeOptions();

  DrainCommand(BallastCli cli) {
    super(cli);
  }

  @Override
  int run(Session session) {
    PlanDrainRequest.Builder request = PlanDrainRequest.newBuilder().setHost(host);
    migration.limits().ifPresent(request::setLimits);
    PlanResponse plan = session.call(stub -> stub.planDrain(request.build()));
    if (change.runs() && new PlanFlow(session).isPlan(plan)) {
      SetCordonRequest cordon =
          SetCordonRequest.newBuilder().setHost(host).setCordoned(true).build();
      session.terminal().line(session.call(stub -> stub.setCordon(cordon)).getText());
    }
    return change.carryOut(session, plan);
  }
}
