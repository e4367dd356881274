package dev.ballast.core.planning;

import dev.ballast.core.demand.VmDemand;
import dev.ballast.core.model.Assignment;
import dev.ballast.core.model.Automation;
import dev.ballast.core.model.CpuPolicy;
import dev.ballast.core.model.DomainState;
import dev.ballast.core.model.HostName;
import dev.ballast.core.model.HostView;
import dev.ballast.core.model.ObservedDomain;
import dev.ballast.core.model.Snapshot;
import dev.ballast.core.model.VmLoad;
import dev.ballast.core.model.VmName;
import dev.ballast.core.model.VmSpec;
import dev.ballast.core.placement.Companions;
import dev.ballast.core.placement.PlacementPolicy;
import dev.ballast.core.placement.Seating;
import dev.ballast.core.placement.Seating.Taken;
import dev.ballast.core.search.Problem;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Lowers a snapshot to the search's problem: hosts are bins, and whatever takes something of a host
 * is an item.
 *
 * <p>Resources: memory with QEMU's own (held on both hosts while a VM moves; capacity is what is
 * promised and what can still be promised), vCPUs (capacity is {@code vcpusPerCpu} · online CPUs),
 * and CPU demand (capacity is the host's CPU capacity, safety {@code hotPercent} of it; the only
 * one with a load weight). The cost of a move is the VM's memory.
 *
 * <p>NUMA nodes, CPUs and emulators are not in the problem: {@link Seating} seats each move, and a
 * host that has no seat is {@linkplain Forbidden forbidden} in the next lowering.
 */
public final class Lowering {
  private final Snapshot snapshot;
  private final Map<VmName, VmDemand> demand;
  private final PlacementPolicy policy;
  private final long hotPercent;
  private final Bounds bounds;
  private final Map<VmName, List<VmSpec>> companions;
  private final List<HostName> hosts;
  private final List<Taken> items = new ArrayList<>();
  private final List<String> fixed = new ArrayList<>();
  private final Map<HostName, Integer> bins = new HashMap<>();

  /** That host has no seat for the VM. */
  public record Forbidden(VmName vm, HostName host) {}

  private Lowering(
      Snapshot snapshot,
      Map<VmName, VmDemand> demand,
      PlacementPolicy policy,
      long hotPercent,
      Bounds bounds) {
    this.bounds = bounds;
    this.companions = Companions.of(snapshot.specs().values());
    this.snapshot = snapshot;
    this.demand = demand;
    this.policy = policy;
    this.hotPercent = hotPercent;
    this.hosts = List.copyOf(snapshot.hosts().keySet());
  }

  /**
   * The cluster as it is, except that no VM may come to a host forbidden for it, and what the
   * bounds leave alone stays.
   */
  public static LoweredCluster of(
      Snapshot snapshot,
      Map<VmName, VmDemand> demand,
      PlacementPolicy policy,
      long hotPercent,
      Set<Forbidden> forbidden,
      Bounds bounds) {
    return new Lowering(snapshot, demand, policy, hotPercent, bounds).lowered(forbidden);
  }

  private LoweredCluster lowered(Set<Forbidden> forbidden) {
    Seating seating = new Seating(snapshot, policy);
    for (HostName host : hosts) {
      bins.put(host, bins.size());
      for (Taken taken : seating.taken(host)) {
        items.add(taken);
        fixed.add(whyFixed(taken));
      }
    }
    List<VmName> vms = items.stream().map(Taken::vm).toList();
    RulesLowering rules =
        new RulesLowering(snapshot, hosts, items, fixed, forbidden, bounds.hosts().keySet());
    return new LoweredCluster(problem(seating), rules.rules(), hosts, vms, fixed);
  }

