package dev.ballast.coordinator.cli;

import dev.ballast.v1.AbortOperationRequest;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Stops a running operation. */
@Command(
    name = "abort",
    description = {
      "Stop a running operation: nothing more of it is sent, a migration is given up with its guest"
          + " unharmed where it was, and what can be undone is undone."
    })
final class AbortCommand extends ApiCommand {
  @Parameters(paramLabel = "OPERATION")
  private String operation = "";

  AbortCommand(BallastCli cli) {
    super(cli);
  }

  @Override
  int run(Session session) {
    AbortOperationRequest request =
        AbortOperationRequest.newBuilder().setOperationId(operation).build();
    session.terminal().line(session.call(stub -> stub.abortOperation(request)).getText());
    return ExitCode.DONE;
  }
}
