package dev.ballast.bench.synthetic;

import dev.ballast.bench.FigureOutput;
import dev.ballast.bench.Measurement;
import dev.ballast.core.search.Construction;
import dev.ballast.core.search.Problem;
import dev.ballast.core.search.Rules;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code ballast-bench placement}: a synthetic cluster from nothing, then one VM more. */
@Command(
    name = "placement",
    description = {
      "Places the VMs of a synthetic cluster from nothing, then single further VMs.",
      "Warm-up: one cluster of 200 hosts x 2,000 VMs, and a fifth of the single placements.",
      "p50Micros and p99Micros are processor time of one placement: other load does not count."
    },
    mixinStandardHelpOptions = true)
public final class PlacementCommand implements Callable<Integer> {
  private static final int HOST_LIMIT = 100_000;
  private static final int VM_LIMIT = 1_000_000;

  /** Single placements that are timed, after a quarter as many that are not. */
  private static final int PROBES = 4_000;

  /** Which constraints the VMs have. */
  enum Constraints {
    ALL,
    LATER,
    NONE
  }

  @Option(names = "--hosts", required = true, description = "1 to " + HOST_LIMIT)
  private int hosts;

  @Option(names = "--vms", required = true, description = "1 to " + VM_LIMIT)
  private int vms;

  @Option(
      names = "--policy",
      defaultValue = "BALANCE",
      description = "balance or consolidate; default ${DEFAULT-VALUE}")
  private Construction.Aim policy = Construction.Aim.BALANCE;

  @Option(
      names = "--constraints",
      defaultValue = "LATER",
      description = {
        "who has constraints of every kind: all VMs, only those placed later one by one, or none;",
        "all keep capacity and the spread groups; default ${DEFAULT-VALUE}"
      })
  private Constraints constraints = Constraints.LATER;

  @Option(names = "--seed", defaultValue = "1", description = "default ${DEFAULT-VALUE}")
  private long seed;

  @Mixin private FigureOutput output = new FigureOutput();

  @Override
  public Integer call() {
    output.inRange("--hosts", hosts, HOST_LIMIT);
    output.inRange("--vms", vms, VM_LIMIT);
    warmUp();
    int probes = PROBES + PROBES / 4;
    Problem problem = SyntheticCluster.generate(hosts, vms, probes, seed);
    Rules rules =
        switch (constraints) {
          case ALL -> SyntheticRules.generate(hosts, vms + probes, probes, 0, seed);
          case LATER -> SyntheticRules.generate(hosts, vms + probes, probes, vms, seed);
          case NONE -> Rules.none(vms + probes, hosts);
        };
    Measurement measurement = new Measurement();
    Construction construction = new Construction(problem, rules, policy);
    construction.placeAll(first(vms));
    Map<String, Object> figures = new LinkedHashMap<>();
    measurement.addTo(figures);
    int[] assignment = construction.assignment();
    figures.put("unplaced", Arrays.stream(assignment, 0, vms).filter(bin -> bin < 0).count());
    figures.put("feasible", PlacementCheck.isFeasible(problem, rules, assignment));
    long[] nanos = placeOneMore(construction, probes);
    figures.put("p50Micros", nanos[nanos.length / 2] / 1e3);
    figures.put("p99Micros", nanos[nanos.length * 99 / 100] / 1e3);
    figures.put("hostsUsed", construction.binsUsed());
    figures.put("hostsLowerBound", SyntheticCluster.hostsLowerBound(problem, vms));
    CpuSpread.addTo(figures, problem, assignment, vms);
    output.print(figures);
    return 0;
  }

  private void warmUp() {
    new Construction(
            SyntheticCluster.generate(200, 2_000, 0, seed),
            SyntheticRules.generate(200, 2_000, 0, 0, seed),
            policy)
        .placeAll(first(2_000));
  }

  private static int[] first(int items) {
    return IntStream.range(0, items).toArray();
  }

  /**
   * Each probe VM is placed, timed and taken out again; the sorted processor times of later ones.
   */
  private long[] placeOneMore(Construction construction, int probes) {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    long[] nanos = new long[PROBES];
    for (int probe = 0; probe < probes; probe++) {
      int item = vms + probe;
      long start = threads.getCurrentThreadCpuTime();
      int bin = construction.place(item);
      long took = threads.getCurrentThreadCpuTime() - start;
      if (bin != Construction.NOWHERE) {
        construction.remove(item);
      }
      if (probe >= probes - PROBES) {
        nanos[probe - (probes - PROBES)] = took;
      }
    }
    Arrays.sort(nanos);
    return nanos;
  }
}
