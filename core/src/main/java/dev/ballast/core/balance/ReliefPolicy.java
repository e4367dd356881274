package dev.ballast.core.balance;

/**
 * When and how far relief goes. Loads are in thousandths of a CPU.
 *
 * @param targetMillis above it a CPU is overloaded, where the alert does not say so itself
 * @param minGainMillis a re-pin must lower the highest predicted CPU load by this, or the overload
 *     of all CPUs together
 * @param gainPerMoveMillis each further VM that moves must add this to the gain
 * @param maxMoves at most so many VMs move in one plan
 * @param holdMillis how long a host rests after a re-pin
 * @param coolDownMillis how long a VM rests after its first move; doubles with each move that
 *     follows within twice the rest
 * @param coolDownMaxMillis the longest rest
 * @param migration when a VM leaves the host because no new pins suffice
 */
public record ReliefPolicy(
    long targetMillis,
    long minGainMillis,
    long gainPerMoveMillis,
    int maxMoves,
    long holdMillis,
    long coolDownMillis,
    long coolDownMaxMillis,
    MigrationPolicy migration) {
  public static final ReliefPolicy DEFAULT =
      new ReliefPolicy(900, 200, 50, 8, 10_000, 60_000, 3_600_000, MigrationPolicy.DEFAULT);

  public ReliefPolicy {
    if (targetMillis < 1 || targetMillis > 1_000) {
      throw new IllegalArgumentException("targetMillis is 1-1000, not " + targetMillis);
    }
    if (minGainMillis < 1 || gainPerMoveMillis < 1) {
      throw new IllegalArgumentException("gains are at least 1");
    }
    if (maxMoves < 1 || maxMoves > 1_000) {
      throw new IllegalArgumentException("maxMoves is 1-1000, not " + maxMoves);
    }
    if (holdMillis < 0 || coolDownMillis < 1 || coolDownMaxMillis < coolDownMillis) {
      throw new IllegalArgumentException("holdMillis and the cool-downs do not fit each other");
    }
  }

  /** With the default for migrations. */
  public ReliefPolicy(
      long targetMillis,
      long minGainMillis,
      long gainPerMoveMillis,
      int maxMoves,
      long holdMillis,
      long coolDownMillis,
      long coolDownMaxMillis) {
    this(
        targetMillis,
        minGainMillis,
        gainPerMoveMillis,
        maxMoves,
        holdMillis,
        coolDownMillis,
        coolDownMaxMillis,
        MigrationPolicy.DEFAULT);
  }
}