  private Problem problem(Seating seating) {
    int resources = LoweredCluster.RESOURCES;
    long[] requirement = new long[items.size() * resources];
    long[] moveCost = new long[items.size()];
    int[] initial = new int[items.size()];
    long[] used = new long[hosts.size()];
    for (int item = 0; item < items.size(); item++) {
      Taken taken = items.get(item);
      initial[item] = bins.getOrDefault(taken.host(), 0);
      requirement[item * resources + LoweredCluster.MEMORY] = taken.memoryBytes();
      requirement[item * resources + LoweredCluster.VCPUS] = taken.vcpus();
      requirement[item * resources + LoweredCluster.CPU_DEMAND] = wantedMillis(taken);
      moveCost[item] = taken.memoryBytes() >> 20;
      used[initial[item]] += taken.memoryBytes();
    }
    long[] capacity = new long[hosts.size() * resources];
    for (int bin = 0; bin < hosts.size(); bin++) {
      HostView view = view(hosts.get(bin));
      int cpus = view.guestTopology().onlineCpus().size();
      capacity[bin * resources + LoweredCluster.MEMORY] =
          Math.max(0, used[bin] + seating.freeBytes(hosts.get(bin)));
      capacity[bin * resources + LoweredCluster.VCPUS] = (long) policy.vcpusPerCpu() * cpus;
      capacity[bin * resources + LoweredCluster.CPU_DEMAND] =
          Math.max(0, view.inventory().cpuCapacityMillis());
    }
    return new Problem(
        resources,
        new boolean[] {true, true, false},
        new long[] {0, 0, 1},
        hosts.size(),
        new int[hosts.size()],
        new int[hosts.size()],
        capacity,
        safety(capacity),
        new int[0],
        items.size(),
        new int[items.size()],
        new int[items.size()][0],
        items.size(),
        counting(items.size()),
        requirement,
        moveCost,
        new Problem.Balance(new int[0], new int[0], new long[0], new long[0]),
        0,
        0,
        0,
        initial);
  }

  private long[] safety(long[] capacity) {
    long[] safety = capacity.clone();
    for (int at = LoweredCluster.CPU_DEMAND; at < safety.length; at += LoweredCluster.RESOURCES) {
      safety[at] = safety[at] * hotPercent / 100;
    }
    return safety;
  }

  private static int[] counting(int count) {
    int[] result = new int[count];
    Arrays.setAll(result, i -> i);
    return result;
  }

  private HostView view(HostName host) {
    return Optional.ofNullable(snapshot.hosts().get(host)).orElseThrow();
  }

  private long wantedMillis(Taken taken) {
    HostView view = view(taken.host());
    ObservedDomain domain = view.domains().get(taken.vm());
    return domain != null && domain.state().isActive() ? wantedMillis(view, taken.vm(), demand) : 0;
  }

  /** What a running VM wants: its estimate, else what it used last. */
  static long wantedMillis(HostView view, VmName vm, Map<VmName, VmDemand> demand) {
    VmDemand known = demand.get(vm);
    return known != null
        ? known.expectedMillis()
        : view.load().vms().stream()
            .filter(load -> load.vm().equals(vm))
            .mapToLong(VmLoad::usageMillis)
            .findFirst()
            .orElse(0);
  }

  private String whyFixed(Taken taken) {
    VmSpec spec = snapshot.specs().get(taken.vm());
    Assignment assignment = snapshot.assignments().get(taken.vm());
    HostView view = view(taken.host());
    if (!view.connected() || view.frozen() || view.observeOnly()) {
      return "its host is not connected, frozen or only observed";
    } else if (spec == null || assignment == null || !assignment.host().equals(taken.host())) {
      return "is not a VM that Ballast placed there";
    } else if (snapshot
        .domain(taken.host(), taken.vm())
        .filter(domain -> domain.state() == DomainState.RUNNING)
        .isEmpty()) {
      return "does not run";
    } else if (snapshot.frozen() || snapshot.frozenVms().contains(taken.vm())) {
      return "is frozen";
    } else if (spec.pins().isPresent() || assignment.override()) {
      return "people chose its pins";
    } else if (spec.cpuPolicy() == CpuPolicy.DEDICATED) {
      return "has dedicated CPUs";
    } else if (!assignment.devices().isEmpty()) {
      return "has devices of its host";
    } else if (snapshot
        .domain(taken.host(), taken.vm())
        .filter(domain -> !domain.snapshots().isEmpty())
        .isPresent()) {
      return "has snapshots, which lie in its disks";
    } else if (assignment.cells() > 1) {
      return "is split over NUMA nodes of its host";
    }
    if (spec.automation() == Automation.OFF) {
      return "its automation is off";
    }
    List<VmSpec> set = companions.getOrDefault(taken.vm(), List.of());
    return set.size() > 1
        ? "shares its host with its affinity group of "
            + set.size()
            + " VMs, which a rebalancing, moving VMs one by one, would part"
        : bounds.whyFixed(taken.vm(), taken.host());
  }
}
