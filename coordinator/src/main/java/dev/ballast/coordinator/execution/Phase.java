package dev.ballast.coordinator.execution;

import java.util.EnumMap;
import java.util.Map;

/** Where an operation stands in memory. The table names every transition that exists. */
enum Phase {
  /** Steps are sent as their dependencies allow. */
  FORWARD,
  /** No step is sent any more; those on their way are awaited. */
  STOPPING,
  /** What was applied is taken back. */
  UNDOING,
  ENDED;

  /** What moves an operation on. */
  enum Cue {
    /** All steps reached their target. */
    COMPLETE,
    /** A step did not succeed, or somebody stopped the operation. */
    STOP,
    /** Nothing is on its way any more. */
    QUIET,
    /** Nothing is left that can be taken back. */
    UNDO_OVER
  }

  private static final Map<Phase, Map<Cue, Phase>> TABLE = table();

  private static Map<Phase, Map<Cue, Phase>> table() {
    Map<Phase, Map<Cue, Phase>> table = new EnumMap<>(Phase.class);
    table.put(FORWARD, Map.of(Cue.COMPLETE, ENDED, Cue.STOP, STOPPING));
    table.put(STOPPING, Map.of(Cue.STOP, STOPPING, Cue.QUIET, UNDOING));
    table.put(UNDOING, Map.of(Cue.STOP, UNDOING, Cue.UNDO_OVER, ENDED));
    table.put(ENDED, Map.of(Cue.STOP, ENDED));
    return table;
  }

  /**
   * The phase after the cue.
   *
   * @throws IllegalStateException when the table has no such transition
   */
  Phase on(Cue cue) {
    Phase next = TABLE.getOrDefault(this, Map.of()).get(cue);
    if (next == null) {
      throw new IllegalStateException("an operation that is " + this + " has no " + cue);
    }
    return next;
  }
}
