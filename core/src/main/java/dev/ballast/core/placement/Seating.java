package dev.ballast.core.placement;

import dev.ballast.core.model.Assignment;
import dev.ballast.core.model.HostName;
import dev.ballast.core.model.HostView;
import dev.ballast.core.model.Snapshot;
import dev.ballast.core.model.VmName;
import dev.ballast.core.model.VmSpec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Who sits where while VMs move one after the other: nodes and CPUs for each on the host that was
 * chosen for it. Each move counts in those that follow.
 */
public final class Seating {
  private final Snapshot snapshot;
  private final PlacementPolicy policy;
  private final Map<HostName, List<Assignment>> assigned;
  private final Map<HostName, HostUse> uses = new HashMap<>();
  private final Neighbours neighbours;

  public Seating(Snapshot snapshot, PlacementPolicy policy) {
    this.snapshot = snapshot;
    this.policy = policy;
    this.assigned = HostUse.byHost(snapshot);
    this.neighbours = new Neighbours(snapshot, Set.of());
  }

  /** A VM that takes something of a host, whether it runs there or is assigned only. */
  public record Taken(VmName vm, HostName host, long memoryBytes, int vcpus) {}

  /** A seat, or what stands against one. */
  public record Answer(Optional<Assignment> assignment, List<Veto> vetoes) {}

  private HostUse use(HostName host) {
    return uses.computeIfAbsent(
        host,
        name -> {
          HostView view = snapshot.hosts().get(name);
          if (view == null) {
            throw new IllegalArgumentException("no host is named " + name);
          }
          return new HostUse(snapshot, view, assigned.getOrDefault(name, List.of()), Set.of());
        });
  }

  /** All that take something of the host, by name. */
  public List<Taken> taken(HostName host) {
    List<Taken> result = new ArrayList<>();
    for (Occupant occupant : use(host).occupants()) {
      int vcpus = occupant.pins().vcpus().size();
      result.add(new Taken(occupant.vm(), host, occupant.memory().bytes(), vcpus));
    }
    return result;
  }

  /** What the host can still promise; below 0 where too much is promised already. */
  public long freeBytes(HostName host) {
    return use(host).freeBytes(policy);
  }

  /** Moves the VM there if it finds a seat for which no other VM has to yield. */
  public Answer move(VmSpec vm, HostName from, HostName to) {
    neighbours.leave(vm);
    SeatFinder.Found found = SeatFinder.find(use(to), vm, neighbours, policy);
    Optional<Seat> seat = found.seat().filter(each -> each.yielding().isEmpty());
    if (seat.isEmpty()) {
      neighbours.enter(vm, from);
      return new Answer(Optional.empty(), found.vetoes());
    }
    use(to).add(Occupant.seated(vm, seat.get(), use(to)));
    use(from).leave(vm.name());
    neighbours.enter(vm, to);
    return new Answer(Optional.of(seat.get().assignment(vm.name())), List.of());
  }
}
