package dev.ballast.core.placement;

import dev.ballast.core.model.Assignment;
import dev.ballast.core.model.CpuPins;
import dev.ballast.core.model.HostName;
import dev.ballast.core.model.MemoryDemand;
import dev.ballast.core.model.Snapshot;
import dev.ballast.core.model.VmName;
import dev.ballast.core.model.VmSpec;
import dev.ballast.core.placement.SeatFinder.Found;
import dev.ballast.core.plan.Decision;
import dev.ballast.core.search.Aim;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** One batch of VMs while they are placed one after the other. */
final class PlacementRun {
  /** In a larger cluster a VM that was placed together with others names no other hosts. */
  private static final int HOSTS_NAMED = 32;

  /** Among so many seats one is hardly worse than the best of all. */
  private static final int SEATS_COMPARED = 24;

  private final PlacementPolicy policy;
  private final Map<VmName, HostName> preferred;
  private final List<HostUse> hosts;
  private final Neighbours neighbours;
  private final Map<VmName, List<VmSpec>> companions;
  private final Set<VmName> names = new HashSet<>();
  private final SortedMap<VmName, Placement> placed = new TreeMap<>();
  private final SortedMap<VmName, Unplaceable> unplaceable = new TreeMap<>();
  private final SortedMap<VmName, CpuPins> yielding = new TreeMap<>();
  private int nextHost;

  PlacementRun(
      Snapshot snapshot,
      List<VmSpec> vms,
      PlacementPolicy policy,
      Map<VmName, HostName> preferred) {
    this.policy = policy;
    this.preferred = preferred;
    vms.forEach(vm -> names.add(vm.name()));
    Map<HostName, List<Assignment>> assigned = HostUse.byHost(snapshot);
    this.hosts =
        snapshot.hosts().values().stream()
            .map(
                view ->
                    new HostUse(
                        snapshot, view, assigned.getOrDefault(view.name(), List.of()), names))
            .toList();
    this.neighbours = new Neighbours(snapshot, names);
    this.companions = Companions.of(vms);
    vms.forEach(vm -> hosts.forEach(use -> use.linger(vm)));
  }

  /** A VM that sat down, and whose emulators made room for it. */
  private record Seated(VmSpec vm, Seat seat, HostUse use, SortedMap<VmName, CpuPins> before) {}

  /** A seat and what it costs, in weighted points. */
  private record Priced(Seat seat, long cost) {}

  void place(VmSpec vm) {
    if (placed.containsKey(vm.name()) || unplaceable.containsKey(vm.name())) {
      return;
    }
    List<VmSpec> group = companions.getOrDefault(vm.name(), List.of(vm));
    group.forEach(each -> hosts.forEach(use -> use.leave(each.name())));
    SortedMap<HostName, Found> found = new TreeMap<>();
    if (placeAsPreferred(vm, group, found) || placeAmongSome(vm, group, found)) {
      return;
    }
    found.clear();
    hosts.forEach(
        use -> found.put(use.view().name(), SeatFinder.find(use, vm, neighbours, policy)));
    List<Seat> seats = ranked(vm, found);
    SortedMap<HostName, List<Veto>> vetoes = new TreeMap<>();
    found.forEach((name, f) -> vetoes.put(name, f.vetoes()));
    for (Seat seat : seats) {
      List<Seated> seated = seatAll(vm, group, seat, vetoes);
      if (!seated.isEmpty()) {
        seated.forEach(each -> keep(each, found, seats));
        return;
      }
    }
    group.forEach(each -> unplaceable.put(each.name(), new Unplaceable(each.name(), vetoes)));
  }

  private boolean placeAsPreferred(
      VmSpec vm, List<VmSpec> group, SortedMap<HostName, Found> found) {
    HostName host = preferred.get(vm.name());
    if (host == null) {
      return false;
    }
    for (HostUse use : hosts) {
      if (use.view().name().equals(host) || hosts.size() <= HOSTS_NAMED) {
        found.put(use.view().name(), SeatFinder.find(use, vm, neighbours, policy));
      }
    }
    Optional<Seat> seat = Optional.ofNullable(found.get(host)).flatMap(Found::seat);
    List<Seated> seated =
        seat.isEmpty() ? List.of() : seatAll(vm, group, seat.get(), new TreeMap<>());
    seated.forEach(each -> keep(each, found, ranked(vm, found)));
    return !seated.isEmpty();
  }

  /**
   * One of many new VMs that finds no seat where it was to go takes the best of {@link
   * #SEATS_COMPARED} seats, each time on other hosts; where hosts are to be filled it looks at all.
   */
  private boolean placeAmongSome(VmSpec vm, List<VmSpec> group, SortedMap<HostName, Found> found) {
    if (!preferred.containsKey(vm.name())
        || hosts.size() <= HOSTS_NAMED
        || policy.aim() == Aim.CONSOLIDATE) {
      return false;
    }
    found.clear();
    int seats = 0;
    for (int looked = 0; looked < hosts.size() && seats < SEATS_COMPARED; looked++) {
      HostUse use = hosts.get(nextHost);
      nextHost = (nextHost + 1) % hosts.size();
      Found here = SeatFinder.find(use, vm, neighbours, policy);
      found.put(use.view().name(), here);
      seats += here.seat().isPresent() ? 1 : 0;
    }
    List<Seat> ranked = ranked(vm, found);
    for (Seat seat : ranked) {
      List<Seated> seated = seatAll(vm, group, seat, new TreeMap<>());
      if (!seated.isEmpty()) {
        seated.forEach(each -> keep(each, found, ranked));
        return true;
      }
    }
    return false;
  }

