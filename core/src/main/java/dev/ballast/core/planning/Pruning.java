package dev.ballast.core.planning;

import dev.ballast.core.action.Final.ShutdownDomain;
import dev.ballast.core.action.Reversible.UndefineDomain;
import dev.ballast.core.model.Assignment;
import dev.ballast.core.model.DomainState;
import dev.ballast.core.model.HostView;
import dev.ballast.core.model.ObservedDomain;
import dev.ballast.core.model.Snapshot;
import dev.ballast.core.model.VmName;
import dev.ballast.core.model.VmSpec;
import dev.ballast.core.plan.DesiredChange;
import java.util.SortedMap;

/** The steps that remove VMs which are no longer declared. */
final class Pruning {
  private final Snapshot snapshot;
  private final SortedMap<VmName, VmSpec> wanted;
  private final VmSteps steps;
  private final VolumeSteps volumes;
  private final PlanDraft draft;

  Pruning(
      Snapshot snapshot,
      SortedMap<VmName, VmSpec> wanted,
      VmSteps steps,
      VolumeSteps volumes,
      PlanDraft draft) {
    this.volumes = volumes;
    this.snapshot = snapshot;
    this.wanted = wanted;
    this.steps = steps;
    this.draft = draft;
  }

  /** Adds the steps; returns how many VMs are removed. */
  int add() {
    int removed = 0;
    for (VmName vm : snapshot.specs().keySet()) {
      if (!wanted.containsKey(vm)) {
        remove(vm);
        removed++;
      }
    }
    return removed;
  }

  private void remove(VmName vm) {
    draft.change(new DesiredChange.RemoveSpec(vm));
    if (snapshot.limitOverrides().containsKey(vm)) {
      draft.change(new DesiredChange.RemoveLimits(vm));
    }
    Assignment assignment = snapshot.assignments().get(vm);
    if (assignment == null) {
      return;
    }
    draft.change(new DesiredChange.RemoveAssignment(vm));
    VmSpec spec = snapshot.specs().get(vm);
    if (spec != null && spec.adopted().isPresent()) {
      draft.decide(
          "operator",
          vm,
          "is no longer declared: released; its domain was adopted and stays as it is",
          "none",
          "none");
      return;
    }
    HostView host = snapshot.hosts().get(assignment.host());
    if (host == null || !host.connected()) {
      draft.problem(vm, "is to be removed from " + assignment.host() + ", which is not connected");
      return;
    }
    ObservedDomain domain = host.domains().get(vm);
    if (domain == null) {
      return;
    }
    if (domain.specDigest().isEmpty()) {
      draft.problem(vm, "has a domain on " + host.name() + " that belongs to another owner");
      return;
    }
    if (!domain.snapshots().isEmpty()) {
      draft.problem(
          vm,
          "has snapshot "
              + domain.snapshots().getFirst().name()
              + ", without which libvirt does not let it go: 'ballast snapshots "
              + vm
              + "' lists what to delete first");
      return;
    }
    Chain chain = steps.chain(assignment);
    switch (domain.state()) {
      case SHUT_OFF -> {}
      case RUNNING ->
          chain.then(new ShutdownDomain(vm, VmSteps.SHUTDOWN_TIMEOUT_MILLIS), DomainState.RUNNING);
      case PAUSED, SHUTTING_DOWN, CRASHED, SUSPENDED, UNKNOWN ->
          draft.problem(vm, "is " + domain.state() + ": bring it to running or shut off first");
    }
    chain.then(new UndefineDomain(vm), DomainState.SHUT_OFF);
    boolean trashed = spec != null && !volumes.discard(spec, host, chain.steps()).isEmpty();
    draft.decide(
        "operator",
        vm,
        "is no longer declared: removed"
            + (trashed ? "; its volumes go into the trash of " + host.name() : ""),
        "its domain",
        "its resources");
  }
}
