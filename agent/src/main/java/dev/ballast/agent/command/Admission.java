package dev.ballast.agent.command;

import dev.ballast.agent.journal.Bytes;
import dev.ballast.agent.journal.JournalException;
import dev.ballast.agent.outbox.CommandResult;
import dev.ballast.core.action.Command;
import dev.ballast.core.action.Final;
import dev.ballast.core.action.PlannedAction;
import dev.ballast.core.action.RefusalReason;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Optional;
import java.util.Set;

/**
 * What is decided of a command before anything is looked at: term, known id, age, freeze. The term
 * is on the disk before the command may act.
 */
final class Admission {
  /** The digest of a command that could not be read: equal to no other. */
  static final Bytes NO_CONTENT = Bytes.EMPTY;

  /** What is to be done with a command. */
  sealed interface Decision {}

  /** It is under way and will have a result. */
  record Ignore() implements Decision {}

  /** It has a result already. */
  record Repeat(CommandResult result) implements Decision {}

  /** It is refused, and its id stays what it was. */
  record Answer(Refusal refusal) implements Decision {}

  /** It is refused, and that is its result. */
  record Refuse(Refusal refusal) implements Decision {}

  /** It may be looked at. */
  record Run() implements Decision {}

  private final CommandLog commands;
  private final Fence fence;
  private final FreezeList freeze;
  private final boolean observeOnly;

  Admission(CommandLog commands, Fence fence, FreezeList freeze, boolean observeOnly) {
    this.commands = commands;
    this.fence = fence;
    this.freeze = freeze;
    this.observeOnly = observeOnly;
  }

  void lease(long millis) {
    fence.lease(millis);
  }

  Optional<Refusal> expired(Command command) {
    return fence.expired(command);
  }

  Decision decide(Command command, Bytes digest, Set<Long> running) {
    if (command.term() < commands.highestTerm()) {
      return new Answer(
          new Refusal(
              RefusalReason.OLD_TERM,
              "term " + command.term() + "; this agent has seen " + commands.highestTerm()));
    }
    Optional<Decision> known = known(command.id(), digest, running);
    if (known.isPresent()) {
      return known.get();
    }
    try {
      commands.raiseTerm(command.term());
    } catch (JournalException e) {
      return new Refuse(noJournal(String.valueOf(e.getMessage())));
    }
    return refusal(command).<Decision>map(Refuse::new).orElse(new Run());
  }

  private Optional<Decision> known(long id, Bytes digest, Set<Long> running) {
    // Asked in this order: a command that ends in between is then found with its result.
    boolean underWay = running.contains(id);
    Optional<CommandLog.Entry> entry = commands.entry(id);
    if (entry.filter(known -> !known.digest().equals(digest)).isPresent()) {
      return Optional.of(
          new Answer(
              new Refusal(
                  RefusalReason.ILLEGAL, "command " + id + " is known here with other content")));
    }
    if (entry.isPresent()) {
      return Optional.of(
          switch (entry.get()) {
            // It still holds its objects: whoever had its result now could send what is refused.
            case CommandLog.Closed ignored when underWay -> new Ignore();
            case CommandLog.Closed closed -> new Repeat(closed.result());
            case OpenCommand ignored -> new Ignore();
          });
    }
    if (underWay) {
      return Optional.of(new Ignore());
    }
    return id <= commands.lowWater()
        ? Optional.of(
            new Answer(
                new Refusal(
                    RefusalReason.TOO_OLD,
                    "command " + id + "; results up to " + commands.lowWater() + " are forgotten")))
        : Optional.empty();
  }

  private Optional<Refusal> refusal(Command command) {
    if (observeOnly) {
      return Optional.of(
          new Refusal(RefusalReason.FROZEN, "this agent only observes (observeOnly: true)"));
    }
    Optional<Refusal> unconfirmable = unconfirmable(command);
    if (unconfirmable.isPresent()) {
      return unconfirmable;
    }
    return fence
        .expired(command)
        .or(() -> frozen(command))
        .or(() -> commands.damage().map(Admission::noJournal));
  }

  /** Only what can be undone can wait for a confirmation, and not for ever. */
  private static Optional<Refusal> unconfirmable(Command command) {
    if (command.confirmWithinMillis().isEmpty()) {
      return Optional.empty();
    }
    if (command.actions().stream().anyMatch(planned -> planned.action() instanceof Final)) {
      return Optional.of(
          new Refusal(
              RefusalReason.ILLEGAL, "a final action cannot be undone: it takes no confirmation"));
    }
    return command.confirmWithinMillis().get() > Confirmation.LIMIT_MILLIS
        ? Optional.of(
            new Refusal(
                RefusalReason.ILLEGAL,
                "a command awaits its confirmation for at most "
                    + Confirmation.LIMIT_MILLIS
                    + " ms"))
        : Optional.empty();
  }

  private Optional<Refusal> frozen(Command command) {
    FreezeList.Frozen frozen = freeze.read();
    for (PlannedAction planned : command.actions()) {
      Optional<String> why = frozen.holds(planned.action().object());
      if (why.isPresent()) {
        return Optional.of(new Refusal(RefusalReason.FROZEN, why.get()));
      }
    }
    return Optional.empty();
  }

  private static Refusal noJournal(String detail) {
    return new Refusal(RefusalReason.NO_JOURNAL, detail);
  }

  /** SHA-256 of what a command asks for, whoever sends it and when. */
  static Bytes digest(Command command, CommandFormat format) {
    Command content =
        new Command(
            command.id(),
            1,
            0,
            "",
            0,
            command.dryRun(),
            command.confirmWithinMillis(),
            command.actions());
    try {
      return Bytes.of(MessageDigest.getInstance("SHA-256").digest(format.encode(content)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
