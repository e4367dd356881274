package dev.ballast.core.search;

import java.util.Arrays;

/**
 * An assignment of all items with everything that makes a move's feasibility and cost computable in
 * O(resources + balance pairs + dependencies of the item's group), whatever the number of bins and
 * items. Not for several threads.
 *
 * <p>Capacity may be exceeded on the way: {@link #overflow} says at what price. A caller that wants
 * it kept asks {@link #fitsShift} or {@link #fitsSwap} before it moves.
 */
public final class State {
  /** Groups larger than this keep a row of bins; smaller ones are scanned. */
  private static final int SCANNED_GROUP_LIMIT = 8;

  /** No unit of exceeded capacity costs more, so that sums stay finite. */
  private static final double PRICE_LIMIT = 1e30;

  /** A broken dependency costs at first as much as exceeding this share of a mean bin. */
  private static final double BROKEN_SHARE = 0.1;

  private final Problem problem;
  private final int resources;
  private final Groups groups;
  private final int[] binOf;
  private final int[] home;
  private final long[] need; // by item; one more row of zeros stands for "no item"
  private final long[] needAtHome; // the same without transient resources: those are held anyway
  private final int[] homeOfRow; // by offset of an item's row
  private final int none; // offset of the row of zeros
  private final long[] room; // capacity minus usage minus what moved items still hold
  private final long[] slack; // safety minus usage
  private final long[] reserve; // capacity minus safety
  private final double[] scale; // by resource: 1 / mean capacity
  private final double[] price; // by bin and resource: of a unit of exceeded capacity
  private final long[] loadWeight;
  private final long[] binCost;
  private final double[] binOverflow;
  private final int[] movedByGroup;
  private final int[] groupsByMoved; // histogram: how many groups have that many moved items
  private final long[] free; // scratch
  private int mostMoved;
  private int overflowingBins;
  private double overflow;
  private long cost;

  /** Starts from the given assignment, which may break constraints where the initial one does. */
  public State(Problem problem, int[] assignment) {
    this.problem = problem;
    this.resources = problem.resources();
    this.home = problem.initial();
    this.binOf = assignment.clone();
    this.none = problem.items() * resources;
    this.need = Arrays.copyOf(problem.requirement(), none + resources);
    this.needAtHome = need.clone();
    this.homeOfRow = new int[none + 1];
    homeOfRow[none] = -1;
    this.scale = new double[resources];
    this.price = new double[problem.bins() * resources];
    Arrays.fill(price, 1);
    this.loadWeight = problem.loadWeight();
    this.room = problem.capacity().clone();
    this.slack = problem.safety().clone();
    this.reserve = new long[room.length];
    this.free = new long[resources];
    this.binCost = new long[problem.bins()];
    this.binOverflow = new double[problem.bins()];
    this.movedByGroup = new int[problem.groups()];
    this.groups = new Groups(problem, binOf, SCANNED_GROUP_LIMIT);
    this.groupsByMoved = new int[groups.largest() + 1];
    prepare();
    fill();
  }

  /** Sets each row's price to that of exceeding a mean bin's whole capacity. */
  public void setPrices(double perMeanCapacity) {
    for (int at = 0; at < price.length; at++) {
      price[at] = perMeanCapacity * scale[at % resources];
    }
    groups.setPrices(perMeanCapacity * BROKEN_SHARE);
    reprice();
  }

  /** Multiplies the prices of the rows that are exceeded by one factor, the others by another. */
  public void adaptPrices(double exceeded, double kept) {
    for (int at = 0; at < price.length; at++) {
      price[at] = Math.min(PRICE_LIMIT, price[at] * (room[at] < 0 ? exceeded : kept));
    }
    groups.adaptPrices(exceeded, kept, PRICE_LIMIT);
    reprice();
  }

  private void reprice() {
    overflow = 0;
    for (int bin = 0; bin < binOverflow.length; bin++) {
      binOverflow[bin] = overflowWith(bin, none, none);
      overflow += binOverflow[bin];
    }
  }

