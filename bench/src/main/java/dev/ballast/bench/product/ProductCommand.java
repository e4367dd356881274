package dev.ballast.bench.product;

import dev.ballast.bench.FigureOutput;
import dev.ballast.bench.Measurement;
import dev.ballast.core.action.MigrationLimits;
import dev.ballast.core.check.PlanChecker;
import dev.ballast.core.demand.VmDemand;
import dev.ballast.core.model.Assignment;
import dev.ballast.core.model.Snapshot;
import dev.ballast.core.model.VmName;
import dev.ballast.core.placement.PlacementPolicy;
import dev.ballast.core.placement.PlacementResult;
import dev.ballast.core.plan.Plan;
import dev.ballast.core.planning.JointPlacer;
import dev.ballast.core.planning.PlanResult;
import dev.ballast.core.planning.RebalancePlanner;
import dev.ballast.core.planning.RebalancePlanner.Extent;
import dev.ballast.core.search.Aim;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code ballast-bench product}: the coordinator's planners on a large snapshot. */
@Command(
    name = "product",
    description = {
      "Places all VMs of a synthetic cluster at once, with NUMA nodes and CPUs, as 'ballast apply'",
      "does; then plans 'ballast rebalance' after some hosts became hot. Warm-up: the same with 50",
      "hosts. --check verifies the rebalancing with the checker that the coordinator uses."
    },
    mixinStandardHelpOptions = true)
public final class ProductCommand implements Callable<Integer> {
  private static final int HOST_LIMIT = 20_000;
  private static final int VM_LIMIT = 200_000;
  private static final int WARM_UP_HOSTS = 50;
  private static final int MOVE_LIMIT = 10_000;
  private static final int CONCURRENT = 32;

  @Option(names = "--hosts", required = true, description = "1 to " + HOST_LIMIT)
  private int hosts;

  @Option(names = "--vms", required = true, description = "1 to " + VM_LIMIT)
  private int vms;

  @Option(names = "--hot", defaultValue = "0.05", description = "share; default ${DEFAULT-VALUE}")
  private double hot;

  @Option(
      names = "--policy",
      defaultValue = "STABLE",
      description = "of the rebalancing: balance, consolidate, stable; default ${DEFAULT-VALUE}")
  private Aim policy = Aim.STABLE;

  @Option(names = "--check", description = "verify the plan by the independent checker")
  private boolean check;

  @Option(names = "--seed", defaultValue = "1", description = "default ${DEFAULT-VALUE}")
  private long seed;

  @Mixin private FigureOutput output = new FigureOutput();

  @Override
  public Integer call() {
    output.inRange("--hosts", hosts, HOST_LIMIT);
    output.inRange("--vms", vms, VM_LIMIT);
    run(new ProductCluster(WARM_UP_HOSTS, 10 * WARM_UP_HOSTS, seed));
    output.print(run(new ProductCluster(hosts, vms, seed)));
    return 0;
  }

  private Map<String, Object> run(ProductCluster cluster) {
    Map<String, Object> figures = new LinkedHashMap<>();
    Measurement applying = new Measurement();
    PlacementResult placed =
        new JointPlacer().place(cluster.empty(), cluster.vms(), PlacementPolicy.DEFAULT);
    put(figures, "place", applying);
    figures.put("placed", placed.placed().size());
    figures.put("unplaceable", placed.unplaceable().size());
    Map<VmName, Assignment> assigned = new TreeMap<>();
    placed.placed().forEach((vm, placement) -> assigned.put(vm, placement.assignment()));
    Snapshot running = cluster.running(assigned);
    Map<VmName, VmDemand> demand = cluster.demand(running, hot);
    Measurement rebalancing = new Measurement();
    PlanResult result =
        new RebalancePlanner()
            .plan(
                running,
                demand,
                MigrationLimits.DEFAULT,
                PlacementPolicy.DEFAULT,
                new Extent(100, MOVE_LIMIT, policy, CONCURRENT, Extent.DEFAULT.hotPercent()));
    put(figures, "rebalance", rebalancing);
    figures.put("peakHeapBytes", Measurement.peakHeapBytes());
    switch (result) {
      case PlanResult.Planned(Plan plan) -> {
        figures.put("moves", plan.steps().size());
        figures.put(
            "staysHot",
            plan.decisions().stream().filter(each -> each.kind().equals("wait")).count());
        if (check) {
          figures.put("faults", PlanChecker.check(running, plan).size());
        }
      }
      case PlanResult.Impossible(var problems) -> figures.put("problems", problems.toString());
    }
    return figures;
  }

  private static void put(Map<String, Object> figures, String name, Measurement measurement) {
    figures.put(name + "WallSeconds", Math.round(measurement.wallSeconds() * 1000) / 1000.0);
    figures.put(name + "CpuSeconds", Math.round(measurement.cpuSeconds() * 1000) / 1000.0);
  }
}
