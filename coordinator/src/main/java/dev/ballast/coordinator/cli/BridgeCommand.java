package dev.ballast.coordinator.cli;

import dev.ballast.v1.PlanBridgeRequest;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A bridge by hand: a network of the bridge's name, without a file. */
@Command(
    name = "bridge",
    description = {
      "Add or remove an Open vSwitch bridge on hosts.",
      "",
      "VMs attach to it as to a network of that name. 'ballast plan' tells of it, 'ballast rollback'"
          + " takes it back. Rates, mirrors and sFlow are written in a file ('kind: Network')."
    })
final class BridgeCommand extends ApiCommand {
  private static final String ALL = "all";

  /** What is to become of the bridge. */
  enum Verb {
    ADD,
    REMOVE
  }

  @Parameters(index = "0", paramLabel = "add|remove")
  private Verb verb = Verb.ADD;

  @Parameters(index = "1", paramLabel = "NAME", description = "At most 15 characters.")
  private String name = "";

  @Option(
      names = "--host",
      paramLabel = "HOST",
      description = "Only this host, may be repeated; all hosts without it, or with 'all'.")
  private List<String> hosts = new ArrayList<>();

  @Option(
      names = "--uplink",
      paramLabel = "NIC",
      description =
          "A network card that joins the bridge, may be repeated; none that carries an"
              + " address, a route or another link.")
  private List<String> uplinks = new ArrayList<>();

  @Option(names = "--vlan", paramLabel = "ID", description = "The VLAN that VMs are in, 1-4094.")
  private @Nullable Integer vlan;

  @Option(
      names = "--trunk",
      paramLabel = "ID",
      split = ",",
      description = "VLANs that the uplinks carry; all of them without it.")
  private List<Integer> trunks = new ArrayList<>();

  @Mixin private final BridgeOptions options = new BridgeOptions();

  @Mixin private final ChangeOptions change = new ChangeOptions();

  BridgeCommand(BallastCli cli) {
    super(cli);
  }

  @Override
  void check() {
    boolean shaped = !uplinks.isEmpty() || vlan != null || !trunks.isEmpty() || options.areGiven();
    options.check();
    if (verb == Verb.REMOVE && shaped) {
      throw new CliException(
          ExitCode.USAGE,
          "bridge remove takes nothing that shapes a bridge, such as --uplink or --vlan",
          "name the bridge, and hosts with --host");
    }
    if (!trunks.isEmpty() && uplinks.isEmpty() && !options.hasBond()) {
      throw new CliException(
          ExitCode.USAGE, "--trunk without --uplink says nothing", "name the uplinks");
    }
    if (hosts.contains(ALL) && hosts.size() > 1) {
      throw new CliException(ExitCode.USAGE, "--host all and others", "leave one of them out");
    }
  }

  @Override
  int run(Session session) {
    PlanBridgeRequest.Builder request =
        PlanBridgeRequest.newBuilder()
            .setName(name)
            .addAllUplinks(uplinks)
            .addAllTrunks(trunks)
            .setRemove(verb == Verb.REMOVE);
    if (!hosts.contains(ALL)) {
      request.addAllHosts(hosts);
    }
    if (vlan != null) {
      request.setVlan(vlan);
    }
    if (options.areGiven()) {
      request.setOptions(options.proto());
    }
    return change.carryOut(session, session.call(stub -> stub.planBridge(request.build())));
  }
}
