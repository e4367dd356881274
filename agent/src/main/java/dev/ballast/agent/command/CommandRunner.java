package dev.ballast.agent.command;

import dev.ballast.agent.executor.ActionExecutor;
import dev.ballast.agent.executor.ExecutionFault;
import dev.ballast.agent.executor.HostReader;
import dev.ballast.agent.journal.Bytes;
import dev.ballast.agent.journal.JournalException;
import dev.ballast.core.action.Command;
import dev.ballast.core.action.Outcome;
import dev.ballast.core.action.Outcome.NeedsAttention;
import dev.ballast.core.action.PlannedAction;
import dev.ballast.core.action.RefusalReason;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings one admitted command to its outcomes: held against the host, recorded, executed,
 * confirmed; or, after a restart, recovered.
 */
final class CommandRunner {
  private static final Logger log = LoggerFactory.getLogger(CommandRunner.class);

  private final CommandLog commands;
  private final Admission admission;
  private final HostReader host;
  private final Transaction transaction;
  private final Recovery recovery;
  private final Confirmation confirmation;
  private final CrashPoints crashes;

  CommandRunner(
      CommandLog commands,
      Admission admission,
      HostReader host,
      Transaction transaction,
      Recovery recovery,
      Confirmation confirmation,
      CrashPoints crashes) {
    this.commands = commands;
    this.admission = admission;
    this.host = host;
    this.transaction = transaction;
    this.recovery = recovery;
    this.confirmation = confirmation;
    this.crashes = crashes;
  }

  /**
   * One outcome an action.
   *
   * @param begun run once the command is recorded and will have a result
   * @throws InterruptedException when the agent stops: a command that has begun stays open
   */
  List<Outcome> run(Command command, Bytes digest, List<ActionExecutor> executors, Runnable begun)
      throws InterruptedException {
    List<PlannedAction> planned = command.actions();
    List<Outcome> checked = new Precheck(host, executors, planned).run();
    Optional<List<Outcome>> refused = Precheck.refusal(checked);
    if (command.dryRun() || refused.isPresent()) {
      return command.dryRun() ? checked : refused.orElseThrow();
    }
    Optional<Refusal> late = admission.expired(command);
    if (late.isPresent()) {
      return late.get().ofAll(command);
    }
    crashes.at("before intent");
    try {
      commands.begin(command, digest);
    } catch (JournalException e) {
      return new Refusal(RefusalReason.NO_JOURNAL, String.valueOf(e.getMessage())).ofAll(command);
    }
    crashes.at("after intent");
    begun.run();
    log.info("command {}: {}", command.id(), describe(command));
    List<Outcome> outcomes = transaction.run(command.id(), executors, planned);
    if (Confirmation.isNeeded(command, outcomes)) {
      outcomes = confirmation.await(command, executors, outcomes);
    }
    crashes.at("before outcome");
    log.info("command {} ended: {}", command.id(), names(outcomes));
    return outcomes;
  }

  /** The outcomes of a command that a former process began. */
  List<Outcome> recover(OpenCommand open, Command command, List<ActionExecutor> executors)
      throws InterruptedException {
    log.info("recovering command {}: {}", open.id(), describe(command));
    OpenCommand found = open;
    if (command.confirmWithinMillis().isPresent() && !confirmation.isAwaited(open)) {
      confirmation.recordUndo(open.id());
      found = open.withUndo();
    }
    List<Outcome> outcomes;
    try {
      outcomes = recovery.run(found, executors);
    } catch (ExecutionFault e) {
      outcomes =
          Collections.nCopies(executors.size(), new NeedsAttention(String.valueOf(e.getMessage())));
    }
    if (found.armed().isPresent() && Confirmation.isNeeded(command, outcomes)) {
      outcomes = confirmation.resume(command, executors, outcomes);
    }
    crashes.at("before recovered outcome");
    log.info("command {} recovered: {}", open.id(), names(outcomes));
    return outcomes;
  }

  private static String describe(Command command) {
    return command.actions().stream()
        .map(p -> p.action().describe())
        .collect(Collectors.joining("; "));
  }

  private static String names(List<Outcome> outcomes) {
    return outcomes.stream()
        .map(o -> o.getClass().getSimpleName())
        .collect(Collectors.joining(", "));
  }
}
