package dev.ballast.core.search;

import java.util.Arrays;

/**
 * What each bin holds, and what it costs: its load and balance cost, and what exceeding its
 * capacity is priced at.
 *
 * <p>The price of a bin and resource is for each exceeded unit; with infinite prices capacity is
 * kept.
 */
final class Bins {
  /** No finite price is higher, so that sums stay finite. */
  private static final double PRICE_LIMIT = 1e30;

  /** Rows are as long as a multiple of this, so that loops over resources can be unrolled. */
  private static final int STEP = 4;

  private final Problem problem;
  private final int resources;
  private final int width; // of a row
  private final int pairs;
  private final long[] need; // by item
  private final int[] home;
  private final long[] takenAway; // by resource: all bits where it leaves home with its item
  private final long[] all; // by resource: all bits
  private final long[] room; // capacity minus usage minus what moved items still hold
  private final long[] slack; // safety minus usage
  private final long[] reserve; // capacity minus safety
  private final double[] scale; // by resource: 1 / mean capacity
  private final double[] price; // by bin and resource
  private final long[] loadWeight;
  private final long[] costOf;
  private final double[] overflowOf;
  private final long[] free; // scratch
  private int overflowing;
  private double overflow;
  private long cost;

  Bins(Problem problem, int[] binOf) {
    this.problem = problem;
    this.resources = problem.resources();
    this.width = (resources + STEP - 1) / STEP * STEP;
    this.pairs = problem.balance().count();
    this.need = widened(problem.requirement());
    this.home = problem.initial();
    this.scale = new double[width];
    this.takenAway = new long[width];
    this.all = new long[width];
    Arrays.fill(all, -1);
    this.price = new double[problem.bins() * width];
    Arrays.fill(price, 1);
    this.loadWeight = Arrays.copyOf(problem.loadWeight(), width);
    this.room = widened(problem.capacity());
    this.slack = widened(problem.safety());
    this.reserve = new long[room.length];
    this.free = new long[width];
    this.costOf = new long[problem.bins()];
    this.overflowOf = new double[problem.bins()];
    prepare();
    fill(binOf);
  }

  private long[] widened(long[] rows) {
    long[] wide = new long[Math.multiplyExact(rows.length / resources, width)];
    for (int row = 0; row * resources < rows.length; row++) {
      System.arraycopy(rows, row * resources, wide, row * width, resources);
    }
    return wide;
  }

  private void prepare() {
    for (int r = 0; r < resources; r++) {
      double capacity = 0;
      for (int at = r; at < room.length; at += width) {
        capacity += room[at];
        reserve[at] = room[at] - slack[at];
      }
      scale[r] = capacity > 0 ? problem.bins() / capacity : 1;
      takenAway[r] = problem.isTransient()[r] ? 0 : -1;
    }
  }

  private void fill(int[] binOf) {
    for (int item = 0; item < binOf.length; item++) {
      for (int r = 0; r < width; r++) {
        slack[home[item] * width + r] -= need[item * width + r];
        room[home[item] * width + r] -= need[item * width + r];
      }
    }
    for (int item = 0; item < binOf.length; item++) {
      move(item, home[item], binOf[item]);
    }
    for (int bin = 0; bin < costOf.length; bin++) {
      refresh(bin);
    }
  }

  /** Sets each price to that of exceeding a mean bin's whole capacity. */
  void setPrices(double perMeanCapacity) {
    for (int at = 0; at < price.length; at++) {
      price[at] = perMeanCapacity * scale[at % width];
    }
    reprice();
  }

  /** Multiplies the prices of what is exceeded by one factor, the others by another. */
  void adaptPrices(double exceeded, double kept) {
    for (int at = 0; at < price.length; at++) {
      price[at] = Math.min(PRICE_LIMIT, price[at] * (room[at] < 0 ? exceeded : kept));
    }
    reprice();
  }

