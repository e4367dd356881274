package dev.ballast.core.search;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/** Who sits where while a {@link Relocation} is planned, and what a further move would do. */
final class Fleet {
  private final Problem problem;
  private final int resources;
  private final int[] binOf;
  private final long[] used;
  private final int[][] itemsIn; // by bin; the first `count` are valid
  private final int[] count;
  private final int[] placeOf; // by item: where in its bin's row
  private final Company company;
  private final int[][] group;
  private final double[] share; // by bin and resource: 1 / capacity
  private final Freest freest;

  Fleet(Problem problem, Rules rules) {
    this.problem = problem;
    this.resources = problem.resources();
    this.binOf = problem.initial().clone();
    this.used = new long[problem.capacity().length];
    this.count = new int[problem.bins()];
    this.placeOf = new int[problem.items()];
    this.itemsIn = new int[problem.bins()][4];
    this.company = new Company(rules, binOf);
    this.group = Groups.members(problem);
    this.share = new double[used.length];
    for (int at = 0; at < used.length; at++) {
      share[at] = problem.capacity()[at] > 0 ? 1.0 / problem.capacity()[at] : 0;
    }
    for (int item = 0; item < binOf.length; item++) {
      enter(item, binOf[item]);
    }
    this.freest = new Freest(count.length, this::leftNow);
  }

  /** The share of its scarcest resource that the bin has left below safety. */
  private double leftNow(int bin) {
    double least = Double.MAX_VALUE;
    for (int r = 0; r < resources; r++) {
      int at = bin * resources + r;
      least = Math.min(least, (problem.safety()[at] - used[at]) * share[at]);
    }
    return least;
  }

  private void enter(int item, int bin) {
    if (count[bin] == itemsIn[bin].length) {
      itemsIn[bin] = Arrays.copyOf(itemsIn[bin], 2 * count[bin]);
    }
    placeOf[item] = count[bin];
    itemsIn[bin][count[bin]++] = item;
    for (int r = 0; r < resources; r++) {
      used[bin * resources + r] += need(item, r);
    }
  }

  private void leave(int item, int bin) {
    int last = itemsIn[bin][--count[bin]];
    itemsIn[bin][placeOf[item]] = last;
    placeOf[last] = placeOf[item];
    for (int r = 0; r < resources; r++) {
      used[bin * resources + r] -= need(item, r);
    }
  }

  private long need(int item, int r) {
    return problem.requirement()[item * resources + r];
  }

  void move(int item, int to) {
    int from = binOf[item];
    freest.change(from);
    freest.change(to);
    leave(item, from);
    company.count(item, from, -1);
    enter(item, to);
    company.count(item, to, 1);
    binOf[item] = to;
  }

  int binOf(int item) {
    return binOf[item];
  }

  int[] itemsOf(int bin) {
    return Arrays.copyOf(itemsIn[bin], count[bin]);
  }

  /** Whether no affinity ties the item to others, so that it can move by itself. */
  boolean isAlone(int item) {
    return company.companions(item).length == 1;
  }

  /** Σ loadWeight · max(0, usage − safety). */
  long overload(int bin) {
    return overloadWithout(bin, -1, -1);
  }

  /** What the item's leaving takes off its bin's overload. */
  long relief(int bin, int item) {
    return overload(bin) - overloadWithout(bin, item, -1);
  }

  private long overloadWithout(int bin, int leaving, int coming) {
    long sum = 0;
    for (int r = 0; r < resources; r++) {
      long left = leaving < 0 ? 0 : need(leaving, r);
      long come = coming < 0 ? 0 : need(coming, r);
      int at = bin * resources + r;
      sum += problem.loadWeight()[r] * Math.max(0, used[at] - left + come - problem.safety()[at]);
    }
    return sum;
  }

  /** The bins above their safety, the most overloaded first. */
  int[] hotBins() {
    long[] overload = IntStream.range(0, problem.bins()).mapToLong(this::overload).toArray();
    return IntStream.range(0, problem.bins())
        .filter(bin -> overload[bin] > 0)
        .boxed()
        .sorted(Comparator.comparingLong((Integer bin) -> -overload[bin]))
        .mapToInt(Integer::intValue)
        .toArray();
  }

  /** The share of its scarcest resource that the bin has left below safety, −1 without room. */
  private double leftWith(int bin, int item) {
    double least = Double.MAX_VALUE;
    for (int r = 0; r < resources; r++) {
      int at = bin * resources + r;
      long after = used[at] + need(item, r);
      boolean safe = problem.loadWeight()[r] == 0 || after <= problem.safety()[at];
      if (after > problem.capacity()[at] || !safe) {
        return -1;
      }
      least = Math.min(least, (problem.safety()[at] - after) * share[at]);
    }
    return least;
  }

