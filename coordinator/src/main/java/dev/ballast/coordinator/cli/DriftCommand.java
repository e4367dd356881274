package dev.ballast.coordinator.cli;

import dev.ballast.v1.Drift;
import dev.ballast.v1.Host;
import dev.ballast.v1.ListHostsRequest;
import dev.ballast.v1.ListHostsResponse;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Where the hosts differ from what Ballast made of them. */
@Command(
    name = "drift",
    description = "List where hosts differ from what Ballast assigned; exits with 5 if any does.")
final class DriftCommand extends ApiCommand {
  @Mixin private final OutputOption output = new OutputOption();

  @Parameters(arity = "0..1", paramLabel = "HOST", description = "Only this one.")
  private String host = "";

  DriftCommand(BallastCli cli) {
    super(cli);
  }

  @Override
  int run(Session session) {
    ListHostsResponse hosts =
        session.call(stub -> stub.listHosts(ListHostsRequest.newBuilder().setHost(host).build()));
    ListHostsResponse.Builder drifts = ListHostsResponse.newBuilder();
    for (Host one : hosts.getHostsList()) {
      if (one.getDriftsCount() > 0) {
        drifts.addHosts(
            Host.newBuilder()
                .setName(one.getName())
                .setConnected(one.getConnected())
                .addAllDrifts(one.getDriftsList()));
      }
    }
    output.print(session, drifts.build(), (message, wide) -> print(message, session.terminal()));
    return drifts.getHostsCount() == 0 ? ExitCode.DONE : ExitCode.DIFFERENT;
  }

  private static void print(ListHostsResponse hosts, Terminal terminal) {
    if (hosts.getHostsCount() == 0) {
      terminal.line("No drift.");
      return;
    }
    Table table = new Table("HOST", "OBJECT", "FIELD", "EXPECTED", "FOUND");
    for (Host host : hosts.getHostsList()) {
      for (Drift drift : host.getDriftsList()) {
        table.row(
            host.getName(),
            drift.getObject(),
            drift.getField(),
            drift.getExpected(),
            drift.getFound());
      }
    }
    table.print(terminal);
  }
}
