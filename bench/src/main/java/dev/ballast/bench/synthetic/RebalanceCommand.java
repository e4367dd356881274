package dev.ballast.bench.synthetic;

import dev.ballast.bench.FigureOutput;
import dev.ballast.bench.Measurement;
import dev.ballast.core.search.Relocation;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code ballast-bench rebalance}: ends the hot spots of a synthetic cluster. */
@Command(
    name = "rebalance",
    description = {
      "Plans the migrations that end the hot spots of a synthetic cluster with rules of every",
      "kind. On hot hosts the VMs want up to half as much CPU again as they were placed with.",
      "Warm-up: the same with 200 hosts x 2,000 VMs. --check verifies each intermediate state."
    },
    mixinStandardHelpOptions = true)
public final class RebalanceCommand implements Callable<Integer> {
  private static final int HOST_LIMIT = 100_000;
  private static final int VM_LIMIT = 1_000_000;
  private static final int WARM_UP_HOSTS = 200;

  @Option(names = "--hosts", required = true, description = "1 to " + HOST_LIMIT)
  private int hosts;

  @Option(names = "--vms", required = true, description = "1 to " + VM_LIMIT)
  private int vms;

  @Option(names = "--hot", defaultValue = "0.05", description = "share; default ${DEFAULT-VALUE}")
  private double hot;

  @Option(
      names = "--concurrent",
      defaultValue = "32",
      description = "migrations at once; default ${DEFAULT-VALUE}")
  private int concurrent;

  @Option(names = "--check", description = "verify the plan by the independent checker")
  private boolean check;

  @Option(names = "--seed", defaultValue = "1", description = "default ${DEFAULT-VALUE}")
  private long seed;

  @Mixin private FigureOutput output = new FigureOutput();

  @Override
  public Integer call() {
    output.inRange("--hosts", hosts, HOST_LIMIT);
    output.inRange("--vms", vms, VM_LIMIT);
    output.inRange("--concurrent", concurrent, HOST_LIMIT);
    output.isShare("--hot", hot);
    HotCluster small = HotCluster.generate(WARM_UP_HOSTS, 10 * WARM_UP_HOSTS, hot, seed);
    Relocation.plan(small.problem(), small.rules(), policy(small));
    HotCluster cluster = HotCluster.generate(hosts, vms, hot, seed);
    Measurement measurement = new Measurement();
    Relocation.Plan plan = Relocation.plan(cluster.problem(), cluster.rules(), policy(cluster));
    Map<String, Object> figures = new LinkedHashMap<>();
    measurement.addTo(figures);
    figures.put("hotHosts", cluster.hotHosts());
    figures.put("hotHostsLeft", plan.refusals().size());
    figures.put("moves", plan.moves().size());
    figures.put("waves", plan.moves().stream().mapToInt(Relocation.Move::wave).max().orElse(0));
    figures.put(
        "refusals",
        plan.refusals().stream()
            .collect(Collectors.groupingBy(r -> r.reason().name(), Collectors.counting())));
    if (check) {
      figures.put("faults", cluster.faults(plan, concurrent));
    }
    output.print(figures);
    return 0;
  }

  private Relocation.Policy policy(HotCluster cluster) {
    int items = cluster.problem().items();
    return new Relocation.Policy(items, concurrent, 1, new boolean[items]);
  }
}
