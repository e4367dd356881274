package dev.ballast.core.search;

import java.util.Arrays;
import java.util.Comparator;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;

/**
 * Bins in the order of what they have left, most first, then by number. What changed is put in its
 * place when the order is asked for next, in time that grows with the changes.
 */
final class Freest {
  private final IntToDoubleFunction measure;
  private final int[] order;
  private final double[] left; // by bin, as it was when the bin was put in its place
  private final boolean[] changed; // by bin
  private int[] changes = new int[16];
  private int changeCount;

  Freest(int bins, IntToDoubleFunction measure) {
    this.measure = measure;
    this.left = IntStream.range(0, bins).mapToDouble(this::leftOf).toArray();
    this.changed = new boolean[bins];
    this.order =
        IntStream.range(0, bins)
            .boxed()
            .sorted(Comparator.comparingDouble((Integer bin) -> -left[bin]))
            .mapToInt(Integer::intValue)
            .toArray();
  }

  // The order knows no negative zero.
  private double leftOf(int bin) {
    return measure.applyAsDouble(bin) + 0.0;
  }

  void change(int bin) {
    if (!changed[bin]) {
      changed[bin] = true;
      if (changeCount == changes.length) {
        changes = Arrays.copyOf(changes, 2 * changeCount);
      }
      changes[changeCount++] = bin;
    }
  }

  /** The bins; good until the next change. */
  int[] order() {
    for (int i = 0; i < changeCount; i++) {
      int bin = changes[i];
      int from = placeOf(bin, left[bin]);
      left[bin] = leftOf(bin);
      changed[bin] = false;
      shift(from, bin);
    }
    changeCount = 0;
    return order;
  }

  /** What the bin has left, as the order has it. */
  double left(int bin) {
    return left[bin];
  }

  private int placeOf(int bin, double was) {
    int low = 0;
    int high = order.length - 1;
    while (low < high) {
      int middle = (low + high) >>> 1;
      int other = order[middle];
      double there = other == bin ? was : left[other];
      if (there > was || (there == was && other < bin)) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  private void shift(int from, int bin) {
    int at = from;
    while (at > 0 && isBefore(bin, order[at - 1])) {
      order[at] = order[at - 1];
      at--;
    }
    while (at < order.length - 1 && isBefore(order[at + 1], bin)) {
      order[at] = order[at + 1];
      at++;
    }
    order[at] = bin;
  }

  private boolean isBefore(int a, int b) {
    return left[a] > left[b] || (left[a] == left[b] && a < b);
  }
}
