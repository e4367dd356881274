package dev.ballast.core.planning;

import dev.ballast.core.model.CpuPolicy;
import dev.ballast.core.model.HostName;
import dev.ballast.core.model.HostView;
import dev.ballast.core.model.MemoryDemand;
import dev.ballast.core.model.Snapshot;
import dev.ballast.core.model.VmName;
import dev.ballast.core.model.VmSpec;
import dev.ballast.core.placement.PlacementPolicy;
import dev.ballast.core.placement.Seating;
import dev.ballast.core.placement.Seating.Taken;
import dev.ballast.core.search.Aim;
import dev.ballast.core.search.Construction;
import dev.ballast.core.search.Problem;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Hosts for many new VMs together, by the engine's {@link Construction}. Resources: memory with
 * QEMU's own, and vCPUs, of which a dedicated VM takes all that its CPUs could carry. NUMA nodes
 * and CPUs are not looked at: who takes the answer seats each VM and may find no seat.
 */
final class JointHosts {
  private static final int RESOURCES = 2;

  /** Evenness is wanted of what the VMs take, not of what overcommitment would allow. */
  private static final double SLACK = 1.5;

  private final Snapshot snapshot;
  private final List<VmSpec> coming;
  private final PlacementPolicy policy;
  private final List<HostName> hosts;
  private final Seating seating;
  private final List<Taken> items = new ArrayList<>();
  private final List<String> fixed = new ArrayList<>();
  private final List<Integer> binOf = new ArrayList<>();

  private JointHosts(Snapshot snapshot, List<VmSpec> coming, PlacementPolicy policy) {
    this.snapshot = snapshot;
    this.coming = coming;
    this.policy = policy;
    this.hosts = List.copyOf(snapshot.hosts().keySet());
    this.seating = new Seating(snapshot, policy);
  }

  /** The host of each VM for which there is one. */
  static Map<VmName, HostName> of(Snapshot snapshot, List<VmSpec> coming, PlacementPolicy policy) {
    return hostsAreKnown(snapshot) ? new JointHosts(snapshot, coming, policy).find() : Map.of();
  }

  private static boolean hostsAreKnown(Snapshot snapshot) {
    return !snapshot.hosts().isEmpty();
  }

  private Map<VmName, HostName> find() {
    for (int bin = 0; bin < hosts.size(); bin++) {
      for (Taken taken : seating.taken(hosts.get(bin))) {
        items.add(taken);
        fixed.add("is there already");
        binOf.add(bin);
      }
    }
    int[] free = new int[coming.size()];
    for (VmSpec vm : coming) {
      free[items.size() - binOf.size()] = items.size();
      long memory = MemoryDemand.onHostBytes(vm.memoryBytes());
      items.add(new Taken(vm.name(), RulesLowering.NOWHERE, memory, vm.vcpus()));
      fixed.add("");
    }
    RulesLowering rules = new RulesLowering(snapshot, hosts, items, fixed, Set.of(), Set.of());
    Construction construction =
        new Construction(
            problem(),
            rules.rules(),
            policy.aim() == Aim.CONSOLIDATE
                ? Construction.Aim.CONSOLIDATE
                : Construction.Aim.BALANCE);
    for (int item = 0; item < binOf.size(); item++) {
      construction.keep(item, binOf.get(item));
    }
    construction.placeAll(free);
    Map<VmName, HostName> found = new HashMap<>();
    for (int item : free) {
      if (construction.binOf(item) != Construction.NOWHERE) {
        found.put(items.get(item).vm(), hosts.get(construction.binOf(item)));
      }
    }
    return found;
  }

  private Problem problem() {
    int perCpu = perCpu();
    long[] requirement = new long[items.size() * RESOURCES];
    long[] used = new long[hosts.size()];
    int[] initial = new int[items.size()];
    for (int item = 0; item < items.size(); item++) {
      Taken taken = items.get(item);
      requirement[item * RESOURCES] = taken.memoryBytes();
      requirement[item * RESOURCES + 1] = (long) taken.vcpus() * (isDedicated(taken) ? perCpu : 1);
      if (item < binOf.size()) {
        initial[item] = binOf.get(item);
        used[initial[item]] += taken.memoryBytes();
      }
    }
    long[] capacity = new long[hosts.size() * RESOURCES];
    for (int bin = 0; bin < hosts.size(); bin++) {
      capacity[bin * RESOURCES] = Math.max(0, used[bin] + seating.freeBytes(hosts.get(bin)));
      capacity[bin * RESOURCES + 1] = (long) perCpu * cpus(hosts.get(bin));
    }
    int[] alone = new int[items.size()];
    Arrays.setAll(alone, item -> item);
    return new Problem(
        RESOURCES,
        new boolean[RESOURCES],
        new long[RESOURCES],
        hosts.size(),
        new int[hosts.size()],
        new int[hosts.size()],
        capacity,
        capacity,
        new int[0],
        items.size(),
        new int[items.size()],
        new int[items.size()][0],
        items.size(),
        alone,
        requirement,
        new long[items.size()],
        new Problem.Balance(new int[0], new int[0], new long[0], new long[0]),
        0,
        0,
        0,
        initial);
  }

  private boolean isDedicated(Taken taken) {
    VmSpec spec = snapshot.specs().get(taken.vm());
    return spec != null && spec.cpuPolicy() == CpuPolicy.DEDICATED;
  }

  private int cpus(HostName host) {
    return Optional.ofNullable(snapshot.hosts().get(host))
        .map(HostView::guestTopology)
        .map(topology -> topology.onlineCpus().size())
        .orElse(0);
  }

  /** So many vCPUs a CPU: what is allowed, for evenness not much more than there are. */
  private int perCpu() {
    if (policy.aim() == Aim.CONSOLIDATE) {
      return policy.vcpusPerCpu();
    }
    long vcpus = items.stream().mapToLong(Taken::vcpus).sum();
    long cpus = Math.max(1, hosts.stream().mapToLong(this::cpus).sum());
    return Math.clamp((long) Math.ceil(SLACK * vcpus / cpus), 1, policy.vcpusPerCpu());
  }
}
