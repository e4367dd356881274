package dev.ballast.coordinator.store;

import dev.ballast.core.action.Outcome;
import dev.ballast.core.model.HostName;
import java.util.List;
import java.util.Optional;

/**
 * A command whose id was given out. It is stored before it is sent; one without outcomes may never
 * have left.
 *
 * @param id of the host's own sequence
 * @param steps the numbers of the plan's steps that it carries, in the order of its actions
 * @param received whether the agent said that it is journalled
 * @param outcomes one an action, in their order; absent until reported
 */
public record StoredCommand(
    HostName host,
    long id,
    String operationId,
    CommandPurpose purpose,
    List<Integer> steps,
    boolean received,
    Optional<List<Outcome>> outcomes) {
  public StoredCommand {
    steps = List.copyOf(steps);
    outcomes = outcomes.map(List::copyOf);
  }
}
