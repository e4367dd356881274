package dev.ballast.coordinator.cli;

import dev.ballast.v1.ExplainRequest;
import dev.ballast.v1.ExplainResponse;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Why a VM is where it is. */
@Command(
    name = "explain",
    description = "Say why a VM is where it is, and what was decided about it.")
final class ExplainCommand extends ApiCommand {
  @Mixin private final OutputOption output = new OutputOption();

  @Parameters(paramLabel = "VM")
  private String vm = "";

  ExplainCommand(BallastCli cli) {
    super(cli);
  }

  @Override
  int run(Session session) {
    ExplainResponse response =
        session.call(stub -> stub.explain(ExplainRequest.newBuilder().setVm(vm).build()));
    output.print(session, response, (message, wide) -> session.terminal().block(message.getText()));
    return ExitCode.DONE;
  }
}