  private void prepare() {
    for (int r = 0; r < resources; r++) {
      double capacity = 0;
      for (int at = r; at < room.length; at += resources) {
        capacity += problem.capacity()[at];
        reserve[at] = problem.capacity()[at] - problem.safety()[at];
      }
      scale[r] = capacity > 0 ? problem.bins() / capacity : 1;
      if (problem.isTransient()[r]) {
        for (int at = r; at < needAtHome.length; at += resources) {
          needAtHome[at] = 0;
        }
      }
    }
  }

  private void fill() {
    for (int item = 0; item < binOf.length; item++) {
      homeOfRow[item * resources] = home[item];
      int to = binOf[item] * resources;
      int from = home[item] * resources;
      int row = item * resources;
      for (int r = 0; r < resources; r++) {
        slack[to + r] -= need[row + r];
        room[to + r] -= need[row + r];
        room[from + r] -= to == from ? 0 : need[row + r] - needAtHome[row + r];
      }
      if (to != from) {
        mostMoved = Math.max(mostMoved, ++movedByGroup[problem.group()[item]]);
        cost += problem.moveCost(item, binOf[item]);
      }
    }
    for (int moved : movedByGroup) {
      groupsByMoved[moved]++;
    }
    cost += problem.groupMoveWeight() * mostMoved;
    for (int bin = 0; bin < binCost.length; bin++) {
      refresh(bin);
    }
  }

  /** The bin's load and balance cost after the item of one row left and that of another came. */
  private long costWith(int bin, int leaving, int coming) {
    int base = bin * resources;
    long sum = 0;
    for (int r = 0; r < resources; r++) {
      long left = slack[base + r] + need[leaving + r] - need[coming + r];
      sum += Math.max(0, -left) * loadWeight[r];
    }
    Problem.Balance balance = problem.balance();
    if (balance.first().length > 0) {
      sum += balanceWith(balance, base, leaving, coming);
    }
    return sum;
  }

  private long balanceWith(Problem.Balance balance, int base, int leaving, int coming) {
    for (int r = 0; r < resources; r++) {
      free[r] = reserve[base + r] + slack[base + r] + need[leaving + r] - need[coming + r];
    }
    long sum = 0;
    for (int b = 0; b < balance.first().length; b++) {
      long lack = balance.target()[b] * free[balance.first()[b]] - free[balance.second()[b]];
      sum += Math.max(0, lack) * balance.weight()[b];
    }
    return sum;
  }

  /** Σ price · exceeded capacity. */
  private double overflowWith(int bin, int leaving, int coming) {
    int base = bin * resources;
    long[] gone = held(leaving, bin);
    long[] come = held(coming, bin);
    double sum = 0;
    for (int r = 0; r < resources; r++) {
      long left = room[base + r] + gone[leaving + r] - come[coming + r];
      sum += left < 0 ? -left * price[base + r] : 0;
    }
    return sum;
  }

  private boolean fits(int bin, int leaving, int coming) {
    int base = bin * resources;
    long[] gone = held(leaving, bin);
    long[] come = held(coming, bin);
    for (int r = 0; r < resources; r++) {
      if (room[base + r] + gone[leaving + r] < come[coming + r]) {
        return false;
      }
    }
    return true;
  }

  /** What an item's coming to a bin takes there: less if it is its home. */
  private long[] held(int row, int bin) {
    return homeOfRow[row] == bin ? needAtHome : need;
  }

  private void refresh(int bin) {
    long now = costWith(bin, none, none);
    cost += now - binCost[bin];
    binCost[bin] = now;
    double over = overflowWith(bin, none, none);
    overflowingBins += (over > 0 ? 1 : 0) - (binOverflow[bin] > 0 ? 1 : 0);
    overflow = overflowingBins == 0 ? 0 : overflow + over - binOverflow[bin];
    binOverflow[bin] = over;
  }

