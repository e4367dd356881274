package dev.ballast.agent.command;

import dev.ballast.agent.executor.ActionExecutor;
import dev.ballast.agent.executor.ExecutionFault;
import dev.ballast.agent.executor.Executors;
import dev.ballast.agent.executor.HostReader;
import dev.ballast.agent.executor.HostWriter;
import dev.ballast.agent.executor.Illegal;
import dev.ballast.agent.executor.ObjectState;
import dev.ballast.agent.executor.Steering;
import dev.ballast.agent.host.libvirt.LibvirtFault;
import dev.ballast.core.action.Action;
import dev.ballast.core.action.PlannedAction;
import java.io.IOException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A reboot is not drift: at its first start in another boot the agent sets again what commands had
 * set and the reboot lost. It needs no journal of its own: it sets only what stands in {@link
 * VolatileState}, and does so again when it dies meanwhile. What it may not or cannot set it
 * leaves, says so in the log, and shows as drift.
 */
public final class Restoration {
  private static final Logger log = LoggerFactory.getLogger(Restoration.class);

  private final VolatileState state;
  private final Executors executors;
  private final HostReader host;
  private final HostWriter writer;
  private final FreezeList freeze;
  private final boolean observeOnly;

  public Restoration(
      VolatileState state,
      Executors executors,
      HostReader host,
      HostWriter writer,
      FreezeList freeze,
      boolean observeOnly) {
    this.state = state;
    this.executors = executors;
    this.host = host;
    this.writer = writer;
    this.freeze = freeze;
    this.observeOnly = observeOnly;
  }

  /**
   * Restores what this boot has lost; before the journal's open commands are looked at, which began
   * from that state.
   *
   * @return how many objects were not as they had been left, and are now
   */
  public int run() {
    try {
      int restored = 0;
      for (PlannedAction planned : state.lost()) {
        restored += restore(planned.action()) ? 1 : 0;
      }
      state.restored();
      return restored;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      log.warn("what the reboot lost is not restored: {}", e.getMessage());
    }
    return 0;
  }

  private boolean restore(Action action) throws InterruptedException {
    Optional<String> held =
        observeOnly
            ? Optional.of("this agent only observes")
            : freeze.read().holds(action.object());
    if (held.isPresent()) {
      log.warn("not restored after the reboot: {}: {}", action.describe(), held.get());
      return false;
    }
    ActionExecutor executor = executors.of(action, new Steering(0, progress -> {}));
    try {
      ObjectState found = executor.observe(host);
      if (executor.atTarget(found)) {
        return false;
      }
      Optional<String> why =
          host.otherOwner(action, found)
              .or(() -> executor.illegal(found, host).map(Illegal::detail));
      if (why.isPresent()) {
        throw new ExecutionFault(why.get());
      }
      executor.apply(found, host, writer);
      log.info("restored after the reboot: {} (was {})", action.describe(), found.describe());
      return true;
    } catch (ExecutionFault | LibvirtFault e) {
      log.warn("not restored after the reboot: {}: {}", action.describe(), e.getMessage());
      return false;
    }
  }
}
