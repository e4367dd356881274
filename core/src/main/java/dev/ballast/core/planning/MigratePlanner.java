package dev.ballast.core.planning;

import dev.ballast.core.action.MigrationLimits;
import dev.ballast.core.model.Assignment;
import dev.ballast.core.model.HostName;
import dev.ballast.core.model.HostView;
import dev.ballast.core.model.ObservedDomain;
import dev.ballast.core.model.Snapshot;
import dev.ballast.core.model.VmName;
import dev.ballast.core.model.VmSpec;
import dev.ballast.core.placement.BestFitPlacer;
import dev.ballast.core.placement.MigrationFit;
import dev.ballast.core.placement.MigrationFit.Targets;
import dev.ballast.core.placement.Placement;
import dev.ballast.core.placement.PlacementPolicy;
import dev.ballast.core.placement.PlacementResult;
import dev.ballast.core.placement.Placer;
import dev.ballast.core.placement.Unplaceable;
import dev.ballast.core.placement.Veto;
import dev.ballast.core.plan.Decision;
import dev.ballast.core.plan.Origin;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Plans live migrations that an operator wants. Pure. Where a VM goes, and its pins there, is the
 * placer's decision; a VM whose pins people wrote keeps them or does not move.
 */
public final class MigratePlanner {
  private final Placer placer;

  public MigratePlanner() {
    this(new BestFitPlacer());
  }

  public MigratePlanner(Placer placer) {
    this.placer = placer;
  }

  /**
   * Plans the move of one running VM.
   *
   * @param to the host to move it to; empty for the one that fits best
   */
  public PlanResult migrate(
      Snapshot snapshot,
      VmName vm,
      Optional<HostName> to,
      MigrationLimits limits,
      PlacementPolicy policy) {
    PlanDraft draft = new PlanDraft(snapshot);
    if (to.isPresent() && !snapshot.hosts().containsKey(to.get())) {
      draft.problem(to.get(), "no such host is known");
    }
    Assignment assignment = snapshot.assignments().get(vm);
    if (assignment != null && to.equals(Optional.of(assignment.host()))) {
      draft.decide("operator", vm, "it is on " + assignment.host() + " already", "none", "none");
      return draft.finish("migrate " + vm, Origin.OPERATOR);
    }
    SortedMap<VmName, ObservedDomain> domains = new TreeMap<>();
    Migrations.movable(snapshot, vm, draft).ifPresent(domain -> domains.put(vm, domain));
    if (!draft.hasProblems()) {
      move(snapshot, domains, to, limits, policy, draft);
    }
    return draft.finish(
        "migrate " + vm + to.map(host -> " to " + host).orElse(""), Origin.OPERATOR);
  }

  /**
   * Plans the moves of all running VMs off a host, one after the other. Those that are shut off
   * stay; domains that nobody specified are in the way of nothing and are named.
   */
  public PlanResult drain(
      Snapshot snapshot, HostName host, MigrationLimits limits, PlacementPolicy policy) {
    PlanDraft draft = new PlanDraft(snapshot);
    HostView view = snapshot.hosts().get(host);
    if (view == null) {
      draft.problem(host, "no such host is known");
      return draft.finish("", Origin.OPERATOR);
    }
    SortedMap<VmName, ObservedDomain> domains = new TreeMap<>();
    for (ObservedDomain domain : view.domains().values()) {
      Assignment assignment = snapshot.assignments().get(domain.name());
      boolean ours = assignment != null && assignment.host().equals(host);
      if (domain.state().isActive() && !ours) {
        draft.problem(
            domain.name(),
            "runs on " + host + " and is no VM of Ballast: adopt it, move it by hand or stop it");
      } else if (domain.state().isActive()) {
        Migrations.movable(snapshot, domain.name(), draft)
            .ifPresent(movable -> domains.put(movable.name(), movable));
      } else if (ours) {
        draft.decide("wait", domain.name(), "does not run: it stays on " + host, "none", "none");
      }
    }
    if (!draft.hasProblems()) {
      move(snapshot, domains, Optional.empty(), limits, policy, draft);
    }
    return draft.finish(
        "drain " + host + ": migrate " + domains.size() + " running VMs", Origin.OPERATOR);
  }

