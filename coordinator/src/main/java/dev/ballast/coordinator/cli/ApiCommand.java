package dev.ballast.coordinator.cli;

/** A command that asks the coordinator. */
abstract class ApiCommand extends CliCommand {
  private final BallastCli cli;

  ApiCommand(BallastCli cli) {
    this.cli = cli;
  }

  @Override
  public final Integer call() {
    try (Session session = cli.open()) {
      return run(session);
    }
  }

  /** Does the work and returns the exit code. */
  abstract int run(Session session);
}
