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
      "Move running VMs off hosts that are too hot, then as the policy wants: few moves, each for a"
          + " gain that is worth it, and each possible when its turn comes. The balancer itself only"
          + " ends hot spots."
    })
final class RebalanceCommand extends ApiCommand {
  @Option(
      names = "--policy",
      paramLabel = "POLICY",
      description =
          "balance: even shares of what VMs want; consolidate: empty hosts into others; stable:"
              + " nothing but the relief of hosts that are too hot. Default: as the coordinator's"
              + " balance.policy says.")
  private @Nullable PolicyChoice policy;

  @Option(
      names = "--hot",
      paramLabel = "PERCENT",
      description =
          "A host whose VMs want more of its CPU capacity is relieved, and no VM comes to it for"
              + " relief or to empty another (default: balance.hotPercent, 85).")
  private @Nullable Integer hotPercent;

  @Option(
      names = "--concurrent",
      paramLabel = "N",
      description =
          "At most so many migrations at once; a host takes part in one at a time (default:"
              + " balance.concurrentMigrations, 4).")
  private @Nullable Integer concurrent;

  @Option(
      names = "--min-gain",
      paramLabel = "POINTS",
      description =
          "What each move under 'balance' must take off the higher share of its two hosts, in"
              + " percent points (default: balance.minGainPercent, 10).")
  private @Nullable Integer minGainPercent;

  @Option(
      names = "--max-moves",
      paramLabel = "N",
      description = "At most so many (default: balance.maxMoves, 16).")
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
    inRange(hotPercent, "--hot");
    inRange(concurrent, "--concurrent");
  }

  private static void inRange(@Nullable Integer value, String option) {
    if (value != null && (value < 1 || value > 1_000)) {
      throw new CliException(ExitCode.USAGE, option + " is 1 to 1000", "'--help' explains it");
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
    if (policy != null) {
      request.setPolicy(policy.asked());
    }
    if (hotPercent != null) {
      request.setHotPercent(hotPercent);
    }
    if (concurrent != null) {
      request.setConcurrent(concurrent);
    }
    migration.limits().ifPresent(request::setLimits);
    return change.carryOut(session, session.call(stub -> stub.planRebalance(request.build())));
  }
}
