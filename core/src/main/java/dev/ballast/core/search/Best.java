package dev.ballast.core.search;

/**
 * The best assignment seen, kept in O(1) amortised per move: as long as the way back from the
 * current state is short it is kept as that way, else as a copy.
 */
final class Best {
  private final int[] copy;
  private final int[] leftItem;
  private final int[] leftBin;
  private int steps;
  private boolean isLogged = true;
  private long cost;

  Best(State state) {
    this.copy = state.assignment();
    this.leftItem = new int[copy.length + 2];
    this.leftBin = new int[copy.length + 2];
    this.cost = state.cost();
  }

  /** The item has just left that bin. */
  void left(int item, int bin) {
    if (isLogged) {
      leftItem[steps] = item;
      leftBin[steps++] = bin;
    }
  }

  /** The state after a whole move. */
  void offer(State state) {
    if (state.cost() < cost) {
      cost = state.cost();
      isLogged = true;
      steps = 0;
    } else if (isLogged && steps >= copy.length) {
      copyFrom(state);
      isLogged = false;
    }
  }

  private void copyFrom(State state) {
    for (int item = 0; item < copy.length; item++) {
      copy[item] = state.binOf(item);
    }
    while (steps > 0) {
      steps--;
      copy[leftItem[steps]] = leftBin[steps];
    }
  }

  int[] assignment(State state) {
    if (isLogged) {
      int kept = steps;
      copyFrom(state);
      steps = kept;
    }
    return copy.clone();
  }

  long cost() {
    return cost;
  }
}
