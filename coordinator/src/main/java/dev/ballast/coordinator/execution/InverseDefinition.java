package dev.ballast.coordinator.execution;

import dev.ballast.core.action.Reversible.DefineDomain;
import dev.ballast.core.drift.DesiredDomain;
import dev.ballast.core.model.Assignment;
import dev.ballast.core.model.HostName;
import dev.ballast.core.model.HostView;
import dev.ballast.core.model.Snapshot;
import dev.ballast.core.model.VmName;
import dev.ballast.core.model.VmSpec;
import dev.ballast.core.plan.DesiredChange;
import dev.ballast.core.plan.Plan;
import dev.ballast.core.render.RenderedDomain;
import java.util.Optional;
import java.util.function.Supplier;

/** Renders a domain again from what the plan's inverse remembers of it. */
public final class InverseDefinition implements FormerDefinition {
  private final Supplier<Snapshot> snapshots;

  public InverseDefinition(Supplier<Snapshot> snapshots) {
    this.snapshots = snapshots;
  }

  @Override
  public Optional<DefineDomain> of(Plan plan, HostName host, VmName vm) {
    Optional<VmSpec> spec = Optional.empty();
    Optional<Assignment> assignment = Optional.empty();
    for (DesiredChange change : plan.inverse()) {
      if (change instanceof DesiredChange.PutSpec(VmSpec former) && former.name().equals(vm)) {
        spec = Optional.of(former);
      }
      if (change instanceof DesiredChange.PutAssignment(Assignment former)
          && former.vm().equals(vm)
          && former.host().equals(host)) {
        assignment = Optional.of(former);
      }
    }
    Snapshot snapshot = snapshots.get();
    HostView view = snapshot.hosts().get(host);
    if (spec.isEmpty() || view == null) {
      return Optional.empty();
    }
    VmSpec former = spec.get();
    // A plan that keeps the assignment has no inverse of it.
    return assignment
        .or(() -> Optional.ofNullable(snapshot.assignments().get(vm)))
        .filter(known -> known.host().equals(host))
        .filter(known -> known.pins().vcpus().size() == former.vcpus())
        .map(known -> DesiredDomain.of(snapshot, former, known, view))
        .map((RenderedDomain r) -> new DefineDomain(vm, r.xml(), r.specDigest()));
  }
}
