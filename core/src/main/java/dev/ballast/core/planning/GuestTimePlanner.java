package dev.ballast.core.planning;

import dev.ballast.core.action.Expectation.AfterEarlierSteps;
import dev.ballast.core.action.Expectation.DomainRecord;
import dev.ballast.core.action.Final.SetGuestTime;
import dev.ballast.core.model.Assignment;
import dev.ballast.core.model.DomainState;
import dev.ballast.core.model.HostName;
import dev.ballast.core.model.ObservedDomain;
import dev.ballast.core.model.Snapshot;
import dev.ballast.core.model.VmName;
import dev.ballast.core.model.VmSpec;
import dev.ballast.core.plan.Origin;
import dev.ballast.core.planning.PlanDraft.Step;
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

  /**
   * Adds to a plan that the clock is set once a step is done during which the guest stood still or
   * after which its host is another one: only where its specification asks for a guest agent, and
   * only where the step leaves it running.
   */
  static void after(Step step, HostName host, VmName vm, Snapshot snapshot, PlanDraft draft) {
    VmSpec spec = snapshot.specs().get(vm);
    if (spec != null && spec.tuning().guestAgent()) {
      draft.step(
          host,
          new SetGuestTime(vm),
          new AfterEarlierSteps(DomainState.RUNNING, ""),
          List.of(step));
    }
  }
}
