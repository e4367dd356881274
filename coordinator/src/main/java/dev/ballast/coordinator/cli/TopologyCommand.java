package dev.ballast.coordinator.cli;

import dev.ballast.v1.Host;
import dev.ballast.v1.ListHostsRequest;
import dev.ballast.v1.ListHostsResponse;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** A host's processors and who sits where. */
@Command(
    name = "topology",
    description = "Draw a host: nodes, cores, CPUs with load, who sits where.")
final class TopologyCommand extends ApiCommand {
  @Mixin private final OutputOption output = new OutputOption();

  @Parameters(paramLabel = "HOST")
  private String host = "";

  TopologyCommand(BallastCli cli) {
    super(cli);
  }

  @Override
  int run(Session session) {
    ListHostsResponse response =
        session.call(stub -> stub.listHosts(ListHostsRequest.newBuilder().setHost(host).build()));
    List<Host> hosts = response.getHostsList();
    if (hosts.size() != 1) {
      throw new CliException(
          ExitCode.USAGE, "there is no host '" + host + "'", "'ballast hosts' lists them");
    }
    output.print(
        session,
        hosts.getFirst(),
        (message, wide) -> new TopologyPicture(message).print(session.terminal()));
    return ExitCode.DONE;
  }
}
