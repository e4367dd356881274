package dev.ballast.agent.command;

import dev.ballast.agent.executor.ActionExecutor;
import dev.ballast.agent.executor.ExecutionFault;
import dev.ballast.agent.executor.HostReader;
import dev.ballast.agent.executor.HostWriter;
import dev.ballast.agent.executor.ObjectState;
import dev.ballast.agent.executor.Standing;
import dev.ballast.agent.host.libvirt.LibvirtFault;
import dev.ballast.agent.journal.JournalException;
import dev.ballast.core.action.Outcome;
import dev.ballast.core.action.Outcome.NeedsAttention;
import dev.ballast.core.action.Outcome.Undone;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Undoes actions, each only where the object still stands where the action left it. */
final class Undoing {
  /** So often an undo is tried that libvirt does not answer. */
  static final int ATTEMPT_LIMIT = 5;

  private static final Logger log = LoggerFactory.getLogger(Undoing.class);

  private final HostReader host;
  private final HostWriter writer;
  private final Settling settling;
  private final FreezeList freeze;
  private final CommandLog commands;
  private final CrashPoints crashes;

  Undoing(
      HostReader host,
      HostWriter writer,
      Settling settling,
      FreezeList freeze,
      CommandLog commands,
      CrashPoints crashes) {
    this.host = host;
    this.writer = writer;
    this.settling = settling;
    this.freeze = freeze;
    this.commands = commands;
    this.crashes = crashes;
  }

  /** {@link Undone}, or {@link NeedsAttention} with what stands. */
  Outcome undo(long command, Begun begun, String cause) throws InterruptedException {
    ActionExecutor executor = begun.executor();
    Optional<String> frozen = freeze.read().holds(executor.action().object());
    if (frozen.isPresent()) {
      return new NeedsAttention(
          executor.action().describe() + " is not undone (" + cause + "): " + frozen.get());
    }
    String failure = "";
    for (int attempt = 0; attempt < ATTEMPT_LIMIT; attempt++) {
      try {
        Standing standing = attempt(begun);
        if (standing == Standing.BEFORE) {
          recordUndone(command, begun);
          return new Undone(cause);
        }
        if (standing == Standing.FOREIGN || standing == Standing.ELSEWHERE) {
          return stands(begun, cause, "something else changed it");
        }
      } catch (LibvirtFault.Refused | ExecutionFault e) {
        return stands(begun, cause, String.valueOf(e.getMessage()));
      } catch (LibvirtFault e) {
        failure = String.valueOf(e.getMessage());
        settling.await(executor.action());
      }
    }
    return stands(begun, cause, failure);
  }

  /** Remembers that nothing of the action stands any more: earlier ones may be undone now. */
  void recordUndone(long command, Begun begun) {
    try {
      commands.undone(command, begun.index());
    } catch (JournalException e) {
      // Only a recovery would miss it, and then finds the object in a state that needs people.
      log.error("command {}: the undo of action {} is not recorded", command, begun.index() + 1, e);
    }
  }

  private Standing attempt(Begun begun) throws LibvirtFault, ExecutionFault {
    ActionExecutor executor = begun.executor();
    Standing standing = executor.standing(begun.before(), executor.observe(host));
    return switch (standing) {
      case BEFORE, FOREIGN, ELSEWHERE -> standing;
      case TARGET, OWN_STEP -> {
        crashes.at("before undo " + begun.index());
        executor.undo(begun.before(), host, writer);
        crashes.at("after undo " + begun.index());
        yield Standing.BEFORE;
      }
    };
  }

  private Outcome stands(Begun begun, String cause, String why) {
    return new NeedsAttention(
        begun.executor().action().describe()
            + " is not undone ("
            + cause
            + "): "
            + why
            + "; now: "
            + now(begun.executor())
            + "; before: "
            + begun.before().describe());
  }

  private String now(ActionExecutor executor) {
    try {
      ObjectState state = executor.observe(host);
      return state.describe();
    } catch (LibvirtFault | ExecutionFault e) {
      return "not known (" + e.getMessage() + ")";
    }
  }
}
