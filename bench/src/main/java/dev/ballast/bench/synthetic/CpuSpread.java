package dev.ballast.bench.synthetic;

import dev.ballast.core.search.Problem;
import java.util.Arrays;
import java.util.Map;

/** How evenly CPU is used over the hosts of an assignment. */
final class CpuSpread {
  private CpuSpread() {}

  /** Adds cpuMean, cpuStd and cpuMax of the first so many VMs, as shares of the hosts' CPU. */
  static void addTo(Map<String, Object> figures, Problem problem, int[] assignment, int vms) {
    double[] load = new double[problem.bins()];
    for (int item = 0; item < vms; item++) {
      if (assignment[item] >= 0) {
        load[assignment[item]] +=
            problem.requirement()[item * SyntheticCluster.RESOURCES + SyntheticCluster.CPU];
      }
    }
    for (int host = 0; host < load.length; host++) {
      load[host] /= Math.max(1, problem.capacity()[host * SyntheticCluster.RESOURCES]);
    }
    double mean = Arrays.stream(load).average().orElse(0);
    double variance = Arrays.stream(load).map(x -> (x - mean) * (x - mean)).average().orElse(0);
    figures.put("cpuMean", mean);
    figures.put("cpuStd", Math.sqrt(variance));
    figures.put("cpuMax", Arrays.stream(load).max().orElse(0));
  }
}
