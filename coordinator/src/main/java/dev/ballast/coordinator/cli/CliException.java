package dev.ballast.coordinator.cli;

import org.jspecify.annotations.Nullable;

/** Ends a command: one line that says what is wrong and what would help, and the exit code. */
final class CliException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int exitCode;

  CliException(int exitCode, String what, String remedy) {
    this(exitCode, what, remedy, null);
  }

  CliException(int exitCode, String what, String remedy, @Nullable Throwable cause) {
    super(remedy.isEmpty() ? what : what + ": " + remedy, cause);
    this.exitCode = exitCode;
  }

  int exitCode() {
    return exitCode;
  }
}