  private void reprice() {
    overflow = 0;
    for (int bin = 0; bin < overflowOf.length; bin++) {
      overflowOf[bin] = overflowNow(bin);
      overflow += overflowOf[bin];
    }
  }

  /** What stays of an item's requirement in a bin that it leaves or does not come to. */
  private long[] taken(int item, int bin) {
    return home[item] == bin ? takenAway : all;
  }

  /** The change of the bin's cost if the item left. */
  long costWithout(int bin, int item) {
    int base = bin * width;
    int row = item * width;
    long sum = 0;
    for (int r = 0; r < width; r += STEP) {
      sum += lack(slack[base + r] + need[row + r]) * loadWeight[r];
      sum += lack(slack[base + r + 1] + need[row + r + 1]) * loadWeight[r + 1];
      sum += lack(slack[base + r + 2] + need[row + r + 2]) * loadWeight[r + 2];
      sum += lack(slack[base + r + 3] + need[row + r + 3]) * loadWeight[r + 3];
    }
    return (pairs == 0 ? 0 : balance(base, row, -1)) - sum - costOf[bin];
  }

  /** The same if the item came. */
  long costWith(int bin, int item) {
    int base = bin * width;
    int row = item * width;
    long sum = 0;
    for (int r = 0; r < width; r += STEP) {
      sum += lack(slack[base + r] - need[row + r]) * loadWeight[r];
      sum += lack(slack[base + r + 1] - need[row + r + 1]) * loadWeight[r + 1];
      sum += lack(slack[base + r + 2] - need[row + r + 2]) * loadWeight[r + 2];
      sum += lack(slack[base + r + 3] - need[row + r + 3]) * loadWeight[r + 3];
    }
    return (pairs == 0 ? 0 : balance(base, row, 1)) - sum - costOf[bin];
  }

  /** The same if one item left and another came. */
  long costOfExchange(int bin, int leaving, int coming) {
    int base = bin * width;
    int gone = leaving * width;
    int come = coming * width;
    long sum = 0;
    for (int r = 0; r < width; r += STEP) {
      sum += lack(slack[base + r] + need[gone + r] - need[come + r]) * loadWeight[r];
      sum +=
          lack(slack[base + r + 1] + need[gone + r + 1] - need[come + r + 1]) * loadWeight[r + 1];
      sum +=
          lack(slack[base + r + 2] + need[gone + r + 2] - need[come + r + 2]) * loadWeight[r + 2];
      sum +=
          lack(slack[base + r + 3] + need[gone + r + 3] - need[come + r + 3]) * loadWeight[r + 3];
    }
    return balanceOfExchange(base, gone, come) - sum - costOf[bin];
  }

  /** Whether capacity is kept if the item came. */
  boolean fitsWith(int bin, int item) {
    int row = item * width;
    long[] mask = taken(item, bin);
    for (int r = 0, at = bin * width; r < resources; r++, at++) {
      if (room[at] < (need[row + r] & mask[r])) {
        return false;
      }
    }
    return true;
  }

  /** The same if one item left and another came. */
  boolean fitsExchange(int bin, int leaving, int coming) {
    long[] gone = taken(leaving, bin);
    long[] come = taken(coming, bin);
    int left = leaving * width;
    int reached = coming * width;
    for (int r = 0, at = bin * width; r < resources; r++, at++) {
      if (room[at] + (need[left + r] & gone[r]) < (need[reached + r] & come[r])) {
        return false;
      }
    }
    return true;
  }

  /** What the bin exceeds now, at its price. */
  double overflowOf(int bin) {
    return overflowOf[bin];
  }

  private static long lack(long amount) {
    return amount & (amount >> (Long.SIZE - 1));
  }

  /** The bin's balance cost with an item's row added to its usage that many times. */
  private long balance(int base, int row, int times) {
    for (int r = 0; r < resources; r++) {
      free[r] = reserve[base + r] + slack[base + r] - times * need[row + r];
    }
    return balanceOfFree();
  }

