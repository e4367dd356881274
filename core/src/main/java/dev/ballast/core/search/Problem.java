package dev.ballast.core.search;

/**
 * Items that sit in bins, in arrays of primitives; a vector of several resources a thing is stored
 * with the resource as the fastest index ({@code thing * resources + resource}).
 *
 * <p>Hard: usage within capacity, where a transient resource of a moved item counts in the old and
 * the new bin; two items of one group never share a bin; a group's items stand in at least {@code
 * spreadMin} locations; where group a depends on b, each item of a has an item of b in its bin's
 * neighbourhood.
 *
 * <p>Cost: Σ loadWeight·max(0, usage − safety) + Σ balanceWeight·max(0, target·free(r1) − free(r2))
 * + itemMoveWeight·Σ itemMoveCost of moved items + groupMoveWeight·(most moved items of one group)
 * + binMoveWeight·Σ binMoveCost[initial][now] over moved items (the machine reassignment problem of
 * the ROADEF/EURO challenge 2012).
 *
 * @param binMoveCost row-major, {@code bins × bins}; empty where moves between bins cost the same
 * @param dependencies by group: the groups it depends on
 * @param initial by item: the bin it sits in now
 */
@SuppressWarnings("ArrayRecordComponent") // primitives in rows are what makes the search fast
public record Problem(
    int resources,
    boolean[] isTransient,
    long[] loadWeight,
    int bins,
    int[] neighbourhood,
    int[] location,
    long[] capacity,
    long[] safety,
    int[] binMoveCost,
    int groups,
    int[] spreadMin,
    int[][] dependencies,
    int items,
    int[] group,
    long[] requirement,
    long[] itemMoveCost,
    Balance balance,
    long itemMoveWeight,
    long groupMoveWeight,
    long binMoveWeight,
    int[] initial) {

  /** Pairs of resources whose free amounts are to fit together. */
  @SuppressWarnings("ArrayRecordComponent")
  public record Balance(int[] first, int[] second, long[] target, long[] weight) {
    public int count() {
      return first.length;
    }
  }

  /** What moving the item from its initial bin to that one costs by itself. */
  public long moveCost(int item, int bin) {
    int from = initial[item];
    if (from == bin) {
      return 0;
    }
    long between = binMoveCost.length == 0 ? 0 : binMoveCost[from * bins + bin];
    return itemMoveWeight * itemMoveCost[item] + binMoveWeight * between;
  }
}
