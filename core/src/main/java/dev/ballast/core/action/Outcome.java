package dev.ballast.core.action;

import java.util.List;

/** What became of one action. */
public sealed interface Outcome {
  /** Whether the target state holds now. */
  default boolean reachedTarget() {
    return this instanceof Applied || this instanceof Unchanged;
  }

  /**
   * The action was done and verified.
   *
   * @param before the object as it was, readable by people; undo is the agent's own record
   * @param micros how long it took
   */
  record Applied(String before, long micros) implements Outcome {}

  /** The object was at its target already. */
  record Unchanged() implements Outcome {}

  /** A dry run would have done this. */
  record WouldApply(String text) implements Outcome {}

  /** A dry run cannot know before an earlier step is done. */
  record NotVerifiable(int beforeStep) implements Outcome {}

  /** Nothing was touched. */
  record Refused(RefusalReason reason, String detail, List<FieldDifference> differences)
      implements Outcome {
    public Refused {
      differences = List.copyOf(differences);
    }
  }

  /** It failed; the host is as before unless the detail says otherwise. */
  record Failed(String error) implements Outcome {}

  /** It was done and has been undone because a later action of the same command failed. */
  record Undone(String cause) implements Outcome {}

  /** It was not reached because an earlier action of the same command did not succeed. */
  record Skipped() implements Outcome {}

  /** The agent cannot know, for example after a crash in an action without a marker. */
  record Unknown(String detail) implements Outcome {}

  /** The host is in a state that neither side planned; people must look. */
  record NeedsAttention(String detail) implements Outcome {}
}
