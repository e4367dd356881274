package dev.ballast.agent.executor;

import dev.ballast.agent.executor.ObjectState.DomainPresent;
import dev.ballast.agent.host.libvirt.LibvirtFault;
import dev.ballast.core.action.Reversible.TakeSnapshot;
import dev.ballast.core.model.DomainSnapshot;
import dev.ballast.core.model.DomainState;
import dev.ballast.core.model.ObservedDomain;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Takes an internal snapshot of a domain; its undo deletes it. */
final class TakeSnapshotExecutor implements ActionExecutor {
  private final TakeSnapshot action;
  private final Waiting waiting;

  TakeSnapshotExecutor(TakeSnapshot action, Waiting waiting) {
    this.action = action;
    this.waiting = waiting;
  }

  @Override
  public TakeSnapshot action() {
    return action;
  }

  @Override
  public ObjectState observe(HostReader host) throws LibvirtFault, ExecutionFault {
    return host.domain(action.vm());
  }

  @Override
  public Optional<Illegal> illegal(ObjectState state, HostReader host) {
    if (!(state instanceof DomainPresent present)) {
      return Optional.of(Illegal.of("there is no domain " + action.vm()));
    }
    DomainState now = present.domain().state();
    if (now != DomainState.RUNNING && now != DomainState.SHUT_OFF) {
      return Optional.of(Illegal.of("domain " + action.vm() + " is " + now));
    }
    return present.persistent()
        ? Optional.empty()
        : Optional.of(Illegal.of("domain " + action.vm() + " is transient"));
  }

  @Override
  public boolean atTarget(ObjectState state) {
    return state instanceof DomainPresent present
        && present.domain().snapshot(action.name()).isPresent();
  }

  @Override
  public ObjectState predict(ObjectState state, HostReader host) {
    if (!(state instanceof DomainPresent present)) {
      return state;
    }
    ObservedDomain domain = present.domain();
    List<DomainSnapshot> all = new ArrayList<>(domain.snapshots());
    all.add(new DomainSnapshot(action.name(), 0, present.active(), false));
    return present.withDomain(domain.withSnapshots(all));
  }

  @Override
  public void apply(ObjectState before, HostReader host, HostWriter writer)
      throws LibvirtFault, ExecutionFault, InterruptedException {
    LastingCall.await(writer.libvirt().takeSnapshot(action.vm().value(), action.name()), waiting);
    if (!atTarget(observe(host))) {
      throw new ExecutionFault("libvirt took snapshot " + action.name() + ", yet it is not there");
    }
  }

  @Override
  public Standing standing(ObjectState before, ObjectState now) {
    if (atTarget(now)) {
      return Standing.TARGET;
    }
    return Configurations.same(before, now) ? Standing.BEFORE : Standing.FOREIGN;
  }

  @Override
  public void undo(ObjectState before, HostReader host, HostWriter writer)
      throws LibvirtFault, ExecutionFault {
    try {
      LastingCall.await(
          writer.libvirt().deleteSnapshot(action.vm().value(), action.name()), waiting);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ExecutionFault("interrupted while deleting snapshot " + action.name());
    }
    if (atTarget(observe(host))) {
      throw new ExecutionFault("snapshot " + action.name() + " is still there");
    }
  }
}
