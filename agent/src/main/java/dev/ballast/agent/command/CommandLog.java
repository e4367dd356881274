package dev.ballast.agent.command;

import dev.ballast.agent.command.LogRecord.Acknowledged;
import dev.ballast.agent.command.LogRecord.Ended;
import dev.ballast.agent.command.LogRecord.Intent;
import dev.ballast.agent.command.LogRecord.LowWater;
import dev.ballast.agent.command.LogRecord.Step;
import dev.ballast.agent.command.LogRecord.Term;
import dev.ballast.agent.command.LogRecord.UndoBegun;
import dev.ballast.agent.command.LogRecord.Undone;
import dev.ballast.agent.journal.Bytes;
import dev.ballast.agent.journal.Journal;
import dev.ballast.agent.journal.Journal.Need;
import dev.ballast.agent.journal.JournalException;
import dev.ballast.agent.outbox.CommandResult;
import dev.ballast.core.action.Command;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * What the agent remembers of terms and commands, on the disk before it matters: the highest term,
 * commands that have begun with the state before each action, results of the last commands.
 */
public final class CommandLog {
  /** Results of so many commands are remembered. */
  public static final int RESULT_LIMIT = 1_000;

  /** And of at most so many while the coordinator does not acknowledge them. */
  public static final int UNACKNOWLEDGED_LIMIT = 2 * RESULT_LIMIT;

  /** A journal that has grown by so much is compacted. */
  public static final long COMPACTION_BYTES = 2L << 20;

  /** A command that is remembered. */
  public sealed interface Entry permits OpenCommand, Closed {
    /** Of what the command asks for. */
    Bytes digest();
  }

  /** A command whose result is known. */
  public record Closed(Bytes digest, CommandResult result, boolean acknowledged) implements Entry {}

  private Consumer<CommandResult> resultListener = result -> {};
  private final Journal journal;
  private final CommandFormat format;
  private final Optional<String> damage;
  private final TreeMap<Long, OpenCommand> open = new TreeMap<>();
  private final TreeMap<Long, Closed> closed = new TreeMap<>();
  private long highestTerm;
  private long lowWater;
  private long lastId;
  private long compactedBytes;

  /**
   * Reads what the journal holds.
   *
   * @throws IOException when a record cannot be understood: acting without it could repeat an
   *     action
   */
  public CommandLog(Journal.Opened opened, CommandFormat format) throws IOException {
    this.journal = opened.journal();
    this.format = format;
    this.damage = opened.damage();
    for (byte[] frame : opened.frames()) {
      replay(LogRecord.decode(frame));
    }
  }

  private void replay(LogRecord entry) throws IOException {
    switch (entry) {
      case Term(long term) -> highestTerm = Math.max(highestTerm, term);
      case LowWater(long id) -> lowWater = Math.max(lowWater, id);
      case Intent(long id, Bytes digest, Bytes command) -> {
        open.put(id, OpenCommand.begun(id, digest, command));
        lastId = Math.max(lastId, id);
      }
      case Step(long id, int index, Bytes before) ->
          open.computeIfPresent(
              id, (key, command) -> command.withStep(new OpenCommand.Step(index, before)));
      case UndoBegun(long id) -> open.computeIfPresent(id, (key, command) -> command.withUndo());
      case Undone(long id, int index) ->
          open.computeIfPresent(id, (key, command) -> command.withUndone(index));
      case LogRecord.Armed(long id, long deadlineMillis, Bytes nonce, Bytes bootId) ->
          open.computeIfPresent(
              id,
              (key, command) ->
                  command.withArmed(new OpenCommand.Armed(nonce, bootId, deadlineMillis)));
      case Ended(long id, Bytes digest, Bytes result) ->
          close(id, new Closed(digest, format.decodeResult(result.toArray()), false));
      case Acknowledged(long id) -> markAcknowledged(id);
    }
  }

  private void close(long id, Closed command) {
    open.remove(id);
    closed.put(id, command);
    lastId = Math.max(lastId, id);
    while (closed.size() > RESULT_LIMIT && forgetOne()) {
      // until few enough are left
    }
  }

  /** Forgets the oldest result that was acknowledged; another one only when far too many wait. */
  private boolean forgetOne() {
    Long oldest =
        closed.entrySet().stream()
            .filter(entry -> entry.getValue().acknowledged())
            .map(Map.Entry::getKey)
            .findFirst()
            .orElse(closed.size() > UNACKNOWLEDGED_LIMIT ? closed.firstKey() : null);
    if (oldest == null) {
      return false;
    }
    closed.remove(oldest);
    lowWater = Math.max(lowWater, oldest);
    return true;
  }

  private void markAcknowledged(long id) {
    closed.computeIfPresent(id, (key, c) -> new Closed(c.digest(), c.result(), true));
  }

  /** Why the journal takes nothing. */
  public synchronized Optional<String> damage() {
    return damage.or(journal::broken);
  }

  public synchronized long highestTerm() {
    return highestTerm;
  }

  /** Ids at or below it are forgotten, unless they are known as open or closed. */
  public synchronized long lowWater() {
    return lowWater;
  }

  public synchronized long lastId() {
    return lastId;
  }

  public synchronized List<OpenCommand> openCommands() {
    return List.copyOf(open.values());
  }

  /** What is remembered of a command at this moment. */
  public synchronized Optional<Entry> entry(long id) {
    Closed ended = closed.get(id);
    return ended != null ? Optional.of(ended) : Optional.ofNullable(open.get(id));
  }

  public synchronized boolean isOpen(long id) {
    return open.containsKey(id);
  }

