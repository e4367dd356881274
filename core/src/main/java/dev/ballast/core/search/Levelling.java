package dev.ballast.core.search;

import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * Moves that even out what bins are loaded with.
 *
 * <p>Share of a bin = the highest usage / capacity over the resources with a load weight. Move by
 * move: of the bin with the highest share the item, and of the others the bin, whose move is worth
 * most, then to the lowest share, then by number; if none gains enough the bin with the next share;
 * until none does. An item is levelled once.
 *
 * <pre>
 * worth = imbalance · what the higher of the two shares loses
 *       + mismatch · what both bins lose of |free share of the one resource − of the other|
 *       − price of the item's move
 * </pre>
 *
 * A move must be worth more than nothing, and lower the higher share by the least gain.
 */
final class Levelling {
  private final Problem problem;
  private final Fleet fleet;
  private final Moves moves;
  private final double minGain;
  private final Relocation.Prices prices;
  private final boolean[] done; // by item

  Levelling(Problem problem, Fleet fleet, Moves moves, Relocation.Policy policy) {
    this.problem = problem;
    this.fleet = fleet;
    this.moves = moves;
    this.minGain = policy.minShareGain();
    this.prices = policy.prices();
    this.done = new boolean[problem.items()];
  }

  private record Candidate(int item, int to, double worth, double there) {
    static final Comparator<Candidate> BEST =
        Comparator.comparingDouble((Candidate candidate) -> -candidate.worth())
            .thenComparingDouble(Candidate::there)
            .thenComparingInt(Candidate::item)
            .thenComparingInt(Candidate::to);
  }

  void run() {
    boolean going = true;
    while (going && moves.left() > 0) {
      going = step();
    }
  }

  private boolean step() {
    double[] share = IntStream.range(0, problem.bins()).mapToDouble(fleet::share).toArray();
    double least = IntStream.range(0, share.length).mapToDouble(bin -> share[bin]).min().orElse(0);
    int[] hottest =
        IntStream.range(0, share.length)
            .filter(bin -> share[bin] - least >= minGain)
            .boxed()
            .sorted(Comparator.comparingDouble((Integer bin) -> -share[bin]))
            .mapToInt(Integer::intValue)
            .toArray();
    for (int bin : hottest) {
      Candidate best = best(bin, share);
      if (best != null) {
        moves.add(best.item(), best.to(), Relocation.Purpose.LEVELLING);
        done[best.item()] = true;
        return true;
      }
    }
    return false;
  }

  private @org.jspecify.annotations.Nullable Candidate best(int bin, double[] share) {
    Candidate best = null;
    for (int item : fleet.itemsOf(bin)) {
      double left = fleet.shareWith(bin, item, -1);
      if (done[item] || !moves.mayMove(item) || share[bin] - left < minGain) {
        continue;
      }
      Candidate found = bestFor(item, bin, left, share);
      if (found != null && (best == null || Candidate.BEST.compare(found, best) < 0)) {
        best = found;
      }
    }
    return best;
  }

  private @org.jspecify.annotations.Nullable Candidate bestFor(
      int item, int bin, double left, double[] share) {
    Candidate best = null;
    for (int to = 0; to < share.length; to++) {
      double there = fleet.shareWith(to, -1, item);
      double gain = share[bin] - Math.max(left, there);
      if (to == bin || gain < minGain) {
        continue;
      }
      Candidate found = new Candidate(item, to, worth(item, bin, to, gain), there);
      if (found.worth() > 0
          && (best == null || Candidate.BEST.compare(found, best) < 0)
          && fleet.canMove(item, to)) {
        best = found;
      }
    }
    return best;
  }

  private double worth(int item, int from, int to, double gain) {
    double worth = prices.imbalance() * gain - prices.ofMove(item);
    if (prices.mismatch() == 0) {
      return worth;
    }
    int a = prices.first();
    int b = prices.second();
    double before = fleet.mismatch(from, a, b, -1, -1) + fleet.mismatch(to, a, b, -1, -1);
    double after = fleet.mismatch(from, a, b, item, -1) + fleet.mismatch(to, a, b, -1, item);
    return worth + prices.mismatch() * (before - after);
  }
}
