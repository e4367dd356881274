package dev.ballast.agent.command;

import dev.ballast.core.action.Command;
import dev.ballast.core.action.Outcome;
import dev.ballast.core.action.RefusalReason;
import java.util.Collections;
import java.util.List;

/** Why a whole command is refused. */
record Refusal(RefusalReason reason, String detail) {
  Outcome outcome() {
    return new Outcome.Refused(reason, detail, List.of());
  }

  /** The same for each action of the command. */
  List<Outcome> ofAll(Command command) {
    return Collections.nCopies(command.actions().size(), outcome());
  }
}
