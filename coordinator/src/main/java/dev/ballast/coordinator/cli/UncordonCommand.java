package dev.ballast.coordinator.cli;

import dev.ballast.v1.SetCordonRequest;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Opens a host again. */
@Command(name = "uncordon", description = "Let VMs come to a cordoned host again.")
final class UncordonCommand extends ApiCommand {
  @Parameters(paramLabel = "HOST")
  private String host = "";

  UncordonCommand(BallastCli cli) {
    super(cli);
  }

  @Override
  int run(Session session) {
    SetCordonRequest request =
        SetCordonRequest.newBuilder().setHost(host).setCordoned(false).build();
    session.terminal().line(session.call(stub -> stub.setCordon(request)).getText());
    return ExitCode.DONE;
  }
}
