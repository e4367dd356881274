package dev.ballast.agent.outbox;

import dev.ballast.core.action.Outcome;
import java.util.List;

/** What became of a command: one outcome an action, in their order. */
public record CommandResult(long commandId, long term, List<Outcome> outcomes) {
  public CommandResult {
    outcomes = List.copyOf(outcomes);
  }
}
