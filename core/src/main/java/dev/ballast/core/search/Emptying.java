package dev.ballast.core.search;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Moves that empty bins: the least used bin first, its items the largest first, each to the bin in
 * use whose scarcest resource becomes fullest below its safety. A bin is emptied wholly or left as
 * it is, and none that received something is emptied; nor one whose items' moves cost as much as an
 * empty bin is worth.
 */
final class Emptying {
  private final Problem problem;
  private final Fleet fleet;
  private final Moves moves;
  private final Relocation.Prices prices;
  private final boolean[] closed; // by bin: emptied, or received something

  Emptying(Problem problem, Fleet fleet, Moves moves, Relocation.Prices prices) {
    this.prices = prices;
    this.problem = problem;
    this.fleet = fleet;
    this.moves = moves;
    this.closed = new boolean[problem.bins()];
  }

  private record Step(int item, int from, int to) {}

  void run() {
    moves.all().forEach(move -> closed[move.to()] = true);
    int[] leastUsed =
        IntStream.range(0, problem.bins())
            .filter(bin -> fleet.itemsOf(bin).length > 0)
            .boxed()
            .sorted(Comparator.comparingDouble(fleet::fullness).thenComparingInt(bin -> bin))
            .mapToInt(Integer::intValue)
            .toArray();
    for (int bin : leastUsed) {
      int[] items = fleet.itemsOf(bin);
      if (!closed[bin]
          && items.length <= moves.left()
          && Arrays.stream(items).allMatch(moves::mayMove)
          && Arrays.stream(items).mapToDouble(prices::ofMove).sum() < prices.emptied()) {
        empty(bin, items);
      }
    }
  }

  private void empty(int bin, int[] items) {
    List<Step> steps = new ArrayList<>();
    int[] largestFirst =
        Arrays.stream(items)
            .boxed()
            .sorted(
                Comparator.comparingDouble((Integer item) -> -fleet.size(item, bin))
                    .thenComparingInt(item -> item))
            .mapToInt(Integer::intValue)
            .toArray();
    for (int item : largestFirst) {
      int to = fleet.tightestInUse(item);
      if (to < 0) {
        break;
      }
      steps.add(new Step(item, bin, to));
      fleet.move(item, to);
    }
    boolean empty = steps.size() == items.length;
    steps.reversed().forEach(step -> fleet.move(step.item(), step.from()));
    if (empty) {
      closed[bin] = true;
      for (Step step : steps) {
        closed[step.to()] = true;
        moves.add(step.item(), step.to(), Relocation.Purpose.EMPTYING);
      }
    }
  }
}