  /** The cheapest first; among equals as {@link Seat#BALANCE}. */
  private List<Seat> ranked(VmSpec vm, SortedMap<HostName, Found> found) {
    List<Priced> priced = new ArrayList<>();
    for (HostUse use : hosts) {
      Optional<Seat> seat = Optional.ofNullable(found.get(use.view().name())).flatMap(Found::seat);
      seat.ifPresent(each -> priced.add(new Priced(each, SeatCost.of(use, vm, each, policy))));
    }
    return priced.stream()
        .sorted(Comparator.comparingLong(Priced::cost).thenComparing(Priced::seat, Seat.BALANCE))
        .map(Priced::seat)
        .toList();
  }

  /** All of the group on the host of that seat, or none of them and the vetoes of the first. */
  private List<Seated> seatAll(
      VmSpec first, List<VmSpec> group, Seat seat, SortedMap<HostName, List<Veto>> vetoes) {
    HostUse use = use(seat.host());
    List<Seated> seated = new ArrayList<>();
    seated.add(sit(first, seat, use));
    for (VmSpec vm : group) {
      if (vm.name().equals(first.name())) {
        continue;
      }
      Found found = SeatFinder.find(use, vm, neighbours, policy);
      if (found.seat().isEmpty()) {
        vetoes.put(
            seat.host(),
            found.vetoes().stream()
                .<Veto>map(veto -> new Veto.NoRoomForCompanion(seat.host(), vm.name(), veto))
                .toList());
        seated.reversed().forEach(this::stand);
        return List.of();
      }
      seated.add(sit(vm, found.seat().get(), use));
    }
    return seated;
  }

  private HostUse use(HostName host) {
    return hosts.stream().filter(use -> use.view().name().equals(host)).findFirst().orElseThrow();
  }

  private Seated sit(VmSpec vm, Seat seat, HostUse use) {
    SortedMap<VmName, CpuPins> before = new TreeMap<>();
    seat.yielding().forEach((other, pins) -> before.put(other, use.repin(other, pins)));
    use.add(Occupant.seated(vm, seat, use));
    neighbours.enter(vm, seat.host());
    return new Seated(vm, seat, use, before);
  }

  private void stand(Seated seated) {
    seated.use().leave(seated.vm().name());
    seated.before().forEach(seated.use()::repin);
    neighbours.leave(seated.vm());
  }

  private void keep(Seated seated, SortedMap<HostName, Found> found, List<Seat> ranked) {
    placed.put(seated.vm().name(), placement(seated.vm(), seated.seat(), found, ranked));
    yielding.putAll(seated.seat().yielding());
  }

  PlacementResult result() {
    names.forEach(this::settle);
    return new PlacementResult(placed, unplaceable, yielding);
  }

  /** A VM that was placed by the same call and then yielded has its final pins in its placement. */
  private void settle(VmName name) {
    CpuPins pins = yielding.remove(name);
    Placement placement = placed.get(name);
    if (pins != null && placement != null) {
      placed.put(name, new Placement(placement.assignment().withPins(pins), placement.decision()));
    }
  }

  private Placement placement(
      VmSpec vm, Seat seat, SortedMap<HostName, Found> found, List<Seat> ranked) {
    List<String> rejected = new ArrayList<>();
    for (Map.Entry<HostName, Found> entry : found.entrySet()) {
      if (entry.getKey().equals(seat.host())) {
        continue;
      }
      rejected.add(entry.getKey() + ": " + whyNot(entry.getValue()));
    }
    Optional<Seat> second =
        ranked.stream().filter(other -> !other.host().equals(seat.host())).findFirst();
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
            .orElse(
                found.size() < hosts.size()
                    ? "all new VMs together"
                    : "the only host that can take it");
    long mebibytes = MemoryDemand.onHostBytes(vm.memoryBytes()) >> 20;
    Decision decision =
        new Decision(
            "place",
            Optional.of(vm.name()),
            "on " + seat.host() + ", " + seat.where() + ": " + seat.shares() + aimed(vm, seat),
            vm.vcpus()
                + (vm.vcpus() == 1 ? " vCPU, " : " vCPUs, ")
                + mebibytes
                + " MiB with QEMU's own",
            gain,
            rejected);
    return new Placement(seat.assignment(vm.name()), decision);
  }

  private String aimed(VmSpec vm, Seat seat) {
    boolean together = seat.host().equals(preferred.get(vm.name()));
    return (together ? "; chosen together with " + (preferred.size() - 1) + " other new VMs" : "")
        + aimed();
  }

  private String aimed() {
    return switch (policy.aim()) {
      case BALANCE -> "";
      case CONSOLIDATE -> "; the policy fills hosts that are in use";
      case STABLE -> "; the policy changes as little as possible of what runs";
    };
  }

  private static String whyNot(Found found) {
    return found
        .seat()
        .map(seat -> "would be at " + seat.highestPercent() + " % (" + seat.shares() + ")")
        .orElseGet(() -> String.join("; ", found.vetoes().stream().map(Veto::reason).toList()));
  }
}
