package dev.ballast.agent.command;

import dev.ballast.core.action.Outcome;
import dev.ballast.core.action.RefusalReason;
import java.util.List;

/** Why a whole command is refused. */
record Refusal(RefusalReason reason, String detail) {
  Outcome outcome() {
    return new Outcome.Refused(reason, detail, List.of());
  }
}
