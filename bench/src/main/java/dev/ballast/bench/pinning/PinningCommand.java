package dev.ballast.bench.pinning;

import dev.ballast.bench.FigureOutput;
import dev.ballast.bench.Measurement;
import dev.ballast.core.balance.ReliefDecision;
import dev.ballast.core.balance.ReliefHistory;
import dev.ballast.core.balance.ReliefPolicy;
import dev.ballast.core.balance.RepinRelief;
import dev.ballast.core.check.PlanChecker;
import dev.ballast.core.demand.VmDemand;
import dev.ballast.core.model.Assignment;
import dev.ballast.core.model.CpuAlert;
import dev.ballast.core.model.Snapshot;
import dev.ballast.core.model.VmLoad;
import dev.ballast.core.model.VmName;
import dev.ballast.core.model.VmSpec;
import dev.ballast.core.placement.BestFitPlacer;
import dev.ballast.core.placement.PlacementPolicy;
import dev.ballast.core.placement.PlacementResult;
import dev.ballast.core.topology.CpuSet;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code ballast-bench pinning}: pins of many VMs on a large host, and a re-pin after an alert. */
@Command(
    name = "pinning",
    description = {
      "Pins VMs onto a host of 256 CPUs in 8 NUMA nodes, then decides about an alert there.",
      "The planner's own code. Warm-up: --warm-up rounds, not timed. Times are processor time."
    },
    mixinStandardHelpOptions = true)
public final class PinningCommand implements Callable<Integer> {
  private static final int VM_LIMIT = 200;
  private static final int ROUND_LIMIT = 100_000;

  /** So many small VMs of the crowded host share one CPU. */
  private static final int HOT_VMS = 4;

  private static final long NOW_MILLIS = 1_000_000;

  @Option(names = "--vms", defaultValue = "64", description = "default ${DEFAULT-VALUE}")
  private int vms;

  @Option(names = "--warm-up", defaultValue = "300", description = "default ${DEFAULT-VALUE}")
  private int warmUp;

  @Option(names = "--rounds", defaultValue = "200", description = "default ${DEFAULT-VALUE}")
  private int rounds;

  @Mixin private FigureOutput output = new FigureOutput();

  @Override
  public Integer call() {
    output.inRange("--vms", vms, VM_LIMIT);
    output.inRange("--warm-up", warmUp, ROUND_LIMIT);
    output.inRange("--rounds", rounds, ROUND_LIMIT);
    Measurement measurement = new Measurement();
    Map<String, Object> figures = new LinkedHashMap<>();
    List<VmSpec> specs = LargeHost.vms(vms);
    Snapshot empty = LargeHost.empty();
    PlacementResult placed = place(empty, specs);
    put(figures, "pin", timed(() -> place(empty, specs)));
    figures.put("pinned", placed.placed().size());
    SortedMap<VmName, Assignment> assignments = new TreeMap<>();
    placed.placed().forEach((vm, placement) -> assignments.put(vm, placement.assignment()));
    Snapshot crowded = LargeHost.crowded(specs, assignments, HOT_VMS);
    ReliefDecision decision = decide(crowded);
    put(figures, "repin", timed(() -> decide(crowded)));
    figures.put("repinDecision", decision.decision().reason());
    if (decision instanceof ReliefDecision.Repin repin) {
      figures.put("repinnedVms", repin.plan().steps().size());
      figures.put("faults", PlanChecker.check(crowded, repin.plan()));
    }
    measurement.addTo(figures);
    output.print(figures);
    return 0;
  }

  private static PlacementResult place(Snapshot snapshot, List<VmSpec> specs) {
    return new BestFitPlacer().place(snapshot, specs, PlacementPolicy.DEFAULT);
  }

  private static ReliefDecision decide(Snapshot snapshot) {
    Map<VmName, VmDemand> demand = new TreeMap<>();
    CpuSet hot = CpuSet.EMPTY;
    for (VmLoad load : snapshot.hosts().firstEntry().getValue().load().vms()) {
      long wants = load.usageMillis() + load.contentionMillis();
      demand.put(load.vm(), new VmDemand(load.vm(), load.usageMillis(), wants, wants));
      Assignment assignment = snapshot.assignments().get(load.vm());
      if (load.contentionMillis() > 0 && assignment != null) {
        hot = assignment.pins().allVcpuCpus();
      }
    }
    CpuAlert alert =
        new CpuAlert(1, 1, CpuAlert.Kind.HOT_CPUS, hot, 3000, 900, List.copyOf(demand.keySet()));
    return new RepinRelief()
        .decide(
            snapshot,
            LargeHost.NAME,
            alert,
            demand,
            ReliefPolicy.DEFAULT,
            ReliefHistory.EMPTY,
            NOW_MILLIS);
  }

  private long[] timed(Runnable work) {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    long[] nanos = new long[rounds];
    for (int round = -warmUp; round < rounds; round++) {
      long start = threads.getCurrentThreadCpuTime();
      work.run();
      if (round >= 0) {
        nanos[round] = threads.getCurrentThreadCpuTime() - start;
      }
    }
    Arrays.sort(nanos);
    return nanos;
  }

  private static void put(Map<String, Object> figures, String name, long[] nanos) {
    figures.put(name + "P50Millis", nanos[nanos.length / 2] / 1e6);
    figures.put(name + "P99Millis", nanos[nanos.length * 99 / 100] / 1e6);
  }
}
