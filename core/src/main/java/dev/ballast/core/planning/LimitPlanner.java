package dev.ballast.core.planning;

import dev.ballast.core.action.Expectation.DomainRecord;
import dev.ballast.core.action.Reversible.SetLimits;
import dev.ballast.core.model.Assignment;
import dev.ballast.core.model.LimitText;
import dev.ballast.core.model.ObservedDomain;
import dev.ballast.core.model.Snapshot;
import dev.ballast.core.model.VmLimits;
import dev.ballast.core.model.VmName;
import dev.ballast.core.model.VmSpec;
import dev.ballast.core.plan.DesiredChange;
import dev.ballast.core.plan.Origin;
import java.util.List;
import java.util.Optional;

/** Plans the limits that an operator wants. Pure. */
public final class LimitPlanner {
  /**
   * Plans limits for a VM that Ballast assigned.
   *
   * @param override what holds instead of the specified limits; empty lets those hold again
   */
  public PlanResult plan(Snapshot snapshot, VmName vm, Optional<VmLimits> override) {
    PlanDraft draft = new PlanDraft(snapshot);
    VmSpec spec = snapshot.specs().get(vm);
    Assignment assignment = snapshot.assignments().get(vm);
    if (spec == null || assignment == null) {
      draft.problem(vm, "is not a VM that Ballast placed");
      return draft.finish("", Origin.OPERATOR);
    }
    ObservedDomain domain = snapshot.domain(assignment.host(), vm).orElse(null);
    if (domain == null) {
      draft.problem(vm, "has no domain on " + assignment.host() + ", where it is assigned");
      return draft.finish("", Origin.OPERATOR);
    }
    VmLimits limits = override.orElse(spec.limits());
    impossible(spec, limits).ifPresent(problem -> draft.problem(vm, problem));
    boolean there = LimitSteps.hold(domain, limits);
    if (!there) {
      draft.step(assignment.host(), new SetLimits(vm, limits), DomainRecord.of(domain), List.of());
    }
    remember(snapshot, spec, override.filter(wanted -> !wanted.equals(spec.limits())), draft);
    draft.decide(
        "operator",
        vm,
        override.isPresent() ? "an operator limits it" : "its specified limits hold again",
        there ? "none" : "1 live change",
        "as the operator wants");
    return draft.finish("limit " + vm + " on " + assignment.host(), Origin.OPERATOR);
  }

  private static void remember(
      Snapshot snapshot, VmSpec spec, Optional<VmLimits> override, PlanDraft draft) {
    VmName vm = spec.name();
    Optional<VmLimits> before = Optional.ofNullable(snapshot.limitOverrides().get(vm));
    if (!before.equals(override)) {
      draft.change(
          override
              .<DesiredChange>map(limits -> new DesiredChange.PutLimits(vm, limits))
              .orElseGet(() -> new DesiredChange.RemoveLimits(vm)));
    }
  }

  /** Why the VM cannot have these limits, whatever its host. */
  private static Optional<String> impossible(VmSpec spec, VmLimits limits) {
    Optional<String> unknown =
        spec.adopted().isPresent() ? Optional.empty() : devices(spec, limits);
    return unknown.or(() -> sizes(spec, limits));
  }

  private static Optional<String> devices(VmSpec spec, VmLimits limits) {
    List<String> disks = VmLimits.diskNames(spec.disks().size());
    for (String disk : limits.disks().keySet()) {
      if (!disks.contains(disk)) {
        return Optional.of("has no disk " + disk + "; its disks are " + disks);
      }
    }
    for (int nic : limits.nics().keySet()) {
      if (nic < 0 || nic >= spec.nics().size()) {
        return Optional.of("has no NIC " + nic + "; it has " + spec.nics().size() + ", from 0");
      }
    }
    return Optional.empty();
  }

  private static Optional<String> sizes(VmSpec spec, VmLimits limits) {
    Optional<Long> balloon = limits.balloonBytes().filter(bytes -> bytes > spec.memoryBytes());
    if (balloon.isPresent()) {
      return Optional.of(
          "has "
              + LimitText.bytes(spec.memoryBytes())
              + " of memory, less than the balloon's "
              + LimitText.bytes(balloon.get()));
    }
    Optional<String> cap = limits.cap().wrong(spec.memoryBytes(), limits.memorySoftBytes());
    if (cap.isPresent()) {
      return cap;
    }
    return limits
        .quotaAboveGlobal()
        .map(
            quota ->
                "a quota of "
                    + quota
                    + " is above the one of the whole VM, "
                    + limits.globalQuota().map(Object::toString).orElse("none"));
  }
}