  private void move(
      Snapshot snapshot,
      SortedMap<VmName, ObservedDomain> domains,
      Optional<HostName> to,
      MigrationLimits limits,
      PlacementPolicy policy,
      PlanDraft draft) {
    SortedMap<VmName, Targets> targets = new TreeMap<>();
    List<VmSpec> moving = new ArrayList<>();
    for (VmName vm : domains.keySet()) {
      VmSpec spec = snapshot.specs().get(vm);
      Assignment assignment = snapshot.assignments().get(vm);
      if (spec == null || assignment == null) {
        continue;
      }
      Targets fit = MigrationFit.of(snapshot, spec, assignment.host());
      targets.put(vm, fit);
      SortedSet<HostName> hosts = new TreeSet<>(fit.possible());
      to.ifPresent(host -> hosts.removeIf(other -> !other.equals(host)));
      if (!spec.hosts().isEmpty()) {
        hosts.retainAll(spec.hosts());
      }
      if (hosts.isEmpty()) {
        draft.problem(vm, "cannot migrate" + whyNone(snapshot, spec, fit, assignment.host(), to));
      } else {
        moving.add(spec.withPlacement(hosts, spec.pins()));
      }
    }
    if (draft.hasProblems()) {
      return;
    }
    PlacementResult placement = placer.place(snapshot, moving, policy);
    for (Unplaceable unplaceable : placement.unplaceable().values()) {
      VmName vm = unplaceable.vm();
      draft.problem(vm, message(unplaceable, targets.get(vm), moving));
    }
    if (draft.hasProblems()) {
      return;
    }
    Migrations migrations = new Migrations(snapshot, limits, draft);
    migrations.yieldEmulators(placement.yielding());
    for (Placement placed : placement.placed().values()) {
      Assignment assignment = placed.assignment();
      Assignment former = snapshot.assignments().get(assignment.vm());
      ObservedDomain domain = domains.get(assignment.vm());
      if (former != null && domain != null) {
        migrations.move(domain, former.host(), assignment);
        draft.decide(decision(placed.decision(), domain, former, assignment, to.isPresent()));
      }
    }
  }

  private static Decision decision(
      Decision placed, ObservedDomain domain, Assignment former, Assignment to, boolean named) {
    return new Decision(
        "migrate",
        Optional.of(to.vm()),
        "an operator moves it from " + former.host() + " to " + to.host() + ": " + placed.reason(),
        (domain.memoryBytes() >> 20) + " MiB of memory over the network",
        named ? "as the operator wants" : placed.gain(),
        named ? List.of() : placed.rejected());
  }

  private static String whyNone(
      Snapshot snapshot, VmSpec spec, Targets fit, HostName from, Optional<HostName> to) {
    if (to.isPresent()) {
      String refused = fit.refused().get(to.get());
      return refused == null
          ? " to " + to.get() + ": it is not in placement.hosts " + spec.hosts()
          : " to " + to.get() + ", which " + refused;
    }
    if (snapshot.hosts().size() < 2) {
      return ": " + from + " is the only host";
    }
    StringBuilder text = new StringBuilder();
    fit.refused().forEach((host, why) -> text.append("; ").append(host).append(' ').append(why));
    if (!spec.hosts().isEmpty()) {
      text.append("; placement.hosts names ").append(spec.hosts());
    }
    return ": no host can take it" + text;
  }

  /** Only hosts that the VM could go to are named, and those that inventories rule out. */
  private static String message(
      Unplaceable unplaceable, @Nullable Targets fit, List<VmSpec> moving) {
    SortedSet<HostName> asked = new TreeSet<>();
    moving.stream()
        .filter(spec -> spec.name().equals(unplaceable.vm()))
        .forEach(spec -> asked.addAll(spec.hosts()));
    SortedMap<HostName, List<Veto>> vetoes = new TreeMap<>();
    for (Map.Entry<HostName, List<Veto>> entry : unplaceable.vetoes().entrySet()) {
      if (asked.contains(entry.getKey())) {
        vetoes.put(entry.getKey(), entry.getValue());
      }
    }
    StringBuilder text =
        new StringBuilder(
            new Unplaceable(unplaceable.vm(), vetoes.isEmpty() ? unplaceable.vetoes() : vetoes)
                .message());
    if (fit != null) {
      fit.refused().forEach((host, why) -> text.append("; ").append(host).append(' ').append(why));
    }
    return text.toString();
  }
}
