package dev.ballast.agent.command;

import dev.ballast.agent.executor.ExecutionFault;
import dev.ballast.agent.executor.ObjectStateCodec;
import dev.ballast.agent.journal.Bytes;
import dev.ballast.core.action.Command;
import dev.ballast.core.action.Outcome;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Collectors;

/** The journal's records as people read them. */
public final class JournalText {
  /**
   * One record.
   *
   * @param number its place in the file, from 1
   * @param kind one word
   * @param command the command that it belongs to; absent for what belongs to none
   * @param text the rest
   */
  public record Line(int number, String kind, OptionalLong command, String text) {}

  private final CommandFormat format;

  public JournalText(CommandFormat format) {
    this.format = format;
  }

  /** A line a frame; what cannot be understood is said in its line. */
  public List<Line> lines(List<byte[]> frames) {
    List<Line> lines = new ArrayList<>();
    for (byte[] frame : frames) {
      int number = lines.size() + 1;
      try {
        lines.add(line(number, LogRecord.decode(frame)));
      } catch (IOException e) {
        lines.add(
            new Line(number, "unknown", OptionalLong.empty(), String.valueOf(e.getMessage())));
      }
    }
    return lines;
  }

  private Line line(int number, LogRecord entry) throws IOException {
    return switch (entry) {
      case LogRecord.Term(long term) ->
          new Line(number, "term", OptionalLong.empty(), "highest term seen: " + term);
      case LogRecord.LowWater(long id) ->
          new Line(number, "low-water", OptionalLong.empty(), "results up to " + id + " forgotten");
      case LogRecord.Intent(long id, Bytes ignored, Bytes command) ->
          of(number, "intent", id, describe(format.decodeCommand(command.toArray())));
      case LogRecord.Step(long id, int index, Bytes before) ->
          of(number, "step", id, "action " + (index + 1) + " begins, before: " + state(before));
      case LogRecord.UndoBegun(long id) -> of(number, "undo", id, "what was done is undone");
      case LogRecord.Undone(long id, int index) ->
          of(number, "undone", id, "nothing of action " + (index + 1) + " stands");
      case LogRecord.Armed(long id, long deadlineMillis, Bytes nonce, Bytes bootId) ->
          of(
              number,
              "armed",
              id,
              "undone unless confirmed before " + deadlineMillis + " ms of this host's uptime");
      case LogRecord.Ended(long id, Bytes digest, Bytes result) ->
          of(number, "ended", id, outcomes(format.decodeResult(result.toArray()).outcomes()));
      case LogRecord.Acknowledged(long id) ->
          of(number, "stored", id, "the coordinator has the result");
    };
  }

  private static Line of(int number, String kind, long command, String text) {
    return new Line(number, kind, OptionalLong.of(command), text);
  }

  private static String describe(Command command) {
    return command.actions().stream()
            .map(planned -> planned.action().describe())
            .collect(Collectors.joining("; "))
        + command
            .confirmWithinMillis()
            .map(millis -> " (to be confirmed within " + millis + " ms)")
            .orElse("");
  }

  private static String state(Bytes before) throws IOException {
    try {
      return ObjectStateCodec.decode(before.toArray()).describe();
    } catch (ExecutionFault e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  private static String outcomes(List<Outcome> outcomes) {
    return outcomes.stream().map(JournalText::text).collect(Collectors.joining("; "));
  }

  private static String text(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Applied applied -> "applied in " + applied.micros() + " us";
      case Outcome.Unchanged ignored -> "unchanged";
      case Outcome.WouldApply(String text) -> "would apply " + text;
      case Outcome.NotVerifiable(int step) -> "not verifiable before step " + step;
      case Outcome.Refused refused -> "refused, " + refused.reason() + ": " + refused.detail();
      case Outcome.Failed(String error) -> "failed: " + error;
      case Outcome.Undone(String cause) -> "undone: " + cause;
      case Outcome.Skipped ignored -> "skipped";
      case Outcome.Unknown(String detail) -> "unknown: " + detail;
      case Outcome.NeedsAttention(String detail) -> "needs attention: " + detail;
    };
  }
}
