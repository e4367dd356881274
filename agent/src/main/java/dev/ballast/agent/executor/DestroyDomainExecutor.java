package dev.ballast.agent.executor;

import dev.ballast.agent.executor.ObjectState.DomainPresent;
import dev.ballast.agent.host.libvirt.LibvirtFault;
import dev.ballast.core.action.Final.DestroyDomain;
import dev.ballast.core.model.DomainState;
import java.util.List;
import java.util.Optional;

/**
 * Ends a domain's QEMU process; never that of a copy that another host's may still need: the guest
 * of a migration that has not ended may be on either host, or partly on both.
 */
final class DestroyDomainExecutor extends FinalExecutor {
  /** What {@link HostReader#stateAndReason} says of such a copy, or contains. */
  private static final List<String> UNENDED = List.of("(post-copy", "PAUSED (migration)");

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
  Optional<Illegal> illegal(DomainPresent present, HostReader host) {
    if (!present.active()) {
      return Optional.empty();
    }
    try {
      String state = host.stateAndReason(action.vm());
      return UNENDED.stream().anyMatch(state::contains) || host.migration(action.vm()).isPresent()
          ? Optional.of(
              Illegal.of(
                  "domain "
                      + action.vm()
                      + " is "
                      + state
                      + ", part of a migration that has not ended: look at it on both hosts;"
                      + " once it runs on the other one, end this copy with virsh destroy"))
          : Optional.empty();
    } catch (LibvirtFault e) {
      return Optional.of(
          Illegal.of("whether " + action.vm() + " is being migrated: " + e.getMessage()));
    }
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
