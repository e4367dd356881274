package dev.ballast.coordinator.cli;

import dev.ballast.v1.PlanRollbackRequest;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Undoes an operation by a plan. */
@Command(name = "rollback", description = "Undo what an operation did, by a plan of its own.")
final class RollbackCommand extends ApiCommand {
  @Parameters(paramLabel = "OPERATION")
  private String operation = "";

  @Mixin private final ChangeOptions change = new ChangeOptions();

  RollbackCommand(BallastCli cli) {
    super(cli);
  }

  @Override
  int run(Session session) {
    PlanRollbackRequest request =
        PlanRollbackRequest.newBuilder().setOperationId(operation).build();
    return change.carryOut(session, session.call(stub -> stub.planRollback(request)));
  }
}
