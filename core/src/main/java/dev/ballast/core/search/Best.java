package dev.ballast.core.search;

/**
 * The best assignment seen, kept up to date by the items that moved since, so that a new best costs
 * as much as the moves that led to it and not a copy of all items.
 */
final class Best {
  private final int[] assignment;
  private final int[] moved;
  private int movedCount;
  private boolean everything; // more moves than items: compare all
  private long cost;

  Best(int[] start, long cost) {
    this.assignment = start.clone();
    this.moved = new int[start.length];
    this.cost = cost;
  }

  void moved(int item) {
    if (movedCount < moved.length) {
      moved[movedCount++] = item;
    } else {
      everything = true;
    }
  }

  void reached(State state) {
    int count = everything ? assignment.length : movedCount;
    for (int i = 0; i < count; i++) {
      int item = everything ? i : moved[i];
      assignment[item] = state.binOf(item);
    }
    movedCount = 0;
    everything = false;
    cost = state.cost();
  }

  long cost() {
    return cost;
  }

  int[] assignment() {
    return assignment.clone();
  }
}
