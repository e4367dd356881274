package dev.ballast.agent.executor;

import dev.ballast.agent.executor.ObjectState.DomainPresent;
import dev.ballast.agent.host.libvirt.LibvirtFault;
import dev.ballast.core.action.Final.ShutdownDomain;
import dev.ballast.core.model.DomainState;
import java.time.Duration;
import java.util.Optional;

/**
 * Asks a guest to power off and waits until it has. Nothing on the host tells who powered a guest
 * off, so after a crash the outcome is unknown.
 */
final class ShutdownDomainExecutor extends FinalExecutor {
  /** How often the state is read. */
  static final Duration POLL = Duration.ofMillis(250);

  private final ShutdownDomain action;
  private final Waiting waiting;

  ShutdownDomainExecutor(ShutdownDomain action, Waiting waiting) {
    this.action = action;
    this.waiting = waiting;
  }

  @Override
  public ShutdownDomain action() {
    return action;
  }

  @Override
  Optional<Illegal> illegal(DomainPresent present) {
    return switch (present.domain().state()) {
      case RUNNING, SHUTTING_DOWN -> Optional.empty();
      case PAUSED, SHUT_OFF, CRASHED, SUSPENDED, UNKNOWN ->
          Optional.of(
              Illegal.of(
                  "domain "
                      + action.vm()
                      + " is "
                      + present.domain().state()
                      + ": only a running guest can power itself off"));
    };
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
      throws LibvirtFault, ExecutionFault, InterruptedException {
    writer.libvirt().shutdown(action.vm().value());
    long deadline = waiting.nanos() + Duration.ofMillis(action.timeoutMillis()).toNanos();
    while (!isOff(host.domain(action.vm()))) {
      if (waiting.nanos() >= deadline) {
        throw new ExecutionFault(
            "the guest had not powered off after "
                + action.timeoutMillis() / 1000
                + " s; it was left running");
      }
      waiting.pause(POLL);
    }
  }

  @Override
  public Standing standing(ObjectState before, ObjectState now) {
    return isOff(now) ? Standing.TARGET : Standing.BEFORE;
  }

  @Override
  public boolean observable() {
    return false;
  }
}
