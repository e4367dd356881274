package dev.ballast.core.action;

import java.util.List;
import java.util.Optional;

/**
 * A transaction of actions for one agent: all of them or none.
 *
 * @param id grows by one for each command to this agent
 * @param term the leadership that sends it
 * @param stampMillis the agent's own monotonic stamp, received before the leader's last lease
 *     renewal
 * @param stampBootId the agent's boot under which the stamp was taken; another boot means expired
 * @param deadlineMillis how long after the stamp the command may still start
 * @param dryRun whether nothing may be written
 * @param confirmWithinMillis commit-confirmed; agents that do not support it refuse the command
 */
public record Command(
    long id,
    long term,
    long stampMillis,
    String stampBootId,
    long deadlineMillis,
    boolean dryRun,
    Optional<Long> confirmWithinMillis,
    List<PlannedAction> actions) {
  /** At most so many actions in one command. */
  public static final int ACTION_LIMIT = 1_000;

  public Command {
    actions = List.copyOf(actions);
    if (actions.isEmpty() || actions.size() > ACTION_LIMIT) {
      throw new IllegalArgumentException(
          "a command has 1 to " + ACTION_LIMIT + " actions, not " + actions.size());
    }
    if (actions.size() > 1 && actions.stream().anyMatch(a -> a.action() instanceof Final)) {
      throw new IllegalArgumentException("a final action stands alone in its command");
    }
  }
}
