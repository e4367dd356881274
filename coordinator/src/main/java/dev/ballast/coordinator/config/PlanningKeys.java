package dev.ballast.coordinator.config;

import dev.ballast.core.balance.KsmPolicy;
import dev.ballast.core.balance.MigrationPolicy;
import dev.ballast.core.balance.RebalanceSchedule;
import dev.ballast.core.placement.PlacementPolicy;
import dev.ballast.core.placement.Weights;
import dev.ballast.core.planning.PlanningPolicy;
import dev.ballast.core.planning.RebalancePlanner.Extent;
import dev.ballast.core.search.Aim;
import dev.ballast.core.settings.Settings;

/** The keys of {@code placement}, {@code balance} and {@code ksm}. */
final class PlanningKeys {
  private static final long VCPUS_HIGHEST = 1_000;
  private static final long RESERVE_HIGHEST = 1L << 50;
  private static final long PERCENT_HIGHEST = 1_000;
  private static final long MOVES_HIGHEST = 10_000;
  private static final long SHARE_PERCENT_HIGHEST = 100;
  private static final long INTERVAL_LOWEST = 1_000;
  private static final long INTERVAL_HIGHEST = 86_400_000;
  private static final int PERMILLE = 10;

  private PlanningKeys() {}

  /** What is to be read besides where the sections stand. */
  record Read(PlanningPolicy policy, RebalanceSchedule schedule) {}

  /**
   * Reads both sections.
   *
   * @param link what migrations are taken to get of the network
   */
  static Read read(Settings settings, MigrationPolicy link) {
    Settings placement = settings.section("placement");
    Settings balance = settings.section("balance");
    Extent absent = Extent.DEFAULT;
    PlacementPolicy room = PlacementPolicy.DEFAULT;
    Aim aim = placement.choice("policy", room.aim());
    Aim balanceAim = balance.choice("policy", aim);
    int hotPercent = (int) balance.number("hotPercent", absent.hotPercent(), 1, PERCENT_HIGHEST);
    long minGainPercent =
        balance.number(
            "minGainPercent", absent.minGainPermille() / PERMILLE, 1, SHARE_PERCENT_HIGHEST);
    PlacementPolicy policy =
        new PlacementPolicy(
            placement.number("hostReserveBytes", room.hostReserveBytes(), 0, RESERVE_HIGHEST),
            (int) placement.number("vcpusPerCpu", room.vcpusPerCpu(), 1, VCPUS_HIGHEST),
            aim,
            hotPercent,
            weights(placement.section("weights"), Weights.of(aim)));
    Extent extent =
        new Extent(
            minGainPercent * PERMILLE,
            (int) balance.number("maxMoves", absent.maxMoves(), 1, MOVES_HIGHEST),
            balanceAim,
            (int)
                balance.number(
                    "concurrentMigrations", absent.concurrent(), 1, Extent.CONCURRENT_LIMIT),
            hotPercent,
            weights(balance.section("weights"), Weights.of(balanceAim)),
            link.linkBytesPerSecond());
    return new Read(new PlanningPolicy(policy, extent), schedule(balance));
  }

  private static RebalanceSchedule schedule(Settings balance) {
    RebalanceSchedule absent = RebalanceSchedule.DEFAULT;
    return new RebalanceSchedule(
        balance.choice("auto", absent.automation()),
        balance.number(
            "intervalMillis", absent.intervalMillis(), INTERVAL_LOWEST, INTERVAL_HIGHEST),
        balance.number("holdMillis", absent.holdMillis(), 0, INTERVAL_HIGHEST));
  }

  /** Reads the section {@code ksm}. */
  static KsmPolicy ksm(Settings ksm) {
    KsmPolicy absent = KsmPolicy.DEFAULT;
    long intervalMillis =
        ksm.number("intervalMillis", absent.intervalMillis(), INTERVAL_LOWEST, INTERVAL_HIGHEST);
    long holdMillis =
        ksm.number(
            "holdMillis",
            Math.max(absent.holdMillis(), intervalMillis),
            INTERVAL_LOWEST,
            INTERVAL_HIGHEST);
    if (holdMillis < intervalMillis) {
      ksm.fault("holdMillis", "must not be less than ksm.intervalMillis");
    }
    return new KsmPolicy(
        ksm.choice("policy", absent.mode()), intervalMillis, Math.max(intervalMillis, holdMillis));
  }

  private static Weights weights(Settings settings, Weights absent) {
    return new Weights(
        weight(settings, "overload", absent.overload()),
        weight(settings, "imbalance", absent.imbalance()),
        weight(settings, "mismatch", absent.mismatch()),
        weight(settings, "remoteness", absent.remoteness()),
        weight(settings, "fragmentation", absent.fragmentation()),
        weight(settings, "consolidation", absent.consolidation()),
        weight(settings, "migration", absent.migration()),
        weight(settings, "moves", absent.moves()),
        weight(settings, "interruption", absent.interruption()));
  }

  private static int weight(Settings settings, String key, int absent) {
    return (int) settings.number(key, absent, 0, Weights.HIGHEST);
  }
}
