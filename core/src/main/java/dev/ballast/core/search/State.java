package dev.ballast.core.search;

import java.util.Arrays;

/**
 * An assignment of all items with everything that makes a move's feasibility and cost computable in
 * O(resources + balance pairs + dependencies of the item's group), whatever the number of bins and
 * items. Not for several threads.
 */
public final class State {
  /** Groups larger than this keep a row of bins; smaller ones are scanned. */
  private static final int SCANNED_GROUP_LIMIT = 8;

  private final Problem problem;
  private final int resources;
  private final Groups groups;
  private final int[] binOf;
  private final long[] usage;
  private final long[] occupied; // usage plus what moved items still hold of transient resources
  private final long[] binCost;
  private final int[] movedByGroup;
  private final int[] groupsByMoved; // histogram: how many groups have that many moved items
  private int mostMoved;
  private long cost;

  /** Starts from the given assignment, which may break constraints where the initial one does. */
  public State(Problem problem, int[] assignment) {
    this.problem = problem;
    this.resources = problem.resources();
    this.binOf = assignment.clone();
    this.usage = new long[problem.bins() * resources];
    this.occupied = new long[problem.bins() * resources];
    this.binCost = new long[problem.bins()];
    this.movedByGroup = new int[problem.groups()];
    this.groups = new Groups(problem, binOf, SCANNED_GROUP_LIMIT);
    int largest = 0;
    for (int item = 0; item < problem.items(); item++) {
      addItem(item);
      if (binOf[item] != problem.initial()[item]) {
        largest = Math.max(largest, ++movedByGroup[problem.group()[item]]);
        cost += problem.moveCost(item, binOf[item]);
      }
    }
    this.groupsByMoved = new int[groups.largest() + 1];
    for (int moved : movedByGroup) {
      groupsByMoved[moved]++;
    }
    this.mostMoved = largest;
    cost += problem.groupMoveWeight() * largest;
    for (int bin = 0; bin < problem.bins(); bin++) {
      binCost[bin] = costOf(bin);
      cost += binCost[bin];
    }
  }

  private void addItem(int item) {
    int at = binOf[item] * resources;
    int home = problem.initial()[item] * resources;
    int need = item * resources;
    for (int r = 0; r < resources; r++) {
      long amount = problem.requirement()[need + r];
      usage[at + r] += amount;
      occupied[at + r] += amount;
      if (at != home && problem.isTransient()[r]) {
        occupied[home + r] += amount;
      }
    }
  }

  private long costOf(int bin) {
    return costOf(bin, -1, -1);
  }

  /** The bin's load and balance cost after one item left ({@code -1}: none) and another came. */
  private long costOf(int bin, int leaving, int coming) {
    long[] need = problem.requirement();
    int base = bin * resources;
    int out = leaving * resources;
    int in = coming * resources;
    long sum = 0;
    for (int r = 0; r < resources; r++) {
      long used = usage[base + r];
      used -= leaving < 0 ? 0 : need[out + r];
      used += coming < 0 ? 0 : need[in + r];
      scratch[r] = problem.capacity()[base + r] - used;
      long over = used - problem.safety()[base + r];
      sum += over > 0 ? over * problem.loadWeight()[r] : 0;
    }
    Problem.Balance balance = problem.balance();
    for (int b = 0; b < balance.first().length; b++) {
      long lack = balance.target()[b] * scratch[balance.first()[b]] - scratch[balance.second()[b]];
      sum += lack > 0 ? lack * balance.weight()[b] : 0;
    }
    return sum;
  }

  private final long[] scratch = new long[64];

  /** Whether the bin has room when one item left ({@code -1}: none) and another came. */
  private boolean fits(int bin, int leaving, int coming) {
    long[] need = problem.requirement();
    int base = bin * resources;
    boolean comesHome = problem.initial()[coming] == bin;
    boolean leavesHome = leaving >= 0 && problem.initial()[leaving] == bin;
    for (int r = 0; r < resources; r++) {
      boolean holds = problem.isTransient()[r];
      long amount = occupied[base + r];
      amount += comesHome && holds ? 0 : need[coming * resources + r];
      amount -= leaving < 0 || (leavesHome && holds) ? 0 : need[leaving * resources + r];
      if (amount > problem.capacity()[base + r]) {
        return false;
      }
    }
    return true;
  }