  /** Whether the group constraints let the item move to another bin. */
  public boolean allowsShift(int item, int bin) {
    return binOf[item] != bin && groups.allows(item, binOf[item], bin);
  }

  /**
   * As {@link #allowsShift}, but spread and dependencies may be broken: {@link #overflow} prices
   * them.
   */
  public boolean allowsPricedShift(int item, int bin) {
    return binOf[item] != bin && groups.allowsPriced(item, bin);
  }

  /** Whether there is room for the item in the bin. */
  public boolean fitsShift(int item, int bin) {
    return fits(bin, none, item * resources);
  }

  /** Whether the item may move to the bin: room there, and its group's constraints hold. */
  public boolean canShift(int item, int bin) {
    return binOf[item] != bin && fitsShift(item, bin) && groups.allows(item, binOf[item], bin);
  }

  /** The change of cost if the item moved there. */
  public long shiftDelta(int item, int bin) {
    int from = binOf[item];
    int row = item * resources;
    return costWith(from, row, none)
        - binCost[from]
        + costWith(bin, none, row)
        - binCost[bin]
        + problem.moveCost(item, bin)
        - problem.moveCost(item, from)
        + groupMoveDelta(item, bin);
  }

  /** The change of {@link #overflow} if the item moved there. */
  public double shiftOverflowDelta(int item, int bin) {
    int from = binOf[item];
    int row = item * resources;
    double there =
        overflowWith(bin, none, row) - binOverflow[bin] + groups.brokenDelta(item, from, bin);
    return binOverflow[from] == 0
        ? there
        : there + overflowWith(from, row, none) - binOverflow[from];
  }

  /** Whether the group constraints let two items change places. */
  public boolean allowsSwap(int a, int b) {
    int binA = binOf[a];
    int binB = binOf[b];
    return binA != binB
        && (sameGroup(a, b)
            || (groups.independent(a, b)
                && groups.allows(a, binA, binB)
                && groups.allows(b, binB, binA)));
  }

  /** As {@link #allowsSwap}, but spread and dependencies may be broken. */
  public boolean allowsPricedSwap(int a, int b) {
    int binA = binOf[a];
    int binB = binOf[b];
    return binA != binB
        && (sameGroup(a, b)
            || (groups.independent(a, b)
                && groups.allowsPriced(a, binB)
                && groups.allowsPriced(b, binA)));
  }

  private boolean sameGroup(int a, int b) {
    return problem.group()[a] == problem.group()[b];
  }

  /** Another item of the same group, or the item itself where it is alone. */
  int comrade(int item, SplitMix random) {
    return groups.comrade(item, random);
  }

  /** Whether both bins have room when two items change places. */
  public boolean fitsSwap(int a, int b) {
    return fits(binOf[b], b * resources, a * resources)
        && fits(binOf[a], a * resources, b * resources);
  }

  /** Whether the two items of different groups, in different bins, may change places. */
  public boolean canSwap(int a, int b) {
    return binOf[a] != binOf[b] && fitsSwap(a, b) && allowsSwap(a, b);
  }

  /** The change of cost if the two changed places. */
  public long swapDelta(int a, int b) {
    int binA = binOf[a];
    int binB = binOf[b];
    int rowA = a * resources;
    int rowB = b * resources;
    return costWith(binA, rowA, rowB)
        - binCost[binA]
        + costWith(binB, rowB, rowA)
        - binCost[binB]
        + problem.moveCost(a, binB)
        - problem.moveCost(a, binA)
        + problem.moveCost(b, binA)
        - problem.moveCost(b, binB)
        + swapGroupMoveDelta(a, b);
  }

  /** The change of {@link #overflow} if the two changed places. */
  public double swapOverflowDelta(int a, int b) {
    int binA = binOf[a];
    int binB = binOf[b];
    int rowA = a * resources;
    int rowB = b * resources;
    return overflowWith(binA, rowA, rowB)
        - binOverflow[binA]
        + overflowWith(binB, rowB, rowA)
        - binOverflow[binB]
        + (sameGroup(a, b)
            ? 0
            : groups.brokenDelta(a, binA, binB) + groups.brokenDelta(b, binB, binA));
  }

