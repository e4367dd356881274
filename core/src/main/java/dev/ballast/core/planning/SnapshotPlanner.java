package dev.ballast.core.planning;

import dev.ballast.core.action.Expectation.DomainRecord;
import dev.ballast.core.action.Final.DeleteSnapshot;
import dev.ballast.core.action.Final.RevertSnapshot;
import dev.ballast.core.action.Reversible.TakeSnapshot;
import dev.ballast.core.model.Assignment;
import dev.ballast.core.model.DiskSpec;
import dev.ballast.core.model.DomainSnapshot;
import dev.ballast.core.model.DomainState;
import dev.ballast.core.model.HostName;
import dev.ballast.core.model.HostView;
import dev.ballast.core.model.ObservedDomain;
import dev.ballast.core.model.Snapshot;
import dev.ballast.core.model.VmName;
import dev.ballast.core.model.VmSpec;
import dev.ballast.core.placement.PlacementPolicy;
import dev.ballast.core.plan.Origin;
import dev.ballast.core.planning.PlanDraft.Step;
import java.util.List;
import java.util.Optional;

/** Plans snapshots of VMs, and the way back to them. Pure. */
public final class SnapshotPlanner {
  private final PlacementPolicy policy;

  /**
   * A planner for a cluster with that policy.
   *
   * @param policy of the room that a VM finds which runs again
   */
  public SnapshotPlanner(PlacementPolicy policy) {
    this.policy = policy;
  }

  private record Found(HostName host, ObservedDomain domain) {}

  /** Takes one. */
  public PlanResult take(Snapshot snapshot, VmName vm, String name) {
    PlanDraft draft = new PlanDraft(snapshot, policy);
    Optional<Found> found = find(snapshot, vm, name, draft);
    if (found.isPresent()) {
      ObservedDomain domain = found.get().domain();
      takable(snapshot, found.get(), name, draft);
      draft.step(
          found.get().host(), new TakeSnapshot(vm, name), DomainRecord.of(domain), List.of());
      boolean active = domain.state().isActive();
      draft.decide(
          "operator",
          vm,
          "snapshot " + name + (active ? " with its memory" : " of its disks"),
          (active ? "the guest stands still while its memory is written; " : "")
              + "while it has one it does not migrate, is not removed, and its disks do not grow",
          "a way back: 'ballast revert " + vm + " " + name + "'");
    }
    return draft.finish("take snapshot " + name + " of " + vm, Origin.OPERATOR);
  }

  private static void takable(Snapshot snapshot, Found found, String name, PlanDraft draft) {
    ObservedDomain domain = found.domain();
    VmName vm = domain.name();
    if (domain.state() != DomainState.RUNNING && domain.state() != DomainState.SHUT_OFF) {
      draft.problem(vm, "is " + domain.state() + ": bring it to running or shut off first");
    }
    if (domain.snapshot(name).isPresent()) {
      draft.problem(vm, "has a snapshot " + name + " already: choose another name");
    }
    if (domain.snapshots().size() >= DomainSnapshot.LIMIT) {
      draft.problem(vm, "has " + domain.snapshots().size() + " snapshots: delete some first");
    }
    VmSpec spec = snapshot.specs().get(vm);
    if (spec == null || spec.adopted().isPresent()) {
      return;
    }
    List<DiskSpec> disks = spec.disks().stream().filter(disk -> !disk.readOnly()).toList();
    for (DiskSpec disk : disks) {
      if (!disk.format().equals("qcow2")) {
        draft.problem(
            vm,
            "its disk "
                + disk.path()
                + " is "
                + disk.format()
                + ": an internal snapshot lies in the disks, and only qcow2 can hold one");
      }
    }
    if (disks.isEmpty()) {
      draft.problem(vm, "has no disk that could hold a snapshot");
    }
  }

  /** Goes back to one. */
  public PlanResult revert(Snapshot snapshot, VmName vm, String name) {
    PlanDraft draft = new PlanDraft(snapshot, policy);
    Optional<Found> found = find(snapshot, vm, name, draft);
    Optional<DomainSnapshot> there = found.flatMap(at -> known(at.domain(), name, draft));
    if (found.isPresent() && there.isPresent()) {
      HostName host = found.get().host();
      HostView view = snapshot.hosts().get(host);
      if (view != null && there.get().external()) {
        draft.problem(vm, external(view, name));
      }
      boolean runs = there.get().runs();
      if (!runs || Room.has(snapshot, vm, host, draft)) {
        Step back =
            draft.step(
                host,
                new RevertSnapshot(vm, name, runs),
                DomainRecord.of(found.get().domain()),
                List.of());
        if (runs) {
          GuestTimePlanner.after(back, host, vm, snapshot, draft);
        }
      }
      draft.decide(
          "operator",
          vm,
          "goes back to snapshot "
              + name
              + ": disks, definition"
              + (runs ? ", memory; its guest's clock stands still since ('ballast set-time')" : ""),
          "what was written since is lost for good",
          "as it was then");
    }
    return draft.finish("revert " + vm + " to snapshot " + name, Origin.OPERATOR);
  }

  private static String external(HostView host, String name) {
    String libvirt = host.inventory().versions().getOrDefault("libvirt", "of unknown version");
    return "snapshot "
        + name
        + " is external: libvirt reverts to such a one from version 9.9 on ("
        + host.name()
        + " has "
        + libvirt
        + "), and Ballast reverts to internal ones only";
  }

  /** Deletes one; the VM stays as it is. */
  public PlanResult delete(Snapshot snapshot, VmName vm, String name) {
    PlanDraft draft = new PlanDraft(snapshot, policy);
    Optional<Found> found = find(snapshot, vm, name, draft);
    if (found.isPresent() && known(found.get().domain(), name, draft).isPresent()) {
      draft.step(
          found.get().host(),
          new DeleteSnapshot(vm, name),
          DomainRecord.of(found.get().domain()),
          List.of());
      draft.decide(
          "operator",
          vm,
          "its snapshot " + name + " is deleted; the VM stays as it is",
          "the way back to that moment",
          "its disks hold less");
    }
    return draft.finish("delete snapshot " + name + " of " + vm, Origin.OPERATOR);
  }

  private static Optional<DomainSnapshot> known(
      ObservedDomain domain, String name, PlanDraft draft) {
    Optional<DomainSnapshot> found = domain.snapshot(name);
    if (found.isEmpty()) {
      List<String> names = domain.snapshots().stream().map(DomainSnapshot::name).toList();
      draft.problem(
          domain.name(),
          "has no snapshot "
              + name
              + (names.isEmpty() ? ", and no other" : ": it has " + String.join(", ", names)));
    }
    return found;
  }

  private static Optional<Found> find(Snapshot snapshot, VmName vm, String name, PlanDraft draft) {
    if (!DomainSnapshot.NAME.matcher(name).matches()) {
      draft.problem(
          name,
          "is no name of a snapshot that Ballast can use: letters, digits, '-', '_' and '.', at"
              + " most 63");
      return Optional.empty();
    }
    Assignment assignment = snapshot.assignments().get(vm);
    Optional<Found> found =
        assignment == null
            ? Optional.empty()
            : snapshot
                .domain(assignment.host(), vm)
                .map(domain -> new Found(assignment.host(), domain));
    if (found.isEmpty()) {
      draft.problem(vm, "is not a VM that Ballast placed, or has no domain where it is assigned");
    }
    return found;
  }
}
