package dev.ballast.agent.executor;

import dev.ballast.agent.executor.ObjectState.DomainPresent;
import dev.ballast.agent.host.libvirt.LibvirtFault;
import dev.ballast.core.action.Final.SetGuestTime;
import dev.ballast.core.model.DomainState;
import java.util.Optional;

/**
 * Sets a guest's clock through its agent. Nothing on the host tells afterwards that it was done.
 */
final class SetGuestTimeExecutor extends FinalExecutor {
  private final SetGuestTime action;
  private boolean done;

  SetGuestTimeExecutor(SetGuestTime action) {
    this.action = action;
  }

  @Override
  public SetGuestTime action() {
    return action;
  }

  @Override
  Optional<Illegal> illegal(DomainPresent present) {
    return present.domain().state() == DomainState.RUNNING
        ? Optional.empty()
        : Optional.of(
            Illegal.of(
                "domain "
                    + action.vm()
                    + " is "
                    + present.domain().state()
                    + ": only a running guest has a clock to set"));
  }

  @Override
  public boolean atTarget(ObjectState state) {
    return false;
  }

  @Override
  public ObjectState predict(ObjectState state, HostReader host) {
    return state;
  }

  @Override
  public void apply(ObjectState before, HostReader host, HostWriter writer) throws LibvirtFault {
    writer.libvirt().setGuestTime(action.vm().value());
    done = true;
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
