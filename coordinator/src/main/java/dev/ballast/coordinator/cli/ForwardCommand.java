package dev.ballast.coordinator.cli;

import dev.ballast.core.model.HostSetting.PortForwards;
import dev.ballast.v1.PlanHostSettingRequest;
import dev.ballast.wire.HostSettingCodec;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Ports of hosts that lead into networks of guests. */
@Command(
    name = "forward",
    description = {
      "Lead connections to a port of hosts to a guest, or stop it.",
      "",
      "Only into networks that Ballast made with '--mode open'. All forwards of a host are one table"
          + " of nftables (inet ballast), which is replaced as a whole. After a reboot the agent"
          + " sets it again."
    })
final class ForwardCommand extends ApiCommand {
  /** What is to become of the forward. */
  enum Verb {
    ADD,
    REMOVE
  }

  @Parameters(index = "0", paramLabel = "add|remove")
  private Verb verb = Verb.ADD;

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "FROM",
      defaultValue = "",
      description = "tcp/PORT or udp/PORT, or tcp/IP:PORT for one address of the host.")
  private String from = "";

  @Parameters(
      index = "2",
      arity = "0..1",
      paramLabel = "TO",
      defaultValue = "",
      description = "The guest's IP:PORT; with add.")
  private String to = "";

  @Option(
      names = "--masquerade",
      paramLabel = "SUBNET",
      description =
          "The subnet of an open network whose guests reach others under the host's address; may"
              + " be repeated.")
  private List<String> masquerades = new ArrayList<>();

  @Option(
      names = "--host",
      paramLabel = "HOST",
      description = "Only this host, may be repeated; all hosts without it.")
  private List<String> hosts = new ArrayList<>();

  @Mixin private final ChangeOptions change = new ChangeOptions();

  ForwardCommand(BallastCli cli) {
    super(cli);
  }

  private String key() {
    return from.replaceFirst("/", " ");
  }

  @Override
  void check() {
    if (from.isEmpty() && masquerades.isEmpty()) {
      throw new CliException(
          ExitCode.USAGE, "which port?", "ballast forward add tcp/8080 10.5.0.10:80");
    }
    if ((verb == Verb.ADD && !from.isEmpty()) == to.isEmpty()) {
      throw new CliException(
          ExitCode.USAGE,
          verb == Verb.ADD ? "where does it lead?" : "forward remove takes no target",
          "ballast forward add tcp/8080 10.5.0.10:80, ballast forward remove tcp/8080");
    }
    var _ = forwards();
  }

  @Override
  int run(Session session) {
    PlanHostSettingRequest.Builder request =
        PlanHostSettingRequest.newBuilder()
            .addAllHosts(hosts)
            .setMerge(true)
            .setSetting(HostSettingCodec.toProto(forwards()));
    if (verb == Verb.REMOVE) {
      request.addAllRemoved(masquerades);
      if (!from.isEmpty()) {
        request.addRemoved(key());
      }
    }
    return change.carryOut(session, session.call(stub -> stub.planHostSetting(request.build())));
  }

  private PortForwards forwards() {
    SortedMap<String, String> forwards = new TreeMap<>();
    if (verb == Verb.ADD && !from.isEmpty()) {
      forwards.put(key(), to);
    }
    try {
      return new PortForwards(
          forwards, verb == Verb.ADD ? new TreeSet<>(masquerades) : new TreeSet<>(), 0);
    } catch (IllegalArgumentException e) {
      throw new CliException(
          ExitCode.USAGE,
          String.valueOf(e.getMessage()),
          "ballast forward add tcp/8080 10.5.0.10:80");
    }
  }
}
