package dev.ballast.coordinator.cli;

import dev.ballast.v1.Host;
import dev.ballast.v1.ListHostsRequest;
import dev.ballast.v1.PlanKsmRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Kernel same-page merging on hosts. */
@Command(
    name = "ksm",
    description = {
      "Switch kernel same-page merging on or off, undo what it merged, or set its knobs and leave"
          + " the switch.",
      "'off' keeps merged pages merged; 'unmerge' gives each guest its own copy again, which takes"
          + " memory at once and is refused where a NUMA node has too little."
    })
final class KsmCommand extends ApiCommand {
  /** What is to become of the switch. */
  enum Switch {
    ON,
    OFF,
    UNMERGE,
    SET
  }

  @Parameters(paramLabel = "on|off|unmerge|set")
  private Switch target = Switch.SET;

  @Option(
      names = "--host",
      paramLabel = "HOST",
      description = "Only this host, may be repeated; all hosts without it.")
  private List<String> hosts = new ArrayList<>();

  @Option(names = "--pages-to-scan", paramLabel = "N", description = "Pages at each wake-up.")
  private @Nullable Long pagesToScan;

  @Option(names = "--sleep-millis", paramLabel = "N", description = "Pause between wake-ups.")
  private @Nullable Long sleepMillis;

  @Option(
      names = "--merge-across-nodes",
      paramLabel = "yes|no",
      description =
          "Whether pages of different NUMA nodes are merged; changes only while nothing is merged.")
  private String mergeAcrossNodes = "";

  @Mixin private final ChangeOptions change = new ChangeOptions();

  KsmCommand(BallastCli cli) {
    super(cli);
  }

  @Override
  void check() {
    if (!mergeAcrossNodes.isEmpty() && !List.of("yes", "no").contains(mergeAcrossNodes)) {
      throw new CliException(
          ExitCode.USAGE, "--merge-across-nodes " + mergeAcrossNodes, "say yes or no");
    }
    if (target == Switch.SET
        && pagesToScan == null
        && sleepMillis == null
        && mergeAcrossNodes.isEmpty()) {
      throw new CliException(
          ExitCode.USAGE,
          "ksm set needs a knob",
          "--pages-to-scan, --sleep-millis or --merge-across-nodes");
    }
  }

  @Override
  int run(Session session) {
    PlanKsmRequest.Builder request =
        PlanKsmRequest.newBuilder().addAllHosts(hosts).setRun(runOf(session));
    if (pagesToScan != null) {
      request.setPagesToScan(checked("--pages-to-scan", pagesToScan));
    }
    if (sleepMillis != null) {
      request.setSleepMillis(checked("--sleep-millis", sleepMillis));
    }
    if (!mergeAcrossNodes.isEmpty()) {
      request.setMergeAcrossNodes(mergeAcrossNodes.equals("yes"));
    }
    return change.carryOut(session, session.call(stub -> stub.planKsm(request.build())));
  }

  private static long checked(String option, long value) {
    if (value < 0) {
      throw new CliException(ExitCode.USAGE, option + " " + value, "must not be negative");
    }
    return value;
  }

  private int runOf(Session session) {
    return switch (target) {
      case ON -> 1;
      case OFF -> 0;
      case UNMERGE -> 2;
      case SET -> commonRun(session);
    };
  }

  /** The switch of the hosts concerned, which must be one: a request carries one. */
  private int commonRun(Session session) {
    List<Host> concerned =
        session
            .call(stub -> stub.listHosts(ListHostsRequest.getDefaultInstance()))
            .getHostsList()
            .stream()
            .filter(host -> hosts.isEmpty() || hosts.contains(host.getName()))
            .filter(Host::hasKsm)
            .toList();
    Set<Integer> runs =
        concerned.stream()
            .map(host -> host.getKsm().getRun())
            .collect(Collectors.toCollection(TreeSet::new));
    if (runs.size() != 1) {
      String found =
          concerned.stream()
              .map(host -> host.getName() + " run=" + host.getKsm().getRun())
              .collect(Collectors.joining(", "));
      throw new CliException(
          ExitCode.REFUSED,
          "the hosts' KSM switches differ or are not known ("
              + (found.isEmpty() ? "no host with KSM" : found)
              + ")",
          "set the knobs of equal hosts with --host, or together with "
              + Switch.ON.name().toLowerCase(Locale.ROOT)
              + ", off or unmerge");
    }
    return runs.iterator().next();
  }
}
