package dev.ballast.coordinator.cli;

import dev.ballast.core.model.Automation;
import dev.ballast.v1.SetAutomationRequest;
import dev.ballast.wire.EnumCodec;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** How much Ballast may do by itself. */
@Command(
    name = "automation",
    description = {
      "Set what Ballast may do by itself: nothing (off), make plans that wait for 'ballast apply'"
          + " (recommend), or make and execute them (auto)."
    })
final class AutomationCommand extends ApiCommand {
  @Parameters(paramLabel = "off|recommend|auto")
  private Automation automation = Automation.OFF;

  @Option(names = "--host", paramLabel = "HOST", description = "Only on this host.")
  private String host = "";

  AutomationCommand(BallastCli cli) {
    super(cli);
  }

  @Override
  int run(Session session) {
    SetAutomationRequest request =
        SetAutomationRequest.newBuilder()
            .setHost(host)
            .setAutomation(EnumCodec.toProto(automation))
            .build();
    session.terminal().line(session.call(stub -> stub.setAutomation(request)).getText());
    return ExitCode.DONE;
  }
}
