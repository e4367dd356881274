package dev.ballast.bench.synthetic;

import dev.ballast.bench.FigureOutput;
import dev.ballast.bench.InputException;
import dev.ballast.bench.Measurement;
import dev.ballast.core.search.Construction;
import dev.ballast.core.search.Problem;
import dev.ballast.core.search.Rules;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code ballast-bench compare}: one synthetic cluster, placed by Ballast and by others. */
@Command(
    name = "compare",
    description = {
      "Places the VMs of one synthetic cluster (capacity and spread groups) by Ballast and by the",
      "solvers of others that this build holds, and checks each answer by code of none of them.",
      "Those solvers are in a build with: mvn -Pcompare -pl bench -am package"
    },
    mixinStandardHelpOptions = true)
public final class CompareCommand implements Callable<Integer> {
  private static final int HOST_LIMIT = 100_000;
  private static final int VM_LIMIT = 1_000_000;
  private static final int SECONDS_LIMIT = 86_400;
  private static final int WARM_UP_HOSTS = 200;
  private static final int WARM_UP_VMS = 2_000;

  /** What the others are asked for as well. */
  enum Policy {
    BALANCE
  }

  @Option(names = "--hosts", required = true, description = "1 to " + HOST_LIMIT)
  private int hosts;

  @Option(names = "--vms", required = true, description = "1 to " + VM_LIMIT)
  private int vms;

  @Option(names = "--policy", defaultValue = "BALANCE", description = "${COMPLETION-CANDIDATES}")
  private Policy policy = Policy.BALANCE;

  @Option(
      names = "--seconds",
      defaultValue = "60",
      description = "wall time that each of the others may take; default ${DEFAULT-VALUE}")
  private int seconds = 60;

  @Option(names = "--seed", defaultValue = "1", description = "default ${DEFAULT-VALUE}")
  private long seed;

  @Mixin private FigureOutput output = new FigureOutput();

  @Override
  public Integer call() {
    output.inRange("--hosts", hosts, HOST_LIMIT);
    output.inRange("--vms", vms, VM_LIMIT);
    output.inRange("--seconds", seconds, SECONDS_LIMIT);
    List<Rival> rivals = ServiceLoader.load(Rival.class).stream().map(p -> p.get()).toList();
    if (rivals.isEmpty()) {
      throw new InputException(
          "this build holds no solver of others; make one with: mvn -Pcompare -pl bench -am"
              + " package");
    }
    Problem problem = SyntheticCluster.generate(hosts, vms, 0, seed);
    ballast(SyntheticCluster.generate(WARM_UP_HOSTS, WARM_UP_VMS, 0, seed));
    List<Map<String, Object>> runs = new ArrayList<>();
    Measurement own = new Measurement();
    runs.add(figures("Ballast", problem, ballast(problem), own));
    for (Rival rival : rivals) {
      Measurement measurement = new Measurement();
      runs.add(figures(rival.name(), problem, rival.solve(problem, seconds, seed), measurement));
    }
    print(runs);
    return 0;
  }

  private static int[] ballast(Problem problem) {
    Construction construction = new Construction(problem, Construction.Aim.BALANCE);
    construction.placeAll(IntStream.range(0, problem.items()).toArray());
    return construction.assignment();
  }

  private Map<String, Object> figures(
      String solver, Problem problem, int[] assignment, Measurement measurement) {
    Map<String, Object> figures = new LinkedHashMap<>();
    figures.put("solver", solver);
    figures.put("policy", policy.name().toLowerCase(Locale.ROOT));
    measurement.addTo(figures);
    long unplaced = Arrays.stream(assignment).filter(host -> host < 0).count();
    figures.put("unplaced", unplaced);
    figures.put(
        "feasible",
        unplaced == 0
            && PlacementCheck.isFeasible(
                problem, Rules.none(problem.items(), problem.bins()), assignment));
    figures.put("hostsUsed", Arrays.stream(assignment).filter(h -> h >= 0).distinct().count());
    CpuSpread.addTo(figures, problem, assignment, vms);
    return figures;
  }

  private void print(List<Map<String, Object>> runs) {
    PrintWriter out = output.writer();
    switch (output.format()) {
      case JSON -> output.print(Map.of("runs", runs));
      case TABLE -> {
        out.printf(
            "%-24s %8s %8s %8s %8s %7s %7s %7s%n",
            "solver", "cpu-s", "wall-s", "feasible", "unplaced", "hosts", "std", "max");
        for (Map<String, Object> run : runs) {
          out.printf(
              Locale.ROOT,
              "%-24s %8.2f %8.2f %8s %8s %7s %7.4f %7.4f%n",
              run.get("solver"),
              number(run, "cpuSeconds"),
              number(run, "wallSeconds"),
              run.get("feasible"),
              run.get("unplaced"),
              run.get("hostsUsed"),
              number(run, "cpuStd"),
              number(run, "cpuMax"));
        }
        out.flush();
      }
    }
  }

  private static double number(Map<String, Object> run, String name) {
    return run.get(name) instanceof Number number ? number.doubleValue() : Double.NaN;
  }
}
