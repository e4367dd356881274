package dev.ballast.coordinator.cli;

import dev.ballast.v1.PlanRebalanceRequest;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Evens out the hosts' load. */
@Command(
    name = "rebalance",
    description = {
      "Move running VMs so that the hosts' load evens out: few moves, each for a gain that is worth"
          + " it. The balancer itself only ends hot spots."
    })
final class RebalanceCommand extends ApiCommand {
  @Option(
      names = "--min-gain",
      paramLabel = "POINTS",
      description =
          "What each move must take off the higher share of its two hosts, in percent points"
              + " (default: 10).")
  private @Nullable Integer minGainPercent;

  @Option(names = "--max-moves", paramLabel = "N", description = "At most so many (default: 16).")
  private @Nullable Integer maxMoves;

  @Mixin private final MigrationOptions migration = new MigrationOptions();

  @Mixin private final ChangeOptions change = new ChangeOptions();

  RebalanceCommand(BallastCli cli) {
    super(cli);
  }

  @Override
  void check() {
    if (minGainPercent != null && (minGainPercent < 1 || minGainPercent > 100)) {
      throw new CliException(ExitCode.USAGE, "--min-gain is 1 to 100", "'--help' explains it");
    }
    if (maxMoves != null && (maxMoves < 1 || maxMoves > 10_000)) {
      throw new CliException(ExitCode.USAGE, "--max-moves is 1 to 10000", "'--help' explains it");
    }
  }

  @Override
  int run(Session session) {
    PlanRebalanceRequest.Builder request = PlanRebalanceRequest.newBuilder();
    if (minGainPercent != null) {
      request.setMinGainPermille(minGainPercent * 10);
    }
    if (maxMoves != null) {
      request.setMaxMoves(maxMoves);
    }
    migration.limits().ifPresent(request::setLimits);
    return change.carryOut(session, session.call(stub -> stub.planRebalance(request.build())));
  }
}
