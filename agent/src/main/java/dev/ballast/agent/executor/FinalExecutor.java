package dev.ballast.agent.executor;

import dev.ballast.agent.executor.ObjectState.DomainPresent;
import dev.ballast.agent.host.libvirt.LibvirtFault;
import dev.ballast.core.action.Final;
import dev.ballast.core.model.DomainState;
import dev.ballast.core.model.ObservedDomain;
import java.util.Optional;

/** What the final actions share: a domain that must exist, and no undo. */
abstract sealed class FinalExecutor implements ActionExecutor
    permits StartDomainExecutor,
        ShutdownDomainExecutor,
        DestroyDomainExecutor,
        SetGuestTimeExecutor,
        RevertSnapshotExecutor,
        DeleteSnapshotExecutor,
        MigrateDomainExecutor {
  @Override
  public abstract Final.OnDomain action();

  @Override
  public ObjectState observe(HostReader host) throws LibvirtFault, ExecutionFault {
    return host.domain(action().vm());
  }

  @Override
  public final Optional<Illegal> illegal(ObjectState state, HostReader host) {
    return state instanceof DomainPresent present
        ? illegal(present, host)
        : Optional.of(Illegal.of("there is no domain " + action().vm()));
  }

  abstract Optional<Illegal> illegal(DomainPresent present);

  /** As {@link #illegal(DomainPresent)}, where more must be looked at than the domain. */
  Optional<Illegal> illegal(DomainPresent present, HostReader host) {
    return illegal(present);
  }

  @Override
  public final void undo(ObjectState before, HostReader host, HostWriter writer)
      throws ExecutionFault {
    throw new ExecutionFault("nothing undoes '" + action().describe() + "'");
  }

  static ObjectState inState(ObjectState state, DomainState now, boolean active) {
    if (!(state instanceof DomainPresent present)) {
      return state;
    }
    ObservedDomain domain = present.domain();
    return new DomainPresent(
        new ObservedDomain(
            domain.name(),
            domain.uuid(),
            now,
            domain.vcpus(),
            domain.memoryBytes(),
            domain.configDigest(),
            active ? domain.configPins() : Optional.empty(),
            domain.configPins(),
            domain.specDigest()),
        active,
        present.autostart(),
        present.managedSave(),
        present.xml(),
        present.definedDigest(),
        present.digestKnown());
  }

  /** Whether the domain has no QEMU process; also when it is gone altogether. */
  static boolean isOff(ObjectState state) {
    return !(state instanceof DomainPresent present) || !present.active();
  }
}
