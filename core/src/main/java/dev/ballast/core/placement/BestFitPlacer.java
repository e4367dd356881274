package dev.ballast.core.placement;

import dev.ballast.core.model.CpuPolicy;
import dev.ballast.core.model.HostName;
import dev.ballast.core.model.HostView;
import dev.ballast.core.model.ObservedDomain;
import dev.ballast.core.model.Snapshot;
import dev.ballast.core.model.VmName;
import dev.ballast.core.model.VmSpec;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Spreads VMs over hosts and fits them into NUMA nodes, one after the other.
 *
 * <p>Order: running VMs first, then pins written by people, then dedicated CPUs, then those with
 * the fewest allowed hosts, then by memory and vCPUs descending, then by name. Host: the lowest
 * {@code max(vCPUs after placing / CPU capacity, memory promised after placing / memory)}, then the
 * lower sum, then by name. Node: of those where no CPU gets more than one vCPU the one with the
 * least memory left, else the one with the fewest vCPUs per CPU. CPUs of shared VMs: each vCPU on
 * one CPU, the one with the fewest vCPUs, on the core with the fewest vCPUs, the least busy, by
 * number. Dedicated VMs get whole cores by number.
 *
 * <p>VMs of one affinity group are placed as one: on the first host, in that order, which takes all
 * of them.
 */
public final class BestFitPlacer implements Placer {
  private static final Comparator<VmSpec> ORDER =
      Comparator.comparing((VmSpec vm) -> vm.pins().isEmpty())
          .thenComparing(vm -> vm.cpuPolicy() != CpuPolicy.DEDICATED)
          .thenComparingInt(vm -> vm.hosts().isEmpty() ? Integer.MAX_VALUE : vm.hosts().size())
          .thenComparing(VmSpec::memoryBytes, Comparator.reverseOrder())
          .thenComparing(VmSpec::vcpus, Comparator.reverseOrder())
          .thenComparing(VmSpec::name);

  @Override
  public PlacementResult place(Snapshot snapshot, List<VmSpec> vms, PlacementPolicy policy) {
    return place(snapshot, vms, policy, Map.of());
  }

  /**
   * The same, but VMs go to the host that is named for them, if it has a seat and takes all of
   * their affinity group.
   */
  public PlacementResult place(
      Snapshot snapshot,
      List<VmSpec> vms,
      PlacementPolicy policy,
      Map<VmName, HostName> preferred) {
    Set<VmName> running = running(snapshot);
    Comparator<VmSpec> runningFirst = Comparator.comparing(vm -> !running.contains(vm.name()));
    PlacementRun run = new PlacementRun(snapshot, vms, policy, preferred);
    vms.stream().sorted(runningFirst.thenComparing(ORDER)).forEach(run::place);
    return run.result();
  }

  private static Set<VmName> running(Snapshot snapshot) {
    return snapshot.hosts().values().stream()
        .flatMap(view -> view.domains().values().stream())
        .filter(domain -> domain.state().isActive())
        .map(ObservedDomain::name)
        .collect(Collectors.toSet());
  }

  @Override
  public List<Veto> vetoes(Snapshot snapshot, VmSpec vm, HostName host, PlacementPolicy policy) {
    HostView view = snapshot.hosts().get(host);
    if (view == null) {
      throw new IllegalArgumentException("no host is named " + host);
    }
    HostUse use = new HostUse(snapshot, view, Set.of(vm.name()));
    Neighbours neighbours = new Neighbours(snapshot, Set.of(vm.name()));
    return SeatFinder.find(use, vm, neighbours, policy).vetoes();
  }
}
