package dev.ballast.core.placement;

import dev.ballast.core.model.Assignment;
import dev.ballast.core.model.CpuPins;
import dev.ballast.core.model.CpuPolicy;
import dev.ballast.core.model.HostName;
import dev.ballast.core.model.HostView;
import dev.ballast.core.model.MemoryDemand;
import dev.ballast.core.model.ObservedDomain;
import dev.ballast.core.model.Snapshot;
import dev.ballast.core.model.VmName;
import dev.ballast.core.model.VmSpec;
import dev.ballast.core.placement.SeatFinder.Found;
import dev.ballast.core.plan.Decision;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
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
    Set<VmName> names = new HashSet<>();
    vms.forEach(vm -> names.add(vm.name()));
    List<HostUse> hosts =
        snapshot.hosts().values().stream().map(view -> new HostUse(snapshot, view, names)).toList();
    SortedMap<VmName, Placement> placed = new TreeMap<>();
    SortedMap<VmName, Unplaceable> unplaceable = new TreeMap<>();
    SortedMap<VmName, CpuPins> yielding = new TreeMap<>();
    vms.forEach(vm -> hosts.forEach(use -> use.linger(vm)));
    Set<VmName> running = running(snapshot);
    Comparator<VmSpec> runningFirst = Comparator.comparing(vm -> !running.contains(vm.name()));
    for (VmSpec vm : vms.stream().sorted(runningFirst.thenComparing(ORDER)).toList()) {
      hosts.forEach(use -> use.leave(vm.name()));
      SortedMap<HostName, Found> found = new TreeMap<>();
      hosts.forEach(use -> found.put(use.view().name(), SeatFinder.find(use, vm, policy)));
      Optional<Seat> best =
          found.values().stream().flatMap(f -> f.seat().stream()).min(Seat.BALANCE);
      if (best.isEmpty()) {
        SortedMap<HostName, List<Veto>> vetoes = new TreeMap<>();
        found.forEach((name, f) -> vetoes.put(name, f.vetoes()));
        unplaceable.put(vm.name(), new Unplaceable(vm.name(), vetoes));
        continue;
      }
      placed.put(vm.name(), placement(vm, best.get(), found));
      sit(hosts, vm, best.get());
      yielding.putAll(best.get().yielding());
    }
    for (VmName name : names) {
      settle(placed, yielding, name);
    }
    return new PlacementResult(placed, unplaceable, yielding);
  }

  private static Set<VmName> running(Snapshot snapshot) {
    return snapshot.hosts().values().stream()
        .flatMap(view -> view.domains().values().stream())
        .filter(domain -> domain.state().isActive())
        .map(ObservedDomain::name)
        .collect(Collectors.toSet());
  }

  private static void sit(List<HostUse> hosts, VmSpec vm, Seat seat) {
    for (HostUse use : hosts) {
      if (use.view().name().equals(seat.host())) {
        seat.yielding().forEach(use::repin);
        use.add(occupant(vm, seat, use));
      }
    }
  }

  /** A VM that was placed by the same call and then yielded has its final pins in its placement. */
  private static void settle(
      SortedMap<VmName, Placement> placed, SortedMap<VmName, CpuPins> yielding, VmName name) {
    CpuPins pins = yielding.remove(name);
    Placement placement = placed.get(name);
    if (pins != null && placement != null) {
      placed.put(name, new Placement(placement.assignment().withPins(pins), placement.decision()));
    }
  }

  @Override
  public List<Veto> vetoes(Snapshot snapshot, VmSpec vm, HostName host, PlacementPolicy policy) {
    HostView view = snapshot.hosts().get(host);
    if (view == null) {
      throw new IllegalArgumentException("no host is named " + host);
    }
    HostUse use = new HostUse(snapshot, view, Set.of(vm.name()));
    return SeatFinder.find(use, vm, policy).vetoes();
  }

  private static Occupant occupant(VmSpec vm, Seat seat, HostUse use) {
    return new Occupant(
        vm.name(),
        seat.pins(),
        Occupant.lingering(seat.pins(), Optional.ofNullable(use.view().domains().get(vm.name()))),
        vm.cpuPolicy() == CpuPolicy.DEDICATED,
        use.demandBytes(vm),
        false,
        vm.pins().isEmpty(),
        vm.antiAffinity());
  }

  private static Placement placement(VmSpec vm, Seat seat, SortedMap<HostName, Found> found) {
    List<String> rejected = new ArrayList<>();
    Optional<Seat> second = Optional.empty();
    for (Map.Entry<HostName, Found> entry : found.entrySet()) {
      if (entry.getKey().equals(seat.host())) {
        continue;
      }
      Found other = entry.getValue();
      rejected.add(entry.getKey() + ": " + whyNot(other));
      if (other.seat().isPresent()
          && (second.isEmpty() || Seat.BALANCE.compare(other.seat().get(), second.get()) < 0)) {
        second = other.seat();
      }
    }
    String gain =
        second
            .map(
                s ->
                    "highest share "
                        + seat.highestPercent()
                        + " %, next best "
                        + s.host()
                        + " "
                        + s.highestPercent()
                        + " %")
            .orElse("the only host that can take it");
    long mebibytes = MemoryDemand.onHostBytes(vm.memoryBytes()) >> 20;
    Decision decision =
        new Decision(
            "place",
            Optional.of(vm.name()),
            "on " + seat.host() + ", " + seat.where() + ": " + seat.shares(),
            vm.vcpus()
                + (vm.vcpus() == 1 ? " vCPU, " : " vCPUs, ")
                + mebibytes
                + " MiB with QEMU's own",
            gain,
            rejected);
    return new Placement(new Assignment(vm.name(), seat.host(), seat.pins(), false), decision);
  }

  private static String whyNot(Found found) {
    return found
        .seat()
        .map(seat -> "would be at " + seat.highestPercent() + " % (" + seat.shares() + ")")
        .orElseGet(() -> String.join("; ", found.vetoes().stream().map(Veto::reason).toList()));
  }
}
