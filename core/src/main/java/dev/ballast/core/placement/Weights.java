package dev.ballast.core.placement;

import dev.ballast.core.search.Aim;

/**
 * How much each cost counts, 0 to {@value #HIGHEST}. Costs are in points, of which a hundred are a
 * whole host; only the weights' proportions matter. The formulas stand where the costs are
 * reckoned: {@link SeatCost} for a place, {@code balance.MoveCost} for a move.
 *
 * @param overload measured load above the safety threshold
 * @param imbalance the highest share of a host that is promised, or wanted
 * @param mismatch CPU that is free without memory, or memory without CPU
 * @param remoteness NUMA nodes beyond the first that a VM takes
 * @param fragmentation free memory outside a host's freest NUMA node
 * @param consolidation a host in use
 * @param migration what is sent over the network
 * @param moves each change of a VM that runs
 * @param interruption how long a guest stands still
 */
public record Weights(
    int overload,
    int imbalance,
    int mismatch,
    int remoteness,
    int fragmentation,
    int consolidation,
    int migration,
    int moves,
    int interruption) {
  public static final int HIGHEST = 1_000;

  private static final Weights BALANCE = new Weights(100, 10, 1, 10, 1, 0, 1, 1, 1);
  private static final Weights CONSOLIDATE = new Weights(100, 0, 1, 10, 1, 10, 1, 1, 1);
  private static final Weights STABLE = new Weights(100, 10, 1, 10, 1, 0, 4, 100, 4);

  public Weights {
    for (int weight :
        new int[] {
          overload,
          imbalance,
          mismatch,
          remoteness,
          fragmentation,
          consolidation,
          migration,
          moves,
          interruption
        }) {
      if (weight < 0 || weight > HIGHEST) {
        throw new IllegalArgumentException("a weight is 0-" + HIGHEST + ", not " + weight);
      }
    }
  }

  /** What holds where nobody says otherwise. */
  public static Weights of(Aim aim) {
    return switch (aim) {
      case BALANCE -> BALANCE;
      case CONSOLIDATE -> CONSOLIDATE;
      case STABLE -> STABLE;
    };
  }
}
