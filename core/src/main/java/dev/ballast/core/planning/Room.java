package dev.ballast.core.planning;

import dev.ballast.core.model.Assignment;
import dev.ballast.core.model.CpuPins;
import dev.ballast.core.model.HostName;
import dev.ballast.core.model.Snapshot;
import dev.ballast.core.model.VmName;
import dev.ballast.core.model.VmSpec;
import dev.ballast.core.placement.BestFitPlacer;
import dev.ballast.core.placement.PlacementPolicy;
import dev.ballast.core.placement.Veto;
import dev.ballast.core.plan.DesiredChange;
import java.util.List;
import java.util.Optional;

/** Whether a VM that once ran on a host could start there again. */
final class Room {
  private final Snapshot snapshot;
  private final List<DesiredChange> restored;
  private final PlanDraft draft;

  Room(Snapshot snapshot, List<DesiredChange> restored, PlanDraft draft) {
    this.snapshot = snapshot;
    this.restored = restored;
    this.draft = draft;
  }

  /** Tells the draft what stands against it. */
  boolean has(VmName vm, HostName host) {
    VmSpec spec = snapshot.specs().get(vm);
    Assignment assignment = snapshot.assignments().get(vm);
    for (DesiredChange change : restored) {
      if (change instanceof DesiredChange.PutSpec(var former) && former.name().equals(vm)) {
        spec = former;
      }
      if (change instanceof DesiredChange.PutAssignment(var former) && former.vm().equals(vm)) {
        assignment = former;
      }
    }
    if (spec == null) {
      draft.problem(vm, "is not specified any more");
      return false;
    }
    Optional<CpuPins> pins = Optional.ofNullable(assignment).map(Assignment::pins);
    List<Veto> vetoes =
        new BestFitPlacer()
            .vetoes(
                snapshot, spec.withPlacement(spec.hosts(), pins), host, PlacementPolicy.DEFAULT);
    for (Veto veto : vetoes) {
      draft.problem(
          vm, "cannot start again: " + host + " " + veto.reason() + "; " + veto.smallestChange());
    }
    return vetoes.isEmpty();
  }
}
