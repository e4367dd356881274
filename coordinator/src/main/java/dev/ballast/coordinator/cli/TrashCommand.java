package dev.ballast.coordinator.cli;

import dev.ballast.v1.Discarded;
import dev.ballast.v1.Host;
import dev.ballast.v1.HostSetting;
import dev.ballast.v1.ListHostsRequest;
import dev.ballast.v1.ListHostsResponse;
import dev.ballast.v1.Trash;
import java.time.ZoneId;
import java.util.Comparator;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** What was discarded on hosts and can still come back. */
@Command(
    name = "trash",
    description = {
      "List what was discarded on a host, or on all hosts.",
      "'ballast rollback OPERATION' brings back what an operation discarded; 'ballast purge HOST'"
          + " deletes it for good. Nothing is ever purged by itself."
    })
final class TrashCommand extends ApiCommand {
  @Mixin private final OutputOption output = new OutputOption();

  @Parameters(arity = "0..1", paramLabel = "HOST", description = "Only this one.")
  private String host = "";

  TrashCommand(BallastCli cli) {
    super(cli);
  }

  @Override
  int run(Session session) {
    ListHostsResponse all =
        session.call(stub -> stub.listHosts(ListHostsRequest.newBuilder().setHost(host).build()));
    ListHostsResponse.Builder found = ListHostsResponse.newBuilder();
    for (Host one : all.getHostsList()) {
      Host.Builder only = Host.newBuilder().setName(one.getName()).setConnected(one.getConnected());
      one.getSettingsList().stream().filter(HostSetting::hasTrash).forEach(only::addSettings);
      found.addHosts(only);
    }
    ZoneId zone = session.surroundings().clock().getZone();
    output.print(session, found.build(), (hosts, wide) -> print(hosts, zone, session.terminal()));
    return ExitCode.DONE;
  }

  private static void print(ListHostsResponse hosts, ZoneId zone, Terminal terminal) {
    Table table = new Table("HOST", "WHAT", "SIZE", "DISCARDED", "FILE");
    boolean any = false;
    for (Host host : hosts.getHostsList()) {
      for (HostSetting setting : host.getSettingsList()) {
        any |= rows(host.getName(), setting.getTrash(), zone, table);
      }
    }
    if (any) {
      table.print(terminal);
    } else {
      terminal.line("Nothing in the trash.");
    }
  }

  /** The oldest first. */
  private static boolean rows(String host, Trash trash, ZoneId zone, Table table) {
    trash.getFilesMap().entrySet().stream()
        .sorted(
            Comparator.comparingLong(
                    (Map.Entry<String, Discarded> file) ->
                        file.getValue().getDiscardedEpochMillis())
                .thenComparing(Map.Entry::getKey))
        .forEach(
            file ->
                table.row(
                    host,
                    file.getValue().getWhat(),
                    Words.bytes(file.getValue().getSizeBytes()),
                    Words.time(file.getValue().getDiscardedEpochMillis(), zone),
                    file.getKey()));
    return trash.getFilesCount() > 0;
  }
}
