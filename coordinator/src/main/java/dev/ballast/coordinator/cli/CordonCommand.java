package dev.ballast.coordinator.cli;

import dev.ballast.v1.SetCordonRequest;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Closes a host for VMs that are not there yet. */
@Command(name = "cordon", description = "Let no VM come to a host; those on it stay and run on.")
final class CordonCommand extends ApiCommand {
  @Parameters(paramLabel = "HOST")
  private String host = "";

  CordonCommand(BallastCli cli) {
    super(cli);
  }

  @Override
  int run(Session session) {
    SetCordonRequest request =
        SetCordonRequest.newBuilder().setHost(host).setCordoned(true).build();
    session.terminal().line(session.call(stub -> stub.setCordon(request)).getText());
    return ExitCode.DONE;
  }
}
