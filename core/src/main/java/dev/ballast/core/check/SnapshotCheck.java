package dev.ballast.core.check;

import dev.ballast.core.action.Final.DeleteSnapshot;
import dev.ballast.core.action.Final.RevertSnapshot;
import dev.ballast.core.action.Reversible.TakeSnapshot;
import dev.ballast.core.check.Violation.Rule;
import dev.ballast.core.model.DomainSnapshot;
import dev.ballast.core.model.DomainState;
import dev.ballast.core.model.HostView;
import dev.ballast.core.model.Snapshot;
import dev.ballast.core.model.VmName;
import dev.ballast.core.plan.PlanStep;
import java.util.List;
import java.util.Optional;

/**
 * What a plan does with snapshots of domains: none is taken twice, none is used that is not there.
 */
final class SnapshotCheck {
  private final Snapshot snapshot;
  private final List<Violation> violations;

  SnapshotCheck(Snapshot snapshot, List<Violation> violations) {
    this.snapshot = snapshot;
    this.violations = violations;
  }

  void take(PlanStep step, Optional<DomainModel> model, TakeSnapshot take) {
    boolean restful =
        model
            .map(DomainModel::state)
            .filter(state -> state == DomainState.RUNNING || state == DomainState.SHUT_OFF)
            .isPresent();
    if (!restful) {
      report(step, take.vm() + " is neither running nor shut off by then");
    }
    if (found(step, take.vm(), take.name()).isPresent()) {
      report(step, take.vm() + " has a snapshot " + take.name() + " already");
    }
  }

  void revert(PlanStep step, Optional<DomainModel> model, RevertSnapshot revert) {
    if (model.isEmpty()) {
      report(step, revert.vm() + " is not defined there by then");
    }
    boolean right =
        found(step, revert.vm(), revert.name())
            .filter(found -> found.runs() == revert.runs() && !found.external())
            .isPresent();
    if (!right) {
      report(step, revert.vm() + " has no such internal snapshot " + revert.name());
    }
  }

  void delete(PlanStep step, DeleteSnapshot delete) {
    if (found(step, delete.vm(), delete.name()).isEmpty()) {
      report(step, delete.vm() + " has no snapshot " + delete.name());
    }
  }

  private Optional<DomainSnapshot> found(PlanStep step, VmName vm, String name) {
    HostView host = snapshot.hosts().get(step.host());
    return host == null
        ? Optional.empty()
        : Optional.ofNullable(host.domains().get(vm)).flatMap(domain -> domain.snapshot(name));
  }

  private void report(PlanStep step, String message) {
    violations.add(new Violation(Rule.STATE, step.number(), message));
  }
}