  /** Whether the item may move to the bin: room there, and its group's constraints hold. */
  public boolean canShift(int item, int bin) {
    return binOf[item] != bin && fits(bin, -1, item) && groups.allows(item, binOf[item], bin);
  }

  /** The change of cost if the item moved there; only meaningful where it {@link #canShift}. */
  public long shiftDelta(int item, int bin) {
    int from = binOf[item];
    return costOf(from, item, -1)
        - binCost[from]
        + costOf(bin, -1, item)
        - binCost[bin]
        + problem.moveCost(item, bin)
        - problem.moveCost(item, from)
        + groupMoveDelta(item, bin);
  }

  /** Whether the two items of different groups, in different bins, may change places. */
  public boolean canSwap(int a, int b) {
    int binA = binOf[a];
    int binB = binOf[b];
    return binA != binB
        && fits(binB, b, a)
        && fits(binA, a, b)
        && groups.independent(a, b)
        && groups.allows(a, binA, binB)
        && groups.allows(b, binB, binA);
  }

  /** The change of cost if the two changed places; only meaningful where they {@link #canSwap}. */
  public long swapDelta(int a, int b) {
    int binA = binOf[a];
    int binB = binOf[b];
    return costOf(binA, a, b)
        - binCost[binA]
        + costOf(binB, b, a)
        - binCost[binB]
        + problem.moveCost(a, binB)
        - problem.moveCost(a, binA)
        + problem.moveCost(b, binA)
        - problem.moveCost(b, binB)
        + swapGroupMoveDelta(a, b);
  }

  private int movedChange(int item, int bin) {
    int home = problem.initial()[item];
    return (bin != home ? 1 : 0) - (binOf[item] != home ? 1 : 0);
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

  /** Moves the item; the caller has asked {@link #canShift}. */
  public void shift(int item, int bin) {
    int from = binOf[item];
    cost -= binCost[from] + binCost[bin];
    move(item, bin);
    binCost[from] = costOf(from);
    binCost[bin] = costOf(bin);
    cost += binCost[from] + binCost[bin];
  }

  /** Lets two items change places; the caller has asked {@link #canSwap}. */
  public void swap(int a, int b) {
    int binA = binOf[a];
    int binB = binOf[b];
    cost -= binCost[binA] + binCost[binB];
    move(a, binB);
    move(b, binA);
    binCost[binA] = costOf(binA);
    binCost[binB] = costOf(binB);
    cost += binCost[binA] + binCost[binB];
  }

  private void move(int item, int bin) {
    int from = binOf[item];
    int home = problem.initial()[item];
    cost += problem.moveCost(item, bin) - problem.moveCost(item, from);
    cost -= problem.groupMoveWeight() * mostMoved;
    count(problem.group()[item], movedChange(item, bin));
    cost += problem.groupMoveWeight() * mostMoved;
    for (int r = 0; r < resources; r++) {
      long amount = problem.requirement()[item * resources + r];
      usage[from * resources + r] -= amount;
      usage[bin * resources + r] += amount;
      boolean holds = problem.isTransient()[r];
      occupied[from * resources + r] -= holds && from == home ? 0 : amount;
      occupied[bin * resources + r] += holds && bin == home ? 0 : amount;
    }
    binOf[item] = bin;
    groups.moved(item, from, bin);
  }

  public long cost() {
    return cost;
  }

  public int binOf(int item) {
    return binOf[item];
  }

  /** What that bin holds of a resource. */
  public long usage(int bin, int resource) {
    return usage[bin * resources + resource];
  }

  public int[] assignment() {
    return binOf.clone();
  }

  /** How many items do not sit in their initial bin. */
  public int moves() {
    return Arrays.stream(movedByGroup).sum();
  }
}
