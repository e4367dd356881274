package dev.ballast.agent.command;

import dev.ballast.agent.journal.Bytes;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A command that has begun and not ended.
 *
 * @param undone the indexes of the actions that have been undone
 * @param armed present once all is done and only the confirmation is missing
 */
public record OpenCommand(
    long id,
    Bytes digest,
    Bytes command,
    List<Step> steps,
    boolean undoBegun,
    Set<Integer> undone,
    Optional<Armed> armed)
    implements CommandLog.Entry {
  /** An action that was begun, and its object as it was. */
  public record Step(int index, Bytes before) {}

  /**
   * What must be confirmed.
   *
   * @param bootId the boot to which the deadline belongs
   * @param deadlineMillis on the clock of that boot
   */
  public record Armed(Bytes nonce, Bytes bootId, long deadlineMillis) {}

  public OpenCommand {
    steps = List.copyOf(steps);
    undone = Set.copyOf(undone);
  }

  static OpenCommand begun(long id, Bytes digest, Bytes command) {
    return new OpenCommand(id, digest, command, List.of(), false, Set.of(), Optional.empty());
  }

  OpenCommand withStep(Step step) {
    List<Step> all = new ArrayList<>(steps);
    all.add(step);
    return new OpenCommand(id, digest, command, all, undoBegun, undone, armed);
  }

  OpenCommand withUndo() {
    return new OpenCommand(id, digest, command, steps, true, undone, armed);
  }

  OpenCommand withUndone(int index) {
    Set<Integer> all = new HashSet<>(undone);
    all.add(index);
    return new OpenCommand(id, digest, command, steps, undoBegun, all, armed);
  }

  OpenCommand withArmed(Armed confirmation) {
    return new OpenCommand(
        id, digest, command, steps, undoBegun, undone, Optional.of(confirmation));
  }
}
