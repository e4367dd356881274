package dev.ballast.core.search;

/**
 * An assignment of all items with everything that makes a move's feasibility and cost computable in
 * O(resources + balance pairs + dependencies of the item's group), whatever the number of bins and
 * items. Not for several threads.
 *
 * <p>Capacity, spread and dependencies may be broken on the way, at {@linkplain #setPrices prices};
 * with infinite ones, as at first, the change of a move that breaks one of them is infinite. Two
 * items of one group are never let into one bin.
 */
public final class State {
  /** A broken dependency or spread costs at first as much as exceeding this share of a mean bin. */
  private static final double BROKEN_SHARE = 0.1;

  private final Problem problem;
  private final int[] binOf;
  private final Bins bins;
  private final Groups groups;
  private final Moved moved;
  private final Contents contents;
  private boolean keepsCapacity;
  private boolean keepsGroups;

  /** Starts from the given assignment, which may break constraints. */
  public State(Problem problem, int[] assignment) {
    this.problem = problem;
    this.binOf = assignment.clone();
    this.bins = new Bins(problem, binOf);
    this.groups = new Groups(problem, binOf);
    this.contents = new Contents(binOf, problem.bins());
    this.moved = new Moved(problem, groups.largest());
    for (int item = 0; item < binOf.length; item++) {
      moved.move(item, problem.initial()[item], binOf[item]);
    }
    if (fits()) {
      keepToConstraints();
    }
  }

  /** From a state that {@link #fits}: no move may break a constraint. */
  public void keepToConstraints() {
    setPrices(Double.POSITIVE_INFINITY, false, false);
  }

  /**
   * Sets the price of exceeding a mean bin's whole capacity, and in proportion to it those of
   * broken spread and dependencies; what is not to be relaxed is kept.
   */
  public void setPrices(double perMeanCapacity, boolean capacityToo, boolean groupsToo) {
    keepsCapacity = !capacityToo;
    keepsGroups = !groupsToo;
    bins.setPrices(capacityToo ? perMeanCapacity : Double.POSITIVE_INFINITY);
    groups.setPrices(groupsToo ? perMeanCapacity * BROKEN_SHARE : Double.POSITIVE_INFINITY);
  }

  /** Multiplies the prices of what is broken by one factor, the others by another. */
  public void adaptPrices(double broken, double kept) {
    if (!keepsCapacity) {
      bins.adaptPrices(broken, kept);
    }
    if (!keepsGroups) {
      groups.adaptPrices(broken, kept);
    }
  }

  /** Whether no item of its group is in the bin, and there is room where capacity is to be kept. */
  public boolean allowsShift(int item, int bin) {
    return binOf[item] != bin
        && (!keepsCapacity || bins.fitsWith(bin, item))
        && !groups.conflicts(item, bin);
  }

  /**
   * The change of cost and {@link #overflow} if an allowed shift were done; where it is above the
   * limit, any number above the limit.
   */
  public double shiftChange(int item, int bin, double limit) {
    int from = binOf[item];
    long cost =
        bins.costWithout(from, item) + bins.costWith(bin, item) + moved.change(item, from, bin);
    if (cost > limit + overflow()) {
      return Double.POSITIVE_INFINITY;
    }
    double broken = groups.brokenDelta(item, from, bin);
    if (keepsCapacity) {
      return cost + broken;
    }
    double there = bins.overflowWith(bin, item) - bins.overflowOf(bin);
    double left = bins.overflowOf(from);
    return cost + broken + there + (left == 0 ? 0 : bins.overflowWithout(from, item) - left);
  }

  /**
   * Whether two items may change places as far as conflicts and, where it is to be kept, capacity
   * go.
   */
  public boolean allowsSwap(int a, int b) {
    int binA = binOf[a];
    int binB = binOf[b];
    return binA != binB
        && (!keepsCapacity || (bins.fitsExchange(binB, b, a) && bins.fitsExchange(binA, a, b)))
        && (sameGroup(a, b)
            || (!groups.conflicts(a, binB)
                && !groups.conflicts(b, binA)
                && groups.independent(a, b)));
  }

  /** As {@link #shiftChange} for an allowed swap. */
  public double swapChange(int a, int b, double limit) {
    int binA = binOf[a];
    int binB = binOf[b];
    long cost =
        bins.costOfExchange(binB, b, a)
            + bins.costOfExchange(binA, a, b)
            + moved.changeOfSwap(a, binA, b, binB);
    if (cost > limit + overflow()) {
      return Double.POSITIVE_INFINITY;
    }
    double broken =
        sameGroup(a, b) ? 0 : groups.brokenDelta(a, binA, binB) + groups.brokenDelta(b, binB, binA);
    return keepsCapacity
        ? cost + broken
        : cost
            + broken
            + bins.overflowOfExchange(binB, b, a)
            - bins.overflowOf(binB)
            + bins.overflowOfExchange(binA, a, b)
            - bins.overflowOf(binA);
  }

  private boolean sameGroup(int a, int b) {
    return problem.group()[a] == problem.group()[b];
  }

  /** Another item of the same group, or the item itself where it is alone. */
  int comrade(int item, SplitMix random) {
    return groups.comrade(item, random);
  }

  /** One of the bin's items, or the given one where it is empty. */
  int occupant(int bin, SplitMix random, int otherwise) {
    return contents.random(bin, random, otherwise);
  }

  /** Moves the item; the caller has asked {@link #allowsShift}. */
  public void shift(int item, int bin) {
    int from = binOf[item];
    move(item, bin);
    bins.refresh(from);
    bins.refresh(bin);
  }

  /** Lets two items change places; the caller has asked {@link #allowsSwap}. */
  public void swap(int a, int b) {
    int binA = binOf[a];
    int binB = binOf[b];
    move(a, binB);
    move(b, binA);
    bins.refresh(binA);
    bins.refresh(binB);
  }

  private void move(int item, int bin) {
    int from = binOf[item];
    bins.move(item, from, bin);
    moved.move(item, from, bin);
    contents.move(item, from, bin);
    binOf[item] = bin;
    groups.moved(item, from, bin);
  }

  /** What the assignment costs, without {@link #overflow}. */
  public long cost() {
    return bins.cost() + moved.cost();
  }

  /** Σ over bins and resources of price · exceeded capacity, and of what groups lack. */
  public double overflow() {
    return bins.overflow() + groups.brokenPrice();
  }

  /** Whether each bin's capacity, each spread and each dependency is kept. */
  public boolean fits() {
    return bins.fits() && groups.keepsAll();
  }

  /** The first bin whose capacity is exceeded, or -1. */
  public int firstOverflowing() {
    return bins.firstOverflowing();
  }

  public int binOf(int item) {
    return binOf[item];
  }

  /** What that bin holds of a resource. */
  public long usage(int bin, int resource) {
    return bins.usage(bin, resource);
  }

  public int[] assignment() {
    return binOf.clone();
  }

  /** How many items do not sit in their initial bin. */
  public int moves() {
    return moved.items();
  }
}
