package dev.ballast.core.check;

import dev.ballast.core.action.Action;
import dev.ballast.core.action.Final;
import dev.ballast.core.action.Final.DestroyDomain;
import dev.ballast.core.action.Final.MigrateDomain;
import dev.ballast.core.action.Final.ShutdownDomain;
import dev.ballast.core.action.Final.StartDomain;
import dev.ballast.core.action.Reversible;
import dev.ballast.core.model.HostName;
import dev.ballast.core.model.HostView;
import dev.ballast.core.model.ObservedDomain;
import dev.ballast.core.model.Snapshot;
import dev.ballast.core.model.VmName;
import dev.ballast.core.plan.PlanStep;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Which VMs may run on which host at once after a step, in the worst order of the others: who may
 * have come is there, who need not have gone is there still.
 *
 * <p>Almost always it is the same whichever step one asks for: that is {@link #usual}, and {@link
 * #exceptions} names those whose steps the order puts before or after the one asked for.
 */
final class Presence {
  /** Why a VM may be on a host. */
  enum Standing {
    ABSENT,
    /** It ran there before the plan. */
    STAYS,
    /** A step brings it. */
    COMES
  }

  /** A VM comes onto a host. */
  record Arrival(VmName vm, HostName host) {}

  private record Event(int step, VmName vm, boolean comes) {}

  /** What is known of one VM on one host. */
  private static final class Track {
    private final List<Event> events = new ArrayList<>();
    private boolean runsBefore;
  }

  private final Order order;
  private final Map<VmName, Map<HostName, Track>> tracks = new HashMap<>();
  private final Map<HostName, List<Event>> events = new HashMap<>();
  private final Map<HostName, Set<VmName>> vms = new HashMap<>();

  Presence(Snapshot snapshot, Order order) {
    this.order = order;
    for (HostView host : snapshot.hosts().values()) {
      for (ObservedDomain domain : host.domains().values()) {
        if (domain.state().isActive()) {
          track(domain.name(), host.name()).runsBefore = true;
        }
      }
    }
    for (PlanStep step : order.steps()) {
      leaves(step.planned().action())
          .ifPresent(vm -> add(step.host(), new Event(step.number(), vm, false)));
      arrival(step)
          .ifPresent(arrival -> add(arrival.host(), new Event(step.number(), arrival.vm(), true)));
    }
  }

  private void add(HostName host, Event event) {
    track(event.vm(), host).events.add(event);
    events.computeIfAbsent(host, _ -> new ArrayList<>()).add(event);
  }

  private Track track(VmName vm, HostName host) {
    vms.computeIfAbsent(host, _ -> new HashSet<>()).add(vm);
    return tracks.computeIfAbsent(vm, _ -> new HashMap<>()).computeIfAbsent(host, _ -> new Track());
  }

  /** The VM that the step brings onto a host. */
  static Optional<Arrival> arrival(PlanStep step) {
    return switch (step.planned().action()) {
      case StartDomain(VmName vm) -> Optional.of(new Arrival(vm, step.host()));
      case MigrateDomain migrate -> Optional.of(new Arrival(migrate.vm(), migrate.target()));
      case Final.RevertSnapshot revert when revert.runs() ->
          Optional.of(new Arrival(revert.vm(), step.host()));
      case Action ignored -> Optional.empty();
    };
  }

  private static Optional<VmName> leaves(Action action) {
    return switch (action) {
      case ShutdownDomain(VmName vm, long ignored) -> Optional.of(vm);
      case DestroyDomain(VmName vm) -> Optional.of(vm);
      case MigrateDomain migrate -> Optional.of(migrate.vm());
      case StartDomain ignored -> Optional.empty();
      case Final.SetGuestTime ignored -> Optional.empty();
      case Final.GrowVolume ignored -> Optional.empty();
      case Final.RevertSnapshot revert ->
          revert.runs() ? Optional.empty() : Optional.of(revert.vm());
      case Final.DeleteSnapshot ignored -> Optional.empty();
      case Final.PurgeTrash ignored -> Optional.empty();
      case Reversible ignored -> Optional.empty();
    };
  }

  /** The VMs that are on the host before the plan, or come to it or leave it. */
  Set<VmName> vms(HostName host) {
    return vms.getOrDefault(host, Set.of());
  }

  /** The hosts that the VM is on before the plan, or that it comes to or leaves. */
  Set<HostName> hosts(VmName vm) {
    return tracks.getOrDefault(vm, Map.of()).keySet();
  }

  /** How the VM stands on the host after a step that no other waits for, nor it for others. */
  Standing usual(HostName host, VmName vm) {
    Track track = track(vm, host);
    if (track.events.stream().anyMatch(Event::comes)) {
      return Standing.COMES;
    }
    return track.runsBefore ? Standing.STAYS : Standing.ABSENT;
  }

  /** The VMs that may stand otherwise than usual after that step. */
  Set<VmName> exceptions(HostName host, int step) {
    Set<VmName> result = new HashSet<>();
    for (Event event : events.getOrDefault(host, List.of())) {
      if (event.comes() ? order.isAfter(event.step(), step) : order.isAfter(step, event.step())) {
        result.add(event.vm());
      }
    }
    return result;
  }

  /** How the VM stands on the host after that step. */
  Standing standing(HostName host, VmName vm, int step) {
    Track track = track(vm, host);
    Standing result = track.runsBefore ? Standing.STAYS : Standing.ABSENT;
    for (Event event : track.events) {
      if (event.comes() && !order.isAfter(event.step(), step)) {
        result = Standing.COMES;
      } else if (!event.comes() && order.isAfter(step, event.step())) {
        result = Standing.ABSENT;
      }
    }
    return result;
  }

  /** Whether the VM may be on the host after that step. */
  boolean mayRun(HostName host, VmName vm, int step) {
    return standing(host, vm, step) != Standing.ABSENT;
  }
}
