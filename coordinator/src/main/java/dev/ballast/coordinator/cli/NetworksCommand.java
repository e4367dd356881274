package dev.ballast.coordinator.cli;

import dev.ballast.v1.ListNetworksRequest;
import dev.ballast.v1.ListNetworksResponse;
import dev.ballast.v1.Network;
import dev.ballast.v1.NetworkPlace;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** The networks, one a line; with a name, its hosts too. */
@Command(name = "networks", description = "List the networks and where they are.")
final class NetworksCommand extends ApiCommand {
  @Mixin private final OutputOption output = new OutputOption();

  @Parameters(arity = "0..1", paramLabel = "NETWORK", description = "Only this one, by host.")
  private String network = "";

  NetworksCommand(BallastCli cli) {
    super(cli);
  }

  @Override
  int run(Session session) {
    ListNetworksResponse networks =
        session.call(
            stub ->
                stub.listNetworks(ListNetworksRequest.newBuilder().setNetwork(network).build()));
    output.print(session, networks, (message, wide) -> print(message, wide, session.terminal()));
    return ExitCode.DONE;
  }

  private void print(ListNetworksResponse networks, boolean wide, Terminal terminal) {
    if (networks.getNetworksCount() == 0) {
      terminal.line("No networks: write one with 'kind: Network', or use 'ballast bridge add'.");
      return;
    }
    Table table =
        new Table("NETWORK", "BRIDGE", "VLAN", "UPLINKS", "TRUNKS", "HOSTS", "VMS", "SET BY");
    networks.getNetworksList().forEach(n -> table.row(row(n)));
    table.print(terminal);
    if (wide || !network.isEmpty()) {
      terminal.line("");
      places(networks, terminal);
    }
  }

  private static String[] row(Network network) {
    long present =
        network.getPlacesList().stream()
            .filter(place -> place.getState().equals("present") || isForeign(place))
            .count();
    return new String[] {
      network.getName(),
      network.getBridge(),
      network.hasVlan() ? String.valueOf(network.getVlan()) : "",
      String.join(",", network.getUplinksList()),
      numbers(network.getTrunksList()),
      present + "/" + network.getPlacesCount() + (network.getHostsCount() == 0 ? " (all)" : ""),
      String.valueOf(network.getVmsCount()),
      network.getOverride() ? "operator" : "file"
    };
  }

  private static boolean isForeign(NetworkPlace place) {
    return place.getState().equals("foreign");
  }

  private static String numbers(List<Integer> numbers) {
    return numbers.stream().map(String::valueOf).collect(Collectors.joining(","));
  }

  private static void places(ListNetworksResponse networks, Terminal terminal) {
    Table table = new Table("NETWORK", "HOST", "BRIDGE", "GUEST PORTS", "DRIFT");
    for (Network network : networks.getNetworksList()) {
      for (NetworkPlace place : network.getPlacesList()) {
        table.row(
            network.getName(),
            place.getHost(),
            place.getConnected() ? place.getState() : place.getState() + ", host lost",
            String.valueOf(place.getGuests()),
            place.getDrifts() == 0 ? "" : String.valueOf(place.getDrifts()));
      }
    }
    table.print(terminal);
  }
}
