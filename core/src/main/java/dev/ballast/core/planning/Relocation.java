package dev.ballast.core.planning;

import dev.ballast.core.action.MigrationLimits;
import dev.ballast.core.model.Assignment;
import dev.ballast.core.model.DomainState;
import dev.ballast.core.model.HostName;
import dev.ballast.core.model.ObservedDomain;
import dev.ballast.core.model.Snapshot;
import dev.ballast.core.model.VmName;
import dev.ballast.core.model.VmSpec;
import dev.ballast.core.placement.MigrationFit;
import dev.ballast.core.placement.Placement;
import dev.ballast.core.plan.DesiredChange;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** The running VMs that a specification no longer lets stay where they are. */
final class Relocation {
  private final Snapshot snapshot;
  private final PlanDraft draft;
  private final SortedMap<VmName, Assignment> leaving = new TreeMap<>();

  Relocation(Snapshot snapshot, PlanDraft draft) {
    this.snapshot = snapshot;
    this.draft = draft;
  }

  /** Whether the VM has to leave its host. */
  boolean concerns(VmName vm) {
    return leaving.containsKey(vm);
  }

  /** The VM as a placer is to see it; else a problem that says why it cannot move. */
  Optional<VmSpec> seek(VmSpec spec, Assignment assignment) {
    HostName host = assignment.host();
    Optional<ObservedDomain> running =
        snapshot.domain(host, spec.name()).filter(domain -> domain.state() == DomainState.RUNNING);
    if (running.isEmpty()) {
      draft.problem(
          spec.name(),
          "is on "
              + host
              + ", which placement.hosts no longer names, and does not run: only running VMs move;"
              + " start it and apply again, or add "
              + host);
      return Optional.empty();
    }
    MigrationFit.Targets fit = MigrationFit.of(snapshot, spec, host);
    SortedSet<HostName> hosts = new TreeSet<>(spec.hosts());
    hosts.retainAll(fit.possible());
    if (hosts.isEmpty()) {
      StringBuilder why = new StringBuilder();
      for (HostName wanted : spec.hosts()) {
        why.append("; ")
            .append(wanted)
            .append(' ')
            .append(fit.refused().getOrDefault(wanted, "is not known"));
      }
      draft.problem(
          spec.name(),
          "is on " + host + ", which placement.hosts no longer names, and cannot migrate" + why);
      return Optional.empty();
    }
    leaving.put(spec.name(), assignment);
    return Optional.of(spec.withPlacement(hosts, spec.pins()));
  }

  /** Adds the migrations of those that found a place. */
  void add(SortedMap<VmName, VmSpec> wanted, SortedMap<VmName, Placement> placed, VmSteps steps) {
    Migrations migrations = new Migrations(snapshot, MigrationLimits.DEFAULT, draft);
    leaving.forEach(
        (vm, former) -> {
          Placement placement = placed.get(vm);
          VmSpec spec = wanted.get(vm);
          Optional<ObservedDomain> domain = snapshot.domain(former.host(), vm);
          if (placement == null || spec == null || domain.isEmpty()) {
            return;
          }
          if (!spec.equals(snapshot.specs().get(vm))) {
            draft.change(new DesiredChange.PutSpec(spec));
          }
          migrations.await(steps.leavingOn(placement.assignment().host()));
          migrations.move(domain.get(), former.host(), placement.assignment());
          draft.decide(
              "migrate",
              vm,
              "placement.hosts no longer names "
                  + former.host()
                  + ": it moves to "
                  + placement.assignment().host()
                  + "; what else changed of it is planned by the next apply",
              (domain.get().memoryBytes() >> 20) + " MiB of memory over the network",
              "as specified");
        });
  }
}
