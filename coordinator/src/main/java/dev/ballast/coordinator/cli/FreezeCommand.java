package dev.ballast.coordinator.cli;

import dev.ballast.v1.SetFreezeRequest;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Stops all changes, or allows them again. */
@Command(
    name = "freeze",
    description = "Stop all changes to the cluster, a host or a VM; --off allows them again.")
final class FreezeCommand extends ApiCommand {
  /** At most one of the two. */
  private static final class Scope {
    @Option(names = "--host", paramLabel = "HOST", description = "Only this host.")
    private String host = "";

    @Option(names = "--vm", paramLabel = "VM", description = "Only this VM.")
    private String vm = "";
  }

  @ArgGroup private final Scope scope = new Scope();

  @Option(names = "--off", description = "Allow changes again.")
  private boolean off;

  @Option(names = "--reason", paramLabel = "TEXT", description = "Why, for those who wonder.")
  private String reason = "";

  FreezeCommand(BallastCli cli) {
    super(cli);
  }

  @Override
  int run(Session session) {
    SetFreezeRequest request =
        SetFreezeRequest.newBuilder()
            .setHost(scope.host)
            .setVm(scope.vm)
            .setFrozen(!off)
            .setReason(reason)
            .build();
    session.terminal().line(session.call(stub -> stub.setFreeze(request)).getText());
    return ExitCode.DONE;
  }
}
