package dev.ballast.agent.executor;

import dev.ballast.agent.executor.ObjectState.DomainPresent;
import dev.ballast.core.action.Final.MigrateDomain;
import dev.ballast.core.action.RefusalReason;
import java.util.Optional;

/** Refuses every migration: this agent cannot migrate yet. */
final class MigrateDomainExecutor extends FinalExecutor {
  private final MigrateDomain action;

  MigrateDomainExecutor(MigrateDomain action) {
    this.action = action;
  }

  @Override
  public MigrateDomain action() {
    return action;
  }

  @Override
  Optional<Illegal> illegal(DomainPresent present) {
    return Optional.of(
        new Illegal(RefusalReason.MISSING_CAPABILITY, "this agent does not migrate yet"));
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
  public void apply(ObjectState before, HostReader host, HostWriter writer) throws ExecutionFault {
    throw new ExecutionFault("this agent does not migrate yet");
  }

  @Override
  public Standing standing(ObjectState before, ObjectState now) {
    return Standing.BEFORE;
  }
}
