package dev.ballast.coordinator.cli;

import dev.ballast.coordinator.cli.Table.Cell;
import dev.ballast.v1.CpuLoad;
import dev.ballast.v1.Domain;
import dev.ballast.v1.Host;
import dev.ballast.v1.VmLoad;
import java.time.ZoneId;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/** The CPU use of hosts, and of their VMs with the busiest first. */
final class LoadTables {
  private static final int SHOWN_CPUS = 4;
  private static final double HOT = 0.9;

  private final List<Host> hosts;
  private final ZoneId zone;

  LoadTables(List<Host> hosts, ZoneId zone) {
    this.hosts = hosts;
    this.zone = zone;
  }

  void print(Terminal terminal) {
    Table ofHosts = new Table("HOST", "SAMPLED", "CPU USE", "OF", "FREE MEMORY", "BUSIEST CPUS");
    hosts.forEach(host -> ofHosts.row(row(host)));
    ofHosts.print(terminal);
    terminal.line("");
    Table ofVms = new Table("VM", "HOST", "CPU USE", "WAITS", "THROTTLED", "RUNS ON");
    hosts.stream()
        .flatMap(host -> host.getLoad().getVmsList().stream().map(load -> new Guest(host, load)))
        .sorted(
            Comparator.comparingLong((Guest guest) -> -guest.load().getUsageMillis())
                .thenComparing(guest -> guest.load().getVm()))
        .forEach(guest -> ofVms.row(row(guest)));
    ofVms.print(terminal);
  }

  private record Guest(Host host, VmLoad load) {}

  private List<Cell> row(Host host) {
    String name = host.getName();
    if (!host.getConnected() || host.getLoad().getEpochMillis() == 0) {
      Cell why = new Cell(host.getConnected() ? "no sample yet" : "lost", Style.BAD);
      return List.of(Cell.of(name), why, Cell.of(""), Cell.of(""), Cell.of(""), Cell.of(""));
    }
    long usage = host.getLoad().getUsageMillis();
    long capacity = host.getInventory().getCpuCapacityMillis();
    Style style = usage >= capacity * HOT ? Style.BAD : Style.PLAIN;
    String sampled = Words.time(host.getLoad().getEpochMillis(), zone);
    return List.of(
        Cell.of(name),
        Cell.of(sampled.substring(sampled.indexOf(' ') + 1)),
        new Cell(Words.percent(usage), style),
        Cell.of(Words.percent(capacity)),
        Cell.of(Words.bytes(host.getLoad().getMemoryAvailableBytes())),
        Cell.of(busiest(host)));
  }

  private static String busiest(Host host) {
    return host.getLoad().getCpusList().stream()
        .sorted(
            Comparator.comparingInt((CpuLoad load) -> -load.getBusyMillis())
                .thenComparingInt(CpuLoad::getCpu))
        .limit(SHOWN_CPUS)
        .map(load -> "cpu " + load.getCpu() + " " + Words.percent(load.getBusyMillis()))
        .collect(Collectors.joining(", "));
  }

  private static List<Cell> row(Guest guest) {
    String runsOn =
        guest.host().getDomainsList().stream()
            .filter(domain -> domain.getName().equals(guest.load().getVm()))
            .filter(Domain::hasLivePins)
            .map(domain -> Words.pins(domain.getLivePins()))
            .findFirst()
            .orElse("");
    long waits = guest.load().getContentionMillis();
    return List.of(
        Cell.of(guest.load().getVm()),
        Cell.of(guest.host().getName()),
        Cell.of(Words.percent(guest.load().getUsageMillis())),
        Cell.of(Words.percent(waits)),
        Cell.of(Words.percent(guest.load().getThrottledMillis())),
        Cell.of(runsOn));
  }
}
