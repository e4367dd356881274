package dev.ballast.core.planning;

import dev.ballast.core.model.HostName;
import dev.ballast.core.model.VmName;
import dev.ballast.core.search.Problem;
import dev.ballast.core.search.Rules;
import java.util.List;

/**
 * A cluster as the search sees it, and the names back.
 *
 * @param hosts by bin
 * @param vms by item; one that is on two hosts is there twice
 * @param fixed by item: why it may not move; empty where it may
 */
public record LoweredCluster(
    Problem problem, Rules rules, List<HostName> hosts, List<VmName> vms, List<String> fixed) {
  /** Resources in the problem's order. */
  public static final int MEMORY = 0;

  public static final int VCPUS = 1;
  public static final int CPU_DEMAND = 2;
  public static final int RESOURCES = 3;

  public LoweredCluster {
    hosts = List.copyOf(hosts);
    vms = List.copyOf(vms);
    fixed = List.copyOf(fixed);
  }

  /** What the item takes of the resource. */
  public long requirement(int item, int resource) {
    return problem.requirement()[item * RESOURCES + resource];
  }

  /** By item: whether it may not move. */
  public boolean[] fixedItems() {
    boolean[] result = new boolean[fixed.size()];
    for (int item = 0; item < result.length; item++) {
      result[item] = !fixed.get(item).isEmpty();
    }
    return result;
  }
}
