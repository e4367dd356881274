package dev.ballast.core.planning;

import dev.ballast.core.action.Expectation.DomainRecord;
import dev.ballast.core.action.Final.SetGuestTime;
import dev.ballast.core.model.Assignment;
import dev.ballast.core.model.DomainState;
import dev.ballast.core.model.ObservedDomain;
import dev.ballast.core.model.Snapshot;
import dev.ballast.core.model.VmName;
import dev.ballast.core.plan.Origin;
import java.util.List;

/** Plans that a guest's clock is set to its host's. Pure. */
public final class GuestTimePlanner {
  public PlanResult plan(Snapshot snapshot, VmName vm) {
    PlanDraft draft = new PlanDraft(snapshot);
    Assignment assignment = snapshot.assignments().get(vm);
    ObservedDomain domain =
        assignment == null ? null : snapshot.domain(assignment.host(), vm).orElse(null);
    if (assignment == null || domain == null) {
      draft.problem(vm, "is not a VM that Ballast placed, or has no domain where it is assigned");
      return draft.finish("", Origin.OPERATOR);
    }
    if (domain.state() != DomainState.RUNNING) {
      draft.problem(vm, "is " + domain.state() + ": only a running guest has a clock to set");
      return draft.finish("", Origin.OPERATOR);
    }
    draft.step(assignment.host(), new SetGuestTime(vm), DomainRecord.of(domain), List.of());
    draft.decide(
        "operator",
        vm,
        "its guest agent sets its clock to the host's",
        "a step of its clock, which nothing takes back",
        "the host's time");
    return draft.finish("set the time of " + vm, Origin.OPERATOR);
  }
}
