package dev.ballast.agent.executor;

import dev.ballast.agent.executor.ObjectState.DomainPresent;
import dev.ballast.agent.host.libvirt.LibvirtFault;
import dev.ballast.core.action.Final.DestroyDomain;
import dev.ballast.core.model.DomainState;
import java.util.Optional;

/** Ends a domain's QEMU process. */
final class DestroyDomainExecutor extends FinalExecutor {
  private final DestroyDomain action;

  DestroyDomainExecutor(DestroyDomain action) {
    this.action = action;
  }

  @Override
  public DestroyDomain action() {
    return action;
  }

  @Override
  Optional<Illegal> illegal(DomainPresent present) {
    return Optional.empty();
  }

  @Override
  public boolean atTarget(ObjectState state) {
    return state instanceof DomainPresent && isOff(state);
  }

  @Override
  public ObjectState predict(ObjectState state, HostReader host) {
    return inState(state, DomainState.SHUT_OFF, false);
  }

  @Override
  public void apply(ObjectState before, HostReader host, HostWriter writer)
      throws LibvirtFault, ExecutionFault {
    writer.libvirt().destroy(action.vm().value());
    ObjectState after = host.domain(action.vm());
    if (!isOff(after)) {
      throw new ExecutionFault("destroyed, yet the domain is " + after.describe());
    }
  }

  @Override
  public Standing standing(ObjectState before, ObjectState now) {
    return isOff(now) ? Standing.TARGET : Standing.BEFORE;
  }
}
