package dev.ballast.bench.compare;

import ai.timefold.solver.core.api.solver.SolverFactory;
import ai.timefold.solver.core.config.solver.SolverConfig;
import dev.ballast.bench.synthetic.Rival;
import dev.ballast.core.search.Problem;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Timefold Solver with its default phases: first fit decreasing, then local search. */
public final class TimefoldRival implements Rival {
  @Override
  public String name() {
    return "Timefold 2.2";
  }

  @Override
  public int[] solve(Problem problem, int wallSeconds, long seed) {
    SolverConfig config =
        new SolverConfig()
            .withSolutionClass(TimefoldCluster.class)
            .withEntityClasses(VmSeat.class)
            .withConstraintProviderClass(TimefoldRules.class)
            .withRandomSeed(seed)
            .withTerminationSpentLimit(Duration.ofSeconds(wallSeconds));
    TimefoldCluster best =
        SolverFactory.<TimefoldCluster>create(config).buildSolver().solve(cluster(problem));
    int[] assignment = new int[problem.items()];
    Arrays.fill(assignment, -1);
    for (VmSeat vm : best.getVms()) {
      VmSeat.HostBin host = vm.getHost();
      if (host != null) {
        assignment[vm.getId()] = host.index;
      }
    }
    return assignment;
  }

  private static TimefoldCluster cluster(Problem problem) {
    List<VmSeat.HostBin> hosts = new ArrayList<>();
    for (int bin = 0; bin < problem.bins(); bin++) {
      hosts.add(
          new VmSeat.HostBin(bin, problem.capacity()[bin * 2], problem.capacity()[bin * 2 + 1]));
    }
    int[] sizes = new int[problem.groups()];
    for (int item = 0; item < problem.items(); item++) {
      sizes[problem.group()[item]]++;
    }
    List<VmSeat> vms = new ArrayList<>();
    for (int item = 0; item < problem.items(); item++) {
      int group = problem.group()[item];
      vms.add(
          new VmSeat(
              item,
              problem.requirement()[item * 2],
              problem.requirement()[item * 2 + 1],
              group,
              sizes[group] > 1));
    }
    return new TimefoldCluster(hosts, vms);
  }
}
