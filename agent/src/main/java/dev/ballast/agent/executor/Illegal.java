package dev.ballast.agent.executor;

import dev.ballast.core.action.RefusalReason;

/** Why an action is not legal on an object in its state. */
public record Illegal(RefusalReason reason, String detail) {
  static Illegal of(String detail) {
    return new Illegal(RefusalReason.ILLEGAL, detail);
  }
}
