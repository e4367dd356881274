package dev.ballast.coordinator.cli;

import dev.ballast.coordinator.cli.Table.Cell;
import dev.ballast.v1.ClockState;
import dev.ballast.v1.Host;
import dev.ballast.v1.HostSetting;
import dev.ballast.v1.Lack;
import dev.ballast.v1.ListHostsRequest;
import dev.ballast.v1.ListHostsResponse;
import dev.ballast.wire.HostSettingCodec;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** The hosts, one a line. */
@Command(name = "hosts", description = "List the hosts.")
final class HostsCommand extends ApiCommand {
  @Mixin private final OutputOption output = new OutputOption();

  @Parameters(arity = "0..1", paramLabel = "HOST", description = "Only this one.")
  private String host = "";

  HostsCommand(BallastCli cli) {
    super(cli);
  }

  @Override
  int run(Session session) {
    ListHostsResponse hosts =
        session.call(stub -> stub.listHosts(ListHostsRequest.newBuilder().setHost(host).build()));
    output.print(session, hosts, (message, wide) -> print(message, wide, session.terminal()));
    return ExitCode.DONE;
  }

  private void print(ListHostsResponse hosts, boolean wide, Terminal terminal) {
    if (hosts.getHostsCount() == 0) {
      terminal.line("No host is known yet: start 'ballast-agent run' on each.");
      return;
    }
    Table table = wide ? wideTable() : new Table(NARROW);
    hosts.getHostsList().forEach(h -> table.row(wide ? wideRow(h) : row(h)));
    table.print(terminal);
    if (wide || !host.isEmpty()) {
      hosts.getHostsList().forEach(h -> printSettings(h, terminal));
      hosts.getHostsList().forEach(h -> printLacks(h, terminal));
    }
  }

  private static final String[] NARROW = {
    "HOST", "STATE", "CPUS", "CPU USE", "MEMORY", "FREE", "VMS", "KSM", "AUTOMATION", "DRIFT"
  };

  private static Table wideTable() {
    List<String> headers = new ArrayList<>(List.of(NARROW));
    headers.addAll(
        List.of(
            "NODES",
            "CGROUP",
            "KERNEL",
            "LIBVIRT",
            "QEMU",
            "OVS",
            "AGENT",
            "LACKS",
            "CLOCK",
            "OTHER OWNERS",
            "MODEL"));
    return new Table(headers.toArray(String[]::new));
  }

  private static List<Cell> row(Host host) {
    boolean loadKnown = host.getLoad().getEpochMillis() != 0;
    long running = host.getDomainsList().stream().filter(Domains::isRunning).count();
    String vms =
        running == host.getDomainsCount()
            ? String.valueOf(running)
            : running + "/" + host.getDomainsCount();
    int drifts = host.getDriftsCount();
    return List.of(
        Cell.of(host.getName()),
        state(host),
        Cell.of(Words.cpus(host.getInventory().getCpuCapacityMillis())),
        Cell.of(loadKnown ? use(host) : ""),
        Cell.of(Words.bytes(host.getInventory().getMemoryBytes())),
        Cell.of(loadKnown ? Words.bytes(host.getLoad().getMemoryAvailableBytes()) : ""),
        Cell.of(vms),
        Cell.of(host.hasKsm() ? ksm(host.getKsm().getRun()) : ""),
        Cell.of(Words.name(host.getEffectiveAutomation(), "AUTOMATION_")),
        new Cell(drifts == 0 ? "" : String.valueOf(drifts), Style.WARNING));
  }

  private static List<Cell> wideRow(Host host) {
    List<Cell> cells = new ArrayList<>(row(host));
    var inventory = host.getInventory();
    cells.add(Cell.of(String.valueOf(inventory.getTopology().getNumaNodesCount())));
    cells.add(Cell.of(inventory.getCgroupVersion() == 0 ? "" : "v" + inventory.getCgroupVersion()));
    for (String component : List.of("kernel", "libvirt", "qemu", "ovs", "agent")) {
      cells.add(Cell.of(inventory.getVersionsOrDefault(component, "")));
    }
    cells.add(
        Cell.of(
            inventory.getLacksList().stream()
                .map(lack -> Words.name(lack.getCapability(), "CAPABILITY_"))
                .collect(Collectors.joining(","))));
    cells.add(clock(host.getFacts().getClock()));
    cells.add(
        Cell.of(
            host.getFacts().getOwnersList().stream()
                .map(found -> Words.name(found.getOwner(), "OTHER_OWNER_"))
                .collect(Collectors.joining(","))));
    cells.add(Cell.of(inventory.getCpuModel()));
    return cells;
  }

  private static Cell clock(ClockState state) {
    return switch (state) {
      case CLOCK_STATE_SYNCHRONISED -> new Cell("synchronised", Style.GOOD);
      case CLOCK_STATE_NOT_SYNCHRONISED -> new Cell("adrift", Style.WARNING);
      case CLOCK_STATE_UNKNOWN, CLOCK_STATE_UNSPECIFIED, UNRECOGNIZED -> Cell.of("");
    };
  }

  private static String use(Host host) {
    long capacity = host.getInventory().getCpuCapacityMillis();
    long usage = host.getLoad().getUsageMillis();
    return capacity == 0 ? "" : Math.round(100.0 * usage / capacity) + " %";
  }

  private static String ksm(int run) {
    return switch (run) {
      case 0 -> "off";
      case 1 -> "on";
      default -> "unmerged";
    };
  }

  private static Cell state(Host host) {
    if (!host.getConnected()) {
      return new Cell("lost " + Words.span(host.getSilentMillis()), Style.BAD);
    }
    if (host.getFrozen()) {
      return new Cell("frozen", Style.WARNING);
    }
    if (host.getObserveOnly()) {
      return new Cell("observe-only", Style.FAINT);
    }
    if (host.getCordoned()) {
      return new Cell("cordoned", Style.WARNING);
    }
    return new Cell("connected", Style.GOOD);
  }

  /** Hugepages that a host could have and has none of are no news, nor is an empty trash. */
  private static boolean isNews(HostSetting setting) {
    return switch (setting.getSettingCase()) {
      case HUGEPAGES -> setting.getHugepages().getCount() > 0;
      case TRASH -> setting.getTrash().getFilesCount() > 0;
      default -> true;
    };
  }

  private static void printSettings(Host host, Terminal terminal) {
    for (HostSetting setting : host.getSettingsList()) {
      if (isNews(setting)) {
        terminal.line(host.getName() + " " + HostSettingCodec.fromProto(setting).describe());
      }
    }
  }

  private static void printLacks(Host host, Terminal terminal) {
    for (Lack lack : host.getInventory().getLacksList()) {
      terminal.styled(
          Style.WARNING,
          host.getName()
              + " lacks "
              + Words.name(lack.getCapability(), "CAPABILITY_")
              + ": "
              + lack.getReason());
    }
  }
}
