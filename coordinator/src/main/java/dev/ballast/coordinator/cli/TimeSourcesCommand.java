package dev.ballast.coordinator.cli;

import dev.ballast.core.model.HostSetting;
import dev.ballast.v1.PlanHostSettingRequest;
import dev.ballast.wire.HostSettingCodec;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The time servers of hosts. */
@Command(
    name = "time-sources",
    description = {
      "Tell the chrony of hosts which time servers to follow, beside those that its own configuration"
          + " names.",
      "They stand in /etc/chrony/sources.d/ballast.sources, and chrony reads them at once. Clocks are"
          + " never stepped."
    })
final class TimeSourcesCommand extends ApiCommand {
  @Option(
      names = "--host",
      paramLabel = "HOST",
      description = "Only this host, may be repeated; all hosts without it.")
  private List<String> hosts = new ArrayList<>();

  @Option(
      names = "--source",
      paramLabel = "SERVER",
      description = "A time server by name or address; may be repeated.")
  private List<String> servers = new ArrayList<>();

  @Option(names = "--none", description = "Take all away that Ballast had written.")
  private boolean none;

  @Mixin private final ChangeOptions change = new ChangeOptions();

  TimeSourcesCommand(BallastCli cli) {
    super(cli);
  }

  @Override
  void check() {
    if (none == servers.isEmpty()) {
      sources();
    } else {
      throw new CliException(
          ExitCode.USAGE, "which time servers?", "give --source, once or more, or --none");
    }
  }

  @Override
  int run(Session session) {
    PlanHostSettingRequest request =
        PlanHostSettingRequest.newBuilder()
            .addAllHosts(hosts)
            .setSetting(HostSettingCodec.toProto(sources()))
            .build();
    return change.carryOut(session, session.call(stub -> stub.planHostSetting(request)));
  }

  private HostSetting sources() {
    try {
      return new HostSetting.TimeSources(new TreeSet<>(servers));
    } catch (IllegalArgumentException e) {
      throw new CliException(
          ExitCode.USAGE, String.valueOf(e.getMessage()), "--source ntp1.example");
    }
  }
}
