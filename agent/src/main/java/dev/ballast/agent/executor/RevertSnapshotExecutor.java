package dev.ballast.agent.executor;

import dev.ballast.agent.executor.ObjectState.DomainPresent;
import dev.ballast.agent.host.libvirt.LibvirtFault;
import dev.ballast.core.action.Final.RevertSnapshot;
import dev.ballast.core.model.DomainSnapshot;
import dev.ballast.core.model.DomainState;
import java.util.Optional;

/**
 * Brings a domain back to an internal snapshot. Nothing on the host tells afterwards that it was
 * done: the domain may have been at that snapshot before.
 */
final class RevertSnapshotExecutor extends FinalExecutor {
  private final RevertSnapshot action;
  private final Waiting waiting;
  private boolean done;

  RevertSnapshotExecutor(RevertSnapshot action, Waiting waiting) {
    this.action = action;
    this.waiting = waiting;
  }

  @Override
  public RevertSnapshot action() {
    return action;
  }

  @Override
  Optional<Illegal> illegal(DomainPresent present) {
    Optional<DomainSnapshot> snapshot = present.domain().snapshot(action.name());
    if (snapshot.isEmpty()) {
      return Optional.of(Illegal.of("domain " + action.vm() + " has no snapshot " + action.name()));
    }
    if (snapshot.get().external()) {
      return Optional.of(
          Illegal.of(
              "snapshot "
                  + action.name()
                  + " is external: libvirt reverts to such a one from version 9.9 on, and Ballast"
                  + " only to internal ones"));
    }
    return snapshot.get().runs() == action.runs()
        ? Optional.empty()
        : Optional.of(
            Illegal.of("snapshot " + action.name() + " is another than the one planned for"));
  }

  @Override
  public boolean atTarget(ObjectState state) {
    return false;
  }

  @Override
  public ObjectState predict(ObjectState state, HostReader host) {
    return inState(
        state, action.runs() ? DomainState.RUNNING : DomainState.SHUT_OFF, action.runs());
  }

  @Override
  public void apply(ObjectState before, HostReader host, HostWriter writer)
      throws LibvirtFault, ExecutionFault, InterruptedException {
    LastingCall.await(writer.libvirt().revertSnapshot(action.vm().value(), action.name()), waiting);
    done = true;
    if (observe(host) instanceof DomainPresent present && present.active() != action.runs()) {
      throw new ExecutionFault("reverted, yet the domain is " + present.domain().state());
    }
  }

  @Override
  public boolean observable() {
    return false;
  }

  @Override
  public Standing standing(ObjectState before, ObjectState now) {
    return done ? Standing.TARGET : Standing.BEFORE;
  }
}
