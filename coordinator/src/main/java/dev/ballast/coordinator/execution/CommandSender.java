package dev.ballast.coordinator.execution;

import dev.ballast.core.action.Command;
import dev.ballast.core.model.HostName;

/** Hands commands to agents. */
public interface CommandSender {
  /**
   * Sends the command on the host's stream. The sender writes term, stamp and boot id into it as
   * they hold for that stream at this moment; what the command carries there is not used. The id
   * must be stored before.
   *
   * @return false when the command certainly did not leave: the host is not connected, is
   *     observe-only, its queue is full, this coordinator may not command yet, or the id is from
   *     before the host's last reconnection
   */
  boolean send(HostName host, Command command);

  /**
   * Asks the host to give up the migration that the command carries out; its outcome tells what
   * became of it.
   *
   * @return false when the request certainly did not leave
   */
  default boolean abort(HostName host, long commandId) {
    return false;
  }
}
