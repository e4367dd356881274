package dev.ballast.coordinator.cli;

import dev.ballast.core.topology.CpuSet;
import dev.ballast.core.topology.NumaNode;
import dev.ballast.core.topology.Topology;
import dev.ballast.v1.Domain;
import dev.ballast.v1.Host;
import dev.ballast.wire.TopologyCodec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A host drawn in text: a line for each CPU, grouped by node and core. */
final class TopologyPicture {
  private static final int BAR_CHARACTERS = 10;
  private static final int FULL_MILLIS = 1000;
  private static final int HOT_MILLIS = 900;
  private static final int WARM_MILLIS = 600;

  private final Host host;
  private final Topology topology;
  private final Map<Integer, Integer> busyMillis = new TreeMap<>();
  private final Map<Integer, List<String>> guests = new TreeMap<>();
  private final List<String> roaming = new ArrayList<>();

  TopologyPicture(Host host) {
    this.host = host;
    this.topology = TopologyCodec.fromProto(host.getInventory().getTopology());
    host.getLoad()
        .getCpusList()
        .forEach(load -> busyMillis.put(load.getCpu(), load.getBusyMillis()));
    host.getDomainsList().stream().filter(Domain::hasLivePins).forEach(this::seat);
  }

  /** Puts a domain's vCPUs where they may run; one that may run anywhere is listed apart. */
  private void seat(Domain domain) {
    for (int vcpu = 0; vcpu < domain.getLivePins().getVcpusCount(); vcpu++) {
      CpuSet cpus = CpuSet.parse(domain.getLivePins().getVcpus(vcpu));
      String name = domain.getName() + "/" + vcpu;
      if (topology.onlineCpus().size() > 1 && cpus.containsAll(topology.onlineCpus())) {
        roaming.add(name);
      } else {
        cpus.stream()
            .forEach(cpu -> guests.computeIfAbsent(cpu, key -> new ArrayList<>()).add(name));
      }
    }
  }

  void print(Terminal terminal) {
    terminal.styled(Style.HEADER, title());
    List<CpuSet> left = new ArrayList<>(topology.cores());
    for (NumaNode node : topology.numaNodes()) {
      terminal.line(nodeTitle(node));
      List<CpuSet> cores = left.stream().filter(core -> core.intersects(node.cpus())).toList();
      left.removeAll(cores);
      cores.forEach(core -> printCore(core, terminal));
    }
    if (!left.isEmpty()) {
      terminal.line("CPUs of no node");
      left.forEach(core -> printCore(core, terminal));
    }
    if (!roaming.isEmpty()) {
      terminal.line("on any CPU: " + String.join(" ", roaming));
    }
  }

  private String title() {
    String parts =
        host.getName()
            + "  "
            + Words.count(topology.packages().size(), "package")
            + ", "
            + Words.count(topology.numaNodes().size(), "node")
            + ", "
            + Words.count(topology.cores().size(), "core")
            + ", "
            + Words.count(topology.onlineCpus().size(), "CPU")
            + ", "
            + Words.bytes(host.getInventory().getMemoryBytes());
    long capacity = host.getInventory().getCpuCapacityMillis();
    long online = (long) topology.onlineCpus().size() * FULL_MILLIS;
    String limit = capacity == online ? "" : ", guests may use " + Words.cpus(capacity) + " CPUs";
    String model = host.getInventory().getCpuModel();
    return parts + limit + (model.isEmpty() ? "" : "  (" + model + ")");
  }

  private String nodeTitle(NumaNode node) {
    StringBuilder text = new StringBuilder("node ").append(node.id());
    text.append(node.cpus().isEmpty() ? "  no CPUs" : "  CPUs " + node.cpus());
    text.append("  ").append(Words.bytes(node.memoryBytes()));
    node.hugepages().stream()
        .filter(pool -> pool.totalPages() > 0)
        .forEach(
            pool ->
                text.append("  ")
                    .append(pool.freePages())
                    .append('/')
                    .append(pool.totalPages())
                    .append(" free pages of ")
                    .append(Words.bytes(pool.pageSizeBytes())));
    if (topology.numaNodes().size() > 1 && !node.distances().isEmpty()) {
      text.append("  distances ")
          .append(node.distances().stream().map(String::valueOf).collect(Collectors.joining(" ")));
    }
    List<CpuSet> packages = topology.packages();
    if (packages.size() > 1) {
      text.append("  package ")
          .append(
              IntStream.range(0, packages.size())
                  .filter(i -> packages.get(i).intersects(node.cpus()))
                  .mapToObj(String::valueOf)
                  .collect(Collectors.joining(",")));
    }
    caches(node, text);
    return text.toString();
  }

  private void caches(NumaNode node, StringBuilder text) {
    List<String> groups =
        topology.lastLevelCache().groups().stream()
            .filter(group -> group.intersects(node.cpus()))
            .map(CpuSet::toString)
            .toList();
    if (!groups.isEmpty()) {
      text.append("  L")
          .append(topology.lastLevelCache().level())
          .append(' ')
          .append(String.join(" | ", groups));
    }
  }

  private void printCore(CpuSet core, Terminal terminal) {
    int number = topology.cores().indexOf(core);
    String label = "  core " + number;
    String width = "%-" + ("  core ".length() + digits(topology.cores().size() - 1)) + "s";
    for (int cpu : core.toList()) {
      terminal.out().print(String.format(width, label));
      terminal.out().print(String.format("  cpu %-" + digits(highestCpu()) + "d  ", cpu));
      terminal.out().print(bar(cpu, terminal));
      List<String> seated = guests.getOrDefault(cpu, List.of());
      terminal.line(seated.isEmpty() ? "" : "  " + String.join(" ", seated));
      label = "";
    }
  }

  private int highestCpu() {
    return topology.onlineCpus().stream().max().orElse(0);
  }

  private static int digits(int number) {
    return String.valueOf(number).length();
  }

  private String bar(int cpu, Terminal terminal) {
    Integer busy = busyMillis.get(cpu);
    if (busy == null) {
      return "[" + " ".repeat(BAR_CHARACTERS) + "]      ";
    }
    int full = Math.min(BAR_CHARACTERS, (busy * BAR_CHARACTERS + FULL_MILLIS / 2) / FULL_MILLIS);
    Style style = busy >= HOT_MILLIS ? Style.BAD : busy >= WARM_MILLIS ? Style.WARNING : Style.GOOD;
    return "["
        + style.text(terminal.colors(), "#".repeat(full))
        + ".".repeat(BAR_CHARACTERS - full)
        + "]"
        + String.format("%6s", Words.percent(busy));
  }
}
