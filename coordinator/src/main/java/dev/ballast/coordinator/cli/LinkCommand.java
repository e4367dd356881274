package dev.ballast.coordinator.cli;

import dev.ballast.core.model.HostLink;
import dev.ballast.core.model.LinkSetting.OwnLinks;
import dev.ballast.v1.PlanHostSettingRequest;
import dev.ballast.wire.HostSettingCodec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Links of hosts: bridges of the kernel, addresses, routes, MTU. */
@Command(
    name = "link",
    description = {
      "Make a bridge of the kernel, set a link's addresses, routes and MTU, or give it back.",
      "",
      "'bridge' and 'set' name all that the link is to have: what is not named, it loses; only its"
          + " MTU stays. 'remove' removes a bridge, or gives a card back what it had before"
          + " Ballast took it. What a card carries when it is taken must stay on the host:"
          + " name it, or write --keep. Each change waits for its confirmation over a new"
          + " connection, else it is undone. 'ballast hosts HOST' shows the links."
    })
final class LinkCommand extends ApiCommand {
  private static final String EXAMPLE =
      "ballast link bridge br0 --port eth1 --host h1, ballast link set eth2 --address 10.8.0.1/24"
          + " --host h1";

  /** What is to become of the link. */
  enum Verb {
    BRIDGE,
    SET,
    REMOVE
  }

  /** Whether it is so. */
  enum State {
    ON,
    OFF
  }

  @Parameters(index = "0", paramLabel = "bridge|set|remove")
  private Verb verb = Verb.SET;

  @Parameters(index = "1", paramLabel = "NAME", description = "The link, as in 'ip link'.")
  private String name = "";

  @Option(
      names = "--host",
      paramLabel = "HOST",
      description = "Only this host, may be repeated; all hosts without it.")
  private List<String> hosts = new ArrayList<>();

  @Option(
      names = "--port",
      paramLabel = "LINK",
      description = "A link that the bridge takes; may be repeated.")
  private List<String> ports = new ArrayList<>();

  @Option(
      names = "--address",
      paramLabel = "IP/PREFIX",
      description = "An address of the link; may be repeated.")
  private List<String> addresses = new ArrayList<>();

  @Option(
      names = "--route",
      paramLabel = "ROUTE",
      description =
          "A route over the link as 'ip route' writes it, such as 'default via 10.0.0.1' or"
              + " '10.9.0.0/16 via 10.0.0.2'; may be repeated.")
  private List<String> routes = new ArrayList<>();

  @Option(names = "--mtu", paramLabel = "BYTES", description = "As it is without it.")
  private int mtuBytes;

  @Option(
      names = "--stp",
      paramLabel = "on|off",
      description = "Whether the bridge speaks the spanning tree protocol; off (default).")
  private State stp = State.OFF;

  @Option(
      names = "--keep",
      description =
          "Besides what is named: what the link has now, or the links that the bridge takes.")
  private boolean keep;

  @Mixin private final ChangeOptions change = new ChangeOptions();

  LinkCommand(BallastCli cli) {
    super(cli);
  }

  @Override
  void check() {
    if (verb != Verb.BRIDGE && (!ports.isEmpty() || stp == State.ON)) {
      throw new CliException(ExitCode.USAGE, "only a bridge has ports and stp", EXAMPLE);
    }
    if (verb == Verb.REMOVE
        && (keep || mtuBytes != 0 || !(addresses.isEmpty() && routes.isEmpty()))) {
      throw new CliException(ExitCode.USAGE, "link remove takes only a name", EXAMPLE);
    }
    if (!addresses.isEmpty() && hosts.size() != 1) {
      throw new CliException(
          ExitCode.USAGE, "an address is one host's: name it with --host", EXAMPLE);
    }
    var _ = links();
  }

  @Override
  int run(Session session) {
    PlanHostSettingRequest.Builder request =
        PlanHostSettingRequest.newBuilder()
            .addAllHosts(hosts)
            .setMerge(true)
            .setKeep(keep)
            .setSetting(HostSettingCodec.toProto(links()));
    if (verb == Verb.REMOVE) {
      request.addRemoved(name);
    }
    return change.carryOut(session, session.call(stub -> stub.planHostSetting(request.build())));
  }

  private OwnLinks links() {
    SortedMap<String, HostLink> links = new TreeMap<>();
    try {
      switch (verb) {
        case BRIDGE ->
            links.put(
                name,
                HostLink.bridge(
                    mtuBytes,
                    stp == State.ON,
                    new TreeSet<>(ports),
                    new TreeSet<>(addresses),
                    new TreeSet<>(routes)));
        case SET ->
            links.put(
                name,
                HostLink.card(
                    mtuBytes, new TreeSet<>(addresses), new TreeSet<>(routes), Optional.empty()));
        case REMOVE -> {}
      }
      return new OwnLinks(links);
    } catch (IllegalArgumentException e) {
      throw new CliException(ExitCode.USAGE, String.valueOf(e.getMessage()), EXAMPLE);
    }
  }
}
