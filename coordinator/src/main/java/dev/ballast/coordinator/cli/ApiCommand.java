package dev.ballast.coordinator.cli;

/** A command that asks the coordinator. */
abstract class ApiCommand extends CliCommand {
  private final BallastCli cli;

  ApiCommand(BallastCli cli) {
    this.cli = cli;
  }

  @Override
  public final Integer call() {
    check();
    try (Session session = cli.open()) {
      return run(session);
    }
  }

  /** Refuses arguments that make no sense together, before any connection. */
  void check() {}

  /** Does the work and returns the exit code. */
  abstract int run(Session session);
}
