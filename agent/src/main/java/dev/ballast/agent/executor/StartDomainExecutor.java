package dev.ballast.agent.executor;

import dev.ballast.agent.executor.ObjectState.DomainPresent;
import dev.ballast.agent.host.libvirt.LibvirtFault;
import dev.ballast.core.action.Final.StartDomain;
import dev.ballast.core.model.DomainState;
import java.util.Optional;

/** Starts a domain that is shut off. */
final class StartDomainExecutor extends FinalExecutor {
  private final StartDomain action;

  StartDomainExecutor(StartDomain action) {
    this.action = action;
  }

  @Override
  public StartDomain action() {
    return action;
  }

  @Override
  Optional<Illegal> illegal(DomainPresent present) {
    return present.active()
        ? Optional.of(
            Illegal.of(
                "domain " + action.vm() + " is " + present.domain().state() + ", not shut off"))
        : Optional.empty();
  }

  @Override
  public boolean atTarget(ObjectState state) {
    return state instanceof DomainPresent present
        && present.active()
        && present.domain().state() == DomainState.RUNNING;
  }

  @Override
  public ObjectState predict(ObjectState state, HostReader host) {
    return inState(state, DomainState.RUNNING, true);
  }

  @Override
  public void apply(ObjectState before, HostReader host, HostWriter writer)
      throws LibvirtFault, ExecutionFault {
    writer.libvirt().create(action.vm().value());
    ObjectState after = host.domain(action.vm());
    if (!atTarget(after)) {
      throw new ExecutionFault("started, yet the domain is " + after.describe());
    }
  }

  @Override
  public Standing standing(ObjectState before, ObjectState now) {
    if (atTarget(now)) {
      return Standing.TARGET;
    }
    return isOff(now) ? Standing.BEFORE : Standing.FOREIGN;
  }
}
