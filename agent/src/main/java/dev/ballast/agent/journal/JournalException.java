package dev.ballast.agent.journal;

import java.io.IOException;

/** The journal could not take a frame: what was to be recorded is not. */
public final class JournalException extends IOException {
  private static final long serialVersionUID = 1;

  public JournalException(String message, Throwable cause) {
    super(message, cause);
  }

  public JournalException(String message) {
    super(message);
  }
}
