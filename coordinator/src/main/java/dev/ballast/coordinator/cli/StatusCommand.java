package dev.ballast.coordinator.cli;

import dev.ballast.v1.GetStatusRequest;
import dev.ballast.v1.GetStatusResponse;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** The cluster in a few lines. */
@Command(name = "status", description = "Show the cluster and its coordinator.")
final class StatusCommand extends ApiCommand {
  @Mixin private final OutputOption output = new OutputOption();

  StatusCommand(BallastCli cli) {
    super(cli);
  }

  @Override
  int run(Session session) {
    GetStatusResponse status =
        session.call(stub -> stub.getStatus(GetStatusRequest.getDefaultInstance()));
    output.print(session, status, (message, wide) -> print(message, wide, session.terminal()));
    return ExitCode.DONE;
  }

  private static void print(GetStatusResponse status, boolean wide, Terminal terminal) {
    terminal.line("cluster     " + status.getCluster());
    terminal.line(
        "hosts       "
            + status.getHostsConnected()
            + " of "
            + status.getHostsKnown()
            + " connected");
    terminal.line("automation  " + Words.name(status.getAutomation(), "AUTOMATION_"));
    terminal.line("frozen      " + frozen(status));
    if (status.getCordonedHostsCount() > 0) {
      terminal.line("cordoned    " + String.join(", ", status.getCordonedHostsList()));
    }
    terminal.line(
        "drift       "
            + (status.getDriftCount() == 0
                ? "none"
                : Words.count(status.getDriftCount(), "difference") + " ('ballast drift')"));
    terminal.line("coordinator " + status.getVersion());
    if (wide) {
      terminal.line("contract    " + status.getContractVersion());
      terminal.line("term        " + status.getTerm());
      terminal.line("snapshot    " + status.getSnapshotVersion());
    }
  }

  private static String frozen(GetStatusResponse status) {
    if (status.getFrozen()) {
      return "yes, the whole cluster";
    }
    List<String> parts = new ArrayList<>();
    status.getFrozenHostsList().forEach(host -> parts.add("host " + host));
    status.getFrozenVmsList().forEach(vm -> parts.add("VM " + vm));
    return parts.isEmpty() ? "no" : String.join(", ", parts);
  }
}
