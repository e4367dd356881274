package dev.ballast.coordinator.cli;

import dev.ballast.v1.ListHostsRequest;
import dev.ballast.v1.ListHostsResponse;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Who uses the CPUs, refreshed until interrupted. */
@Command(
    name = "top",
    description = "Show the CPU use of hosts and VMs, refreshed until interrupted.")
final class TopCommand extends ApiCommand {
  private static final String CLEAR_SCREEN = "\u001b[H\u001b[2J";
  private static final int LONGEST_INTERVAL_SECONDS = 3_600;

  @Option(names = "--once", description = "Print once and end.")
  private boolean once;

  @Option(
      names = "--interval",
      paramLabel = "SECONDS",
      defaultValue = "2",
      description = "How often to refresh (default: ${DEFAULT-VALUE}).")
  private int intervalSeconds = 2;

  @Option(names = "--host", paramLabel = "HOST", description = "Only this host.")
  private String host = "";

  TopCommand(BallastCli cli) {
    super(cli);
  }

  @Override
  void check() {
    if (intervalSeconds < 1 || intervalSeconds > LONGEST_INTERVAL_SECONDS) {
      throw new CliException(
          ExitCode.USAGE,
          "--interval " + intervalSeconds,
          "must be 1 to " + LONGEST_INTERVAL_SECONDS + " seconds");
    }
  }

  @Override
  int run(Session session) {
    Terminal terminal = session.terminal();
    show(session);
    while (!once && !terminal.out().checkError()) {
      try {
        TimeUnit.SECONDS.sleep(intervalSeconds);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        break;
      }
      show(session);
    }
    return ExitCode.DONE;
  }

  private void show(Session session) {
    ListHostsResponse hosts =
        session.call(stub -> stub.listHosts(ListHostsRequest.newBuilder().setHost(host).build()));
    Terminal terminal = session.terminal();
    if (terminal.live() && !once) {
      terminal.out().print(CLEAR_SCREEN);
    }
    new LoadTables(hosts.getHostsList(), session.surroundings().clock().getZone()).print(terminal);
  }
}
