package dev.ballast.core.planning;

import dev.ballast.core.model.Assignment;
import dev.ballast.core.model.HostName;
import dev.ballast.core.model.Snapshot;
import dev.ballast.core.model.VmName;
import dev.ballast.core.model.VmSpec;
import dev.ballast.core.placement.BestFitPlacer;
import dev.ballast.core.placement.Veto;
import java.util.List;
import java.util.Optional;

/** Whether a VM could be where it is assigned. */
final class Room {
  private Room() {}

  /** Tells the draft what stands against it. */
  static boolean has(Snapshot snapshot, VmName vm, HostName host, PlanDraft draft) {
    VmSpec spec = snapshot.specs().get(vm);
    if (spec == null) {
      draft.problem(vm, "is not specified any more");
      return false;
    }
    VmSpec seated =
        spec.withPlacement(
            spec.hosts(),
            Optional.ofNullable(snapshot.assignments().get(vm)).map(Assignment::pins));
    List<Veto> vetoes = new BestFitPlacer().vetoes(snapshot, seated, host, draft.policy());
    for (Veto veto : vetoes) {
      draft.problem(
          vm,
          "cannot be on its host again: "
              + host
              + " "
              + veto.reason()
              + "; "
              + veto.smallestChange());
    }
    return vetoes.isEmpty();
  }
}