  /** The bin that has most left with the item in it and stays below safety, or −1. */
  int freest(int item) {
    return freestExcept(item, binOf[item]);
  }

  int freestExcept(int item, int except) {
    company.look(item);
    int best = -1;
    double bestLeft = -1;
    for (int bin : freest.order()) {
      if (best >= 0 && freest.left(bin) < bestLeft) {
        return best; // with the item none of those that follow has more
      }
      if (bin == except || bin == binOf[item]) {
        continue;
      }
      double left = leftWith(bin, item);
      boolean better = best < 0 ? left != -1 : left > bestLeft || (left == bestLeft && bin < best);
      if (better && allows(item, bin)) {
        best = bin;
        bestLeft = left;
      }
    }
    return best;
  }

  boolean hasRoomAnywhere(int item) {
    return IntStream.range(0, count.length)
        .anyMatch(bin -> bin != binOf[item] && leftWith(bin, item) != -1);
  }

  private boolean allows(int item, int bin) {
    if (!company.allows(bin)) {
      return false;
    }
    for (int other : group[problem.group()[item]]) {
      if (other != item && binOf[other] == bin) {
        return false;
      }
    }
    return true;
  }

  /** Whether capacity, rules and group let the item move there now. */
  boolean canMove(int item, int bin) {
    for (int r = 0; r < resources; r++) {
      int at = bin * resources + r;
      if (used[at] + need(item, r) > problem.capacity()[at]) {
        return false;
      }
    }
    company.look(item);
    return bin != binOf[item] && allows(item, bin);
  }

  /** Whether the two bins together lose that much overload when the items change places. */
  boolean gainsByExchange(int a, int b, long least) {
    int binA = binOf[a];
    int binB = binOf[b];
    long before = overload(binA) + overload(binB);
    return before - overloadWithout(binA, a, b) - overloadWithout(binB, b, a) >= least
        && fitsWith(binA, a, b)
        && fitsWith(binB, b, a);
  }

  private boolean fitsWith(int bin, int leaving, int coming) {
    for (int r = 0; r < resources; r++) {
      int at = bin * resources + r;
      if (used[at] - need(leaving, r) + need(coming, r) > problem.capacity()[at]) {
        return false;
      }
    }
    return true;
  }

  /** So many bins that have most of their scarcest resource left, that one first. */
  int[] freestBins(int limit) {
    int[] order = freest.order();
    return Arrays.copyOf(order, Math.min(limit, order.length));
  }

  /** The highest usage / capacity over the resources with a load weight. */
  double share(int bin) {
    return shareWith(bin, -1, -1);
  }

  /** The same with one item gone, another come; −1 for none. */
  double shareWith(int bin, int leaving, int coming) {
    double highest = 0;
    for (int r = 0; r < resources; r++) {
      if (problem.loadWeight()[r] > 0) {
        long left = leaving < 0 ? 0 : need(leaving, r);
        long come = coming < 0 ? 0 : need(coming, r);
        int at = bin * resources + r;
        highest = Math.max(highest, (used[at] - left + come) * share[at]);
      }
    }
    return highest;
  }

  /** |free share of a − free share of b| with one item gone, another come; −1 for none. */
  double mismatch(int bin, int a, int b, int leaving, int coming) {
    return Math.abs(usedShare(bin, a, leaving, coming) - usedShare(bin, b, leaving, coming));
  }

  private double usedShare(int bin, int r, int leaving, int coming) {
    long left = leaving < 0 ? 0 : need(leaving, r);
    long come = coming < 0 ? 0 : need(coming, r);
    return (used[bin * resources + r] - left + come) * share[bin * resources + r];
  }

  /** The highest usage / capacity over all resources. */
  double fullness(int bin) {
    double highest = 0;
    for (int r = 0; r < resources; r++) {
      highest = Math.max(highest, used[bin * resources + r] * share[bin * resources + r]);
    }
    return highest;
  }

  /** The highest share of a bin's capacity that the item takes. */
  double size(int item, int bin) {
    double highest = 0;
    for (int r = 0; r < resources; r++) {
      highest = Math.max(highest, need(item, r) * share[bin * resources + r]);
    }
    return highest;
  }

  /** Of the other bins in use the one that has least left with the item in it, or −1. */
  int tightestInUse(int item) {
    company.look(item);
    int best = -1;
    double bestLeft = Double.MAX_VALUE;
    for (int bin = 0; bin < count.length; bin++) {
      if (bin == binOf[item] || count[bin] == 0) {
        continue;
      }
      double left = leftWith(bin, item);
      if (left != -1 && left < bestLeft && allows(item, bin)) {
        best = bin;
        bestLeft = left;
      }
    }
    return best;
  }
}
