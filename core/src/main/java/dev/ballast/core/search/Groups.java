package dev.ballast.core.search;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Who of which group sits where: conflicts, spread and dependencies, each answered by a counter.
 */
final class Groups {
  /** No finite price is higher, so that sums stay finite. */
  private static final double PRICE_LIMIT = 1e30;

  /** Groups larger than this keep a row of bins; smaller ones are scanned. */
  private static final int SCANNED_LIMIT = 8;

  /** With fewer groups × bins every group of two or more keeps a row. */
  private static final long ALL_ROWS_LIMIT = 1 << 20;

  private final Problem problem;
  private final int[] binOf; // the state's own array
  private final int[][] members;
  private final short[][] countByBin; // rows of large groups; null for those that are scanned
  private final int locations;
  private final int neighbourhoods;
  private final int[] locationRow; // by group, -1 where it has no spread
  private final int[] locationCount;
  private final int[] spread;
  private final int[] neighbourhoodRow; // by group, -1 where no dependency concerns it
  private final int[] neighbourhoodCount;
  private final int[][] dependents;
  private final int largest;
  private final int[] broken; // by group: its broken dependencies
  private final double[] price; // by group: of one of them
  private int brokenCount;
  private double brokenPrice;

  @SuppressWarnings("NullAway") // rows of small groups stay null, which `countByBin` says
  Groups(Problem problem, int[] binOf) {
    this.problem = problem;
    this.binOf = binOf;
    this.members = members(problem);
    this.dependents = dependents(problem);
    this.locations = 1 + Arrays.stream(problem.location()).max().orElse(0);
    this.neighbourhoods = 1 + Arrays.stream(problem.neighbourhood()).max().orElse(0);
    this.largest = Arrays.stream(members).mapToInt(m -> m.length).max().orElse(0);
    this.countByBin = new short[problem.groups()][];
    this.locationRow = new int[problem.groups()];
    this.neighbourhoodRow = new int[problem.groups()];
    this.spread = new int[problem.groups()];
    this.broken = new int[problem.groups()];
    this.price = new double[problem.groups()];
    Arrays.fill(price, 1);
    int scannedLimit =
        (long) problem.groups() * problem.bins() < ALL_ROWS_LIMIT ? 1 : SCANNED_LIMIT;
    int locationRows = 0;
    int neighbourhoodRows = 0;
    for (int g = 0; g < problem.groups(); g++) {
      boolean related = problem.dependencies()[g].length > 0 || dependents[g].length > 0;
      locationRow[g] = problem.spreadMin()[g] > 1 ? locationRows++ : -1;
      neighbourhoodRow[g] = related ? neighbourhoodRows++ : -1;
      countByBin[g] = members[g].length > scannedLimit ? new short[problem.bins()] : null;
    }
    this.locationCount = new int[locationRows * locations];
    this.neighbourhoodCount = new int[neighbourhoodRows * neighbourhoods];
    for (int item = 0; item < problem.items(); item++) {
      count(item, binOf[item], 1);
    }
    brokenCount = 0;
    for (int g = 0; g < problem.groups(); g++) {
      broken[g] = 0;
      addBroken(g, locationRow[g] < 0 ? 0 : lacking(g, spread[g]));
    }
    for (int g = 0; g < problem.groups(); g++) {
      for (int n = 0; neighbourhoodRow[g] >= 0 && n < neighbourhoods; n++) {
        countBrokenBy(g, n);
      }
    }
  }

  static int[][] members(Problem problem) {
    int[] size = new int[problem.groups()];
    for (int g : problem.group()) {
      size[g]++;
    }
    int[][] members = new int[problem.groups()][];
    for (int g = 0; g < members.length; g++) {
      members[g] = new int[size[g]];
    }
    for (int item = problem.items() - 1; item >= 0; item--) {
      int g = problem.group()[item];
      members[g][--size[g]] = item;
    }
    return members;
  }

  private static int[][] dependents(Problem problem) {
    List<List<Integer>> lists = new ArrayList<>();
    for (int g = 0; g < problem.groups(); g++) {
      lists.add(new ArrayList<>());
    }
    for (int g = 0; g < problem.groups(); g++) {
      for (int on : problem.dependencies()[g]) {
        lists.get(on).add(g);
      }
    }
    return lists.stream()
        .map(list -> list.stream().mapToInt(Integer::intValue).toArray())
        .toArray(int[][]::new);
  }

  int largest() {
    return largest;
  }

  /**
   * The change of Σ price of what is broken if the item moved: one for each location that a group
   * lacks, and one for each group, group that it depends on, and neighbourhood with the first but
   * without the second.
   */
  double brokenDelta(int item, int from, int to) {
    int g = problem.group()[item];
    return spreadDelta(g, from, to) + dependencyDelta(g, from, to);
  }

  private double spreadDelta(int g, int from, int to) {
    int row = locationRow[g];
    int left = problem.location()[from];
    int reached = problem.location()[to];
    if (row < 0 || left == reached) {
      return 0;
    }
    int change =
        (locationCount[row * locations + reached] == 0 ? 1 : 0)
            - (locationCount[row * locations + left] == 1 ? 1 : 0);
    int more = lacking(g, spread[g] + change) - lacking(g, spread[g]);
    return more == 0 ? 0 : price[g] * more; // prices may be infinite
  }