  /** The command of that id, which has begun and not ended. */
  public synchronized OpenCommand requireOpen(long id) {
    return Objects.requireNonNull(open.get(id));
  }

  /** Results that the coordinator has not yet acknowledged, by id. */
  public synchronized List<CommandResult> unacknowledged() {
    return closed.values().stream().filter(c -> !c.acknowledged()).map(Closed::result).toList();
  }

  /** Remembers a term that is higher than all seen. */
  public synchronized void raiseTerm(long term) throws JournalException {
    if (term > highestTerm) {
      journal.append(Need.MAY_REFUSE, new Term(term).encode());
      highestTerm = term;
    }
  }

  /** Remembers that a command begins. */
  public synchronized void begin(Command command, Bytes digest) throws JournalException {
    Bytes bytes = Bytes.of(format.encode(command));
    journal.append(Need.MAY_REFUSE, new Intent(command.id(), digest, bytes).encode());
    open.put(command.id(), OpenCommand.begun(command.id(), digest, bytes));
    lastId = Math.max(lastId, command.id());
  }

  /** Remembers the state of the object that the action of that index is about to change. */
  public synchronized void step(long id, int index, byte[] state) throws JournalException {
    Bytes before = Bytes.of(state);
    journal.append(Need.MUST_RECORD, new Step(id, index, before).encode());
    open.computeIfPresent(
        id, (key, command) -> command.withStep(new OpenCommand.Step(index, before)));
  }

  public synchronized void undoBegun(long id) throws JournalException {
    journal.append(Need.MUST_RECORD, new UndoBegun(id).encode());
    open.computeIfPresent(id, (key, command) -> command.withUndo());
  }

  /** Remembers that the action of that index is undone: its object may go further back. */
  public synchronized void undone(long id, int index) throws JournalException {
    journal.append(Need.MUST_RECORD, new Undone(id, index).encode());
    open.computeIfPresent(id, (key, command) -> command.withUndone(index));
  }

  /** Remembers until when the command must be confirmed. */
  public synchronized void armed(long id, OpenCommand.Armed armed) throws JournalException {
    journal.append(Need.MUST_RECORD, armedRecord(id, armed).encode());
    open.computeIfPresent(id, (key, command) -> command.withArmed(armed));
  }

  private static LogRecord armedRecord(long id, OpenCommand.Armed armed) {
    return new LogRecord.Armed(id, armed.deadlineMillis(), armed.nonce(), armed.bootId());
  }

  /** How large the journal's file is. */
  public synchronized long sizeBytes() {
    return journal.sizeBytes();
  }

  /** Told of each result once, when it is remembered; must return at once. */
  public synchronized void onResult(Consumer<CommandResult> listener) {
    resultListener = listener;
  }

  /** Remembers the result of a command that has begun; it may be reported afterwards. */
  public synchronized void end(CommandResult result, Bytes digest) throws JournalException {
    end(Need.MUST_RECORD, result, digest);
  }

  /** Remembers the result of a command that has not begun; on a full disk, while this runs. */
  public synchronized void refuse(CommandResult result, Bytes digest) {
    try {
      end(Need.MAY_REFUSE, result, digest);
    } catch (JournalException e) {
      close(result.commandId(), new Closed(digest, result, false));
      resultListener.accept(result);
    }
  }

  private void end(Need need, CommandResult result, Bytes digest) throws JournalException {
    Bytes bytes = Bytes.of(format.encode(result));
    journal.append(need, new Ended(result.commandId(), digest, bytes).encode());
    close(result.commandId(), new Closed(digest, result, false));
    resultListener.accept(result);
    compactWhenLong();
  }

  /** The coordinator has stored the result; when this is lost it is merely sent again. */
  public synchronized void acknowledged(long id) {
    Closed command = closed.get(id);
    if (command == null || command.acknowledged()) {
      return;
    }
    markAcknowledged(id);
    try {
      journal.append(Need.MAY_LOSE, new Acknowledged(id).encode());
    } catch (JournalException e) {
      // It will be sent and acknowledged again after a restart.
      return;
    }
  }

  private void compactWhenLong() {
    if (journal.sizeBytes() - compactedBytes < COMPACTION_BYTES) {
      return;
    }
    try {
      journal.rewrite(snapshot());
      compactedBytes = journal.sizeBytes();
    } catch (JournalException e) {
      // The old file is whole and goes on; the next command tries again.
      return;
    }
  }

  private List<byte[]> snapshot() {
    List<LogRecord> entries = new ArrayList<>();
    entries.add(new Term(highestTerm));
    entries.add(new LowWater(lowWater));
    for (Map.Entry<Long, Closed> entry : closed.entrySet()) {
      Closed command = entry.getValue();
      entries.add(
          new Ended(entry.getKey(), command.digest(), Bytes.of(format.encode(command.result()))));
      if (command.acknowledged()) {
        entries.add(new Acknowledged(entry.getKey()));
      }
    }
    for (OpenCommand command : open.values()) {
      entries.add(new Intent(command.id(), command.digest(), command.command()));
      for (OpenCommand.Step step : command.steps()) {
        entries.add(new Step(command.id(), step.index(), step.before()));
      }
      command.armed().ifPresent(armed -> entries.add(armedRecord(command.id(), armed)));
      if (command.undoBegun()) {
        entries.add(new UndoBegun(command.id()));
      }
      command.undone().forEach(index -> entries.add(new Undone(command.id(), index)));
    }
    return entries.stream().map(LogRecord::encode).toList();
  }
}
