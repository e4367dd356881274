package dev.ballast.coordinator.cli;

/** The exit codes of Ballast's programs. */
final class ExitCode {
  static final int DONE = 0;
  static final int FAILED = 1;
  static final int USAGE = 2;
  static final int UNREACHABLE = 3;
  static final int REFUSED = 4;
  static final int DIFFERENT = 5;

  private ExitCode() {}
}
