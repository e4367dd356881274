package dev.ballast.core.search;

import java.util.Arrays;

/** The items in each bin, in no order. */
final class Contents {
  private final int[][] items; // by bin
  private final int[] count; // by bin
  private final int[] place; // by item: where it stands in its bin's row

  Contents(int[] binOf, int bins) {
    this.items = new int[bins][4];
    this.count = new int[bins];
    this.place = new int[binOf.length];
    for (int item = 0; item < binOf.length; item++) {
      add(item, binOf[item]);
    }
  }

  private void add(int item, int bin) {
    if (count[bin] == items[bin].length) {
      items[bin] = Arrays.copyOf(items[bin], 2 * count[bin]);
    }
    place[item] = count[bin];
    items[bin][count[bin]++] = item;
  }

  void move(int item, int from, int to) {
    int last = items[from][--count[from]];
    items[from][place[item]] = last;
    place[last] = place[item];
    add(item, to);
  }

  /** One of the bin's items, or the given one where it is empty. */
  int random(int bin, SplitMix random, int otherwise) {
    return count[bin] == 0 ? otherwise : items[bin][random.below(count[bin])];
  }
}
