package dev.ballast.agent.command;

import dev.ballast.agent.outbox.CommandResult;
import dev.ballast.core.action.Command;
import java.io.IOException;

/** Commands and their results as the bytes that the journal keeps. */
public interface CommandFormat {
  byte[] encode(Command command);

  /**
   * The command of these bytes.
   *
   * @throws IOException when they are none that this agent understands
   */
  Command decodeCommand(byte[] bytes) throws IOException;

  byte[] encode(CommandResult result);

  /**
   * The result of these bytes.
   *
   * @throws IOException when they are none that this agent understands
   */
  CommandResult decodeResult(byte[] bytes) throws IOException;
}
