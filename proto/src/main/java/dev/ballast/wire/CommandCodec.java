package dev.ballast.wire;

import dev.ballast.core.action.Command;
import dev.ballast.core.action.PlannedAction;
import java.util.List;
import java.util.Optional;

/** Commands; {@code fromProto} refuses whatever it does not know, anywhere in the message. */
public final class CommandCodec {
  private CommandCodec() {}

  public static dev.ballast.v1.Command toProto(Command command) {
    dev.ballast.v1.Command.Builder result =
        dev.ballast.v1.Command.newBuilder()
            .setId(command.id())
            .setTerm(command.term())
            .setStampMillis(command.stampMillis())
            .setStampBootId(command.stampBootId())
            .setDeadlineMillis(command.deadlineMillis())
            .setDryRun(command.dryRun())
            .addAllActions(command.actions().stream().map(ActionCodec::toProto).toList());
    command.confirmWithinMillis().ifPresent(result::setConfirmWithinMillis);
    return result.build();
  }

  /**
   * The command.
   *
   * @throws WireException when the agent must refuse the whole command as unsupported or malformed
   */
  public static Command fromProto(dev.ballast.v1.Command command) {
    At at = new At("Command");
    at.refuseUnknown(command);
    List<PlannedAction> actions =
        at.list("actions", command.getActionsList(), Command.ACTION_LIMIT, ActionCodec::planned);
    long id = at.longWithin("id", command.getId(), 1, Long.MAX_VALUE);
    long term = at.longWithin("term", command.getTerm(), 1, Long.MAX_VALUE);
    long stampMillis = at.natural("stamp_millis", command.getStampMillis());
    String stampBootId = at.shortText("stamp_boot_id", command.getStampBootId());
    long deadlineMillis = at.natural("deadline_millis", command.getDeadlineMillis());
    Optional<Long> confirmWithinMillis =
        command.hasConfirmWithinMillis()
            ? Optional.of(
                at.longWithin(
                    "confirm_within_millis", command.getConfirmWithinMillis(), 1, Long.MAX_VALUE))
            : Optional.empty();
    return at.field("actions")
        .make(
            () ->
                new Command(
                    id,
                    term,
                    stampMillis,
                    stampBootId,
                    deadlineMillis,
                    command.getDryRun(),
                    confirmWithinMillis,
                    actions));
  }
}
