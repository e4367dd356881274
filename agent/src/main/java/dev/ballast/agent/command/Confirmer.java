package dev.ballast.agent.command;

import java.time.Duration;
import java.util.Optional;

/**
 * Asks the coordinator for the confirmation of a command, over a connection that is opened for this
 * one question: that it comes back proves that the host can still be reached.
 */
@FunctionalInterface
public interface Confirmer {
  /**
   * Why the coordinator did not return the nonce; empty when it did.
   *
   * @param within how long to wait at most
   */
  Optional<String> ask(long commandId, long term, String nonce, Duration within)
      throws InterruptedException;
}