  private long balanceOfExchange(int base, int gone, int come) {
    if (pairs == 0) {
      return 0;
    }
    for (int r = 0; r < resources; r++) {
      free[r] = reserve[base + r] + slack[base + r] + need[gone + r] - need[come + r];
    }
    return balanceOfFree();
  }

  private long balanceOfFree() {
    Problem.Balance balance = problem.balance();
    long sum = 0;
    for (int b = 0; b < pairs; b++) {
      long lack = balance.target()[b] * free[balance.first()[b]] - free[balance.second()[b]];
      sum += Math.max(0, lack) * balance.weight()[b];
    }
    return sum;
  }

  /** Σ price · exceeded capacity. */
  private double overflowNow(int bin) {
    double sum = 0;
    for (int at = bin * width; at < (bin + 1) * width; at++) {
      sum += room[at] < 0 ? -room[at] * price[at] : 0;
    }
    return sum;
  }

  /** The same if the item left. */
  double overflowWithout(int bin, int item) {
    long[] mask = taken(item, bin);
    double sum = 0;
    for (int r = 0, at = bin * width; r < resources; r++, at++) {
      long left = room[at] + (need[item * width + r] & mask[r]);
      sum += left < 0 ? -left * price[at] : 0;
    }
    return sum;
  }

  /** The same if the item came. */
  double overflowWith(int bin, int item) {
    long[] mask = taken(item, bin);
    double sum = 0;
    for (int r = 0, at = bin * width; r < resources; r++, at++) {
      long left = room[at] - (need[item * width + r] & mask[r]);
      sum += left < 0 ? -left * price[at] : 0;
    }
    return sum;
  }

  /** The same if one item left and another came. */
  double overflowOfExchange(int bin, int leaving, int coming) {
    long[] gone = taken(leaving, bin);
    long[] come = taken(coming, bin);
    double sum = 0;
    for (int r = 0, at = bin * width; r < resources; r++, at++) {
      long left =
          room[at] + (need[leaving * width + r] & gone[r]) - (need[coming * width + r] & come[r]);
      sum += left < 0 ? -left * price[at] : 0;
    }
    return sum;
  }

  /** Moves an item; {@link #refresh} is due for both bins. */
  void move(int item, int from, int to) {
    int row = item * width;
    long[] gone = taken(item, from);
    long[] come = taken(item, to);
    for (int r = 0; r < width; r++) {
      long amount = need[row + r];
      slack[from * width + r] += amount;
      slack[to * width + r] -= amount;
      room[from * width + r] += amount & gone[r];
      room[to * width + r] -= amount & come[r];
    }
  }

  /** Counts the bin's cost anew. */
  void refresh(int bin) {
    int base = bin * width;
    long now = 0;
    for (int r = 0; r < width; r++) {
      now -= lack(slack[base + r]) * loadWeight[r];
    }
    now += pairs == 0 ? 0 : balance(base, 0, 0);
    cost += now - costOf[bin];
    costOf[bin] = now;
    double over = overflowNow(bin);
    overflowing += (over > 0 ? 1 : 0) - (overflowOf[bin] > 0 ? 1 : 0);
    overflow = overflowing == 0 ? 0 : overflow + over - overflowOf[bin];
    overflowOf[bin] = over;
  }

  /** Σ load and balance cost. */
  long cost() {
    return cost;
  }

  /** Σ over bins and resources of price · exceeded capacity. */
  double overflow() {
    return overflow;
  }

  /** Whether no capacity is exceeded. */
  boolean fits() {
    return overflowing == 0;
  }

  /** The first bin whose capacity is exceeded, or -1. */
  int firstOverflowing() {
    for (int bin = 0; bin < overflowOf.length; bin++) {
      if (overflowOf[bin] > 0) {
        return bin;
      }
    }
    return -1;
  }

  /** What that bin holds of a resource. */
  long usage(int bin, int resource) {
    int at = bin * width + resource;
    return problem.safety()[bin * resources + resource] - slack[at];
  }
}
