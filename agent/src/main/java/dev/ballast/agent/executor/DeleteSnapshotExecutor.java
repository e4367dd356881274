package dev.ballast.agent.executor;

import dev.ballast.agent.executor.ObjectState.DomainPresent;
import dev.ballast.agent.host.libvirt.LibvirtFault;
import dev.ballast.core.action.Final.DeleteSnapshot;
import dev.ballast.core.model.ObservedDomain;
import java.util.Optional;

/** Deletes a snapshot of a domain; the domain stays as it is. */
final class DeleteSnapshotExecutor extends FinalExecutor {
  private final DeleteSnapshot action;
  private final Waiting waiting;

  DeleteSnapshotExecutor(DeleteSnapshot action, Waiting waiting) {
    this.action = action;
    this.waiting = waiting;
  }

  @Override
  public DeleteSnapshot action() {
    return action;
  }

  @Override
  Optional<Illegal> illegal(DomainPresent present) {
    return Optional.empty();
  }

  @Override
  public boolean atTarget(ObjectState state) {
    return state instanceof DomainPresent present
        && present.domain().snapshot(action.name()).isEmpty();
  }

  @Override
  public ObjectState predict(ObjectState state, HostReader host) {
    if (!(state instanceof DomainPresent present)) {
      return state;
    }
    ObservedDomain domain = present.domain();
    return present.withDomain(
        domain.withSnapshots(
            domain.snapshots().stream()
                .filter(snapshot -> !snapshot.name().equals(action.name()))
                .toList()));
  }

  @Override
  public void apply(ObjectState before, HostReader host, HostWriter writer)
      throws LibvirtFault, ExecutionFault, InterruptedException {
    LastingCall.await(writer.libvirt().deleteSnapshot(action.vm().value(), action.name()), waiting);
    if (!atTarget(observe(host))) {
      throw new ExecutionFault("snapshot " + action.name() + " is still there");
    }
  }

  @Override
  public Standing standing(ObjectState before, ObjectState now) {
    if (atTarget(now)) {
      return Standing.TARGET;
    }
    return Configurations.same(before, now) ? Standing.BEFORE : Standing.FOREIGN;
  }
}