  private int lacking(int g, int locationsReached) {
    return Math.max(0, problem.spreadMin()[g] - locationsReached);
  }

  private double dependencyDelta(int g, int from, int to) {
    int row = neighbourhoodRow[g];
    int left = problem.neighbourhood()[from];
    int reached = problem.neighbourhood()[to];
    if (row < 0 || left == reached) {
      return 0;
    }
    double delta = 0;
    if (neighbourhoodCount[row * neighbourhoods + left] == 1) {
      delta -= brokenBy(g, left);
    }
    if (neighbourhoodCount[row * neighbourhoods + reached] == 0) {
      delta += brokenBy(g, reached);
    }
    return delta;
  }

  /** What the group's presence in a neighbourhood breaks, less what its absence breaks. */
  private double brokenBy(int g, int neighbourhood) {
    double sum = 0;
    for (int on : problem.dependencies()[g]) {
      if (on != g && isAbsent(on, neighbourhood)) {
        sum += price[g];
      }
    }
    for (int dependent : dependents[g]) {
      if (dependent != g && !isAbsent(dependent, neighbourhood)) {
        sum -= price[dependent];
      }
    }
    return sum;
  }

  private boolean isAbsent(int g, int neighbourhood) {
    return neighbourhoodCount[neighbourhoodRow[g] * neighbourhoods + neighbourhood] == 0;
  }

  /** Counts a move's effect on broken dependencies; before {@link #moved}. */
  private void countBroken(int g, int neighbourhood, int sign) {
    for (int on : problem.dependencies()[g]) {
      if (on != g && isAbsent(on, neighbourhood)) {
        addBroken(g, sign);
      }
    }
    for (int dependent : dependents[g]) {
      if (dependent != g && !isAbsent(dependent, neighbourhood)) {
        addBroken(dependent, -sign);
      }
    }
  }

  private void countBrokenBy(int g, int neighbourhood) {
    for (int on : problem.dependencies()[g]) {
      if (on != g && !isAbsent(g, neighbourhood) && isAbsent(on, neighbourhood)) {
        addBroken(g, 1);
      }
    }
  }

  private void addBroken(int g, int change) {
    broken[g] += change;
    brokenCount += change;
    if (change != 0) {
      brokenPrice = brokenCount == 0 ? 0 : brokenPrice + change * price[g];
    }
  }

  /** Σ price of broken dependencies. */
  double brokenPrice() {
    return brokenPrice;
  }

  /** Whether each dependency holds. */
  boolean keepsAll() {
    return brokenCount == 0;
  }

  void setPrices(double each) {
    Arrays.fill(price, each);
    reprice();
  }

  void adaptPrices(double exceeded, double kept) {
    for (int g = 0; g < price.length; g++) {
      price[g] = Math.min(PRICE_LIMIT, price[g] * (broken[g] > 0 ? exceeded : kept));
    }
    reprice();
  }

  private void reprice() {
    brokenPrice = 0;
    for (int g = 0; g < price.length; g++) {
      brokenPrice += broken[g] == 0 ? 0 : broken[g] * price[g];
    }
  }

  /** Whether another item of the group is in the bin. */
  boolean conflicts(int item, int to) {
    int g = problem.group()[item];
    short[] row = countByBin[g];
    if (row != null) {
      return row[to] > 0;
    }
    for (int other : members[g]) {
      if (other != item && binOf[other] == to) {
        return true;
      }
    }
    return false;
  }

  /** Another item of the same group, or the item itself where it is alone. */
  int comrade(int item, SplitMix random) {
    int[] group = members[problem.group()[item]];
    return group[random.below(group.length)];
  }

  /** Whether no dependency links the two items' groups. */
  boolean independent(int a, int b) {
    int groupA = problem.group()[a];
    int groupB = problem.group()[b];
    return groupA == groupB || (!dependsOn(groupA, groupB) && !dependsOn(groupB, groupA));
  }

  private boolean dependsOn(int g, int on) {
    for (int each : problem.dependencies()[g]) {
      if (each == on) {
        return true;
      }
    }
    return false;
  }

  void moved(int item, int from, int to) {
    count(item, from, -1);
    count(item, to, 1);
  }

  private void count(int item, int bin, int change) {
    int g = problem.group()[item];
    short[] row = countByBin[g];
    if (row != null) {
      row[bin] += (short) change;
    }
    if (locationRow[g] >= 0) {
      int at = locationRow[g] * locations + problem.location()[bin];
      int before = locationCount[at];
      locationCount[at] = before + change;
      int reached = spread[g] + (before == 0 ? 1 : 0) - (before + change == 0 ? 1 : 0);
      if (reached != spread[g]) {
        addBroken(g, lacking(g, reached) - lacking(g, spread[g]));
        spread[g] = reached;
      }
    }
    if (neighbourhoodRow[g] >= 0) {
      int neighbourhood = problem.neighbourhood()[bin];
      int at = neighbourhoodRow[g] * neighbourhoods + neighbourhood;
      int before = neighbourhoodCount[at];
      neighbourhoodCount[at] = before + change;
      if (before == 0 || before + change == 0) {
        countBroken(g, neighbourhood, before == 0 ? 1 : -1);
      }
    }
  }
}