  private int movedChange(int item, int bin) {
    return (bin != home[item] ? 1 : 0) - (binOf[item] != home[item] ? 1 : 0);
  }

  private long groupMoveDelta(int item, int bin) {
    int change = movedChange(item, bin);
    if (change == 0) {
      return 0;
    }
    int moved = movedByGroup[problem.group()[item]];
    if (change > 0) {
      return moved + 1 > mostMoved ? problem.groupMoveWeight() : 0;
    }
    return moved == mostMoved && groupsByMoved[moved] == 1 ? -problem.groupMoveWeight() : 0;
  }

  /** Exact for groups that differ: the histogram is changed, read and changed back. */
  private long swapGroupMoveDelta(int a, int b) {
    int changeA = movedChange(a, binOf[b]);
    int changeB = movedChange(b, binOf[a]);
    if (changeA == 0 && changeB == 0) {
      return 0;
    }
    int before = mostMoved;
    count(problem.group()[a], changeA);
    count(problem.group()[b], changeB);
    long delta = problem.groupMoveWeight() * (mostMoved - before);
    count(problem.group()[a], -changeA);
    count(problem.group()[b], -changeB);
    return delta;
  }

  private void count(int group, int change) {
    if (change == 0) {
      return;
    }
    groupsByMoved[movedByGroup[group]]--;
    movedByGroup[group] += change;
    groupsByMoved[movedByGroup[group]]++;
    mostMoved = Math.max(mostMoved, movedByGroup[group]);
    while (mostMoved > 0 && groupsByMoved[mostMoved] == 0) {
      mostMoved--;
    }
  }

  /** Moves the item; the caller has asked {@link #canShift} or {@link #allowsShift}. */
  public void shift(int item, int bin) {
    int from = binOf[item];
    move(item, bin);
    refresh(from);
    refresh(bin);
  }

  /** Lets two items change places; the caller has asked whether they may. */
  public void swap(int a, int b) {
    int binA = binOf[a];
    int binB = binOf[b];
    move(a, binB);
    move(b, binA);
    refresh(binA);
    refresh(binB);
  }

  private void move(int item, int bin) {
    int from = binOf[item];
    int row = item * resources;
    cost += problem.moveCost(item, bin) - problem.moveCost(item, from);
    cost -= problem.groupMoveWeight() * mostMoved;
    count(problem.group()[item], movedChange(item, bin));
    cost += problem.groupMoveWeight() * mostMoved;
    long[] gone = held(row, from);
    long[] come = held(row, bin);
    for (int r = 0; r < resources; r++) {
      slack[from * resources + r] += need[row + r];
      slack[bin * resources + r] -= need[row + r];
      room[from * resources + r] += gone[row + r];
      room[bin * resources + r] -= come[row + r];
    }
    binOf[item] = bin;
    groups.moved(item, from, bin);
  }

  public long cost() {
    return cost;
  }

  /** Σ over bins and resources of price · exceeded capacity, and of what groups lack. */
  public double overflow() {
    return overflow + groups.brokenPrice();
  }

  /** Whether each bin's capacity, each spread and each dependency is kept. */
  public boolean fits() {
    return overflowingBins == 0 && groups.keepsAll();
  }

  /** The first bin whose capacity is exceeded, or -1. */
  public int firstOverflowing() {
    for (int bin = 0; bin < binOverflow.length; bin++) {
      if (binOverflow[bin] > 0) {
        return bin;
      }
    }
    return -1;
  }

  public int binOf(int item) {
    return binOf[item];
  }

  /** What that bin holds of a resource. */
  public long usage(int bin, int resource) {
    int at = bin * resources + resource;
    return problem.safety()[at] - slack[at];
  }

  public int[] assignment() {
    return binOf.clone();
  }

  /** How many items do not sit in their initial bin. */
  public int moves() {
    return Arrays.stream(movedByGroup).sum();
  }
}
