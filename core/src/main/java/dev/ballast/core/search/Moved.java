package dev.ballast.core.search;

import java.util.Arrays;

/**
 * What the moves themselves cost: itemMoveWeight·Σ itemMoveCost + binMoveWeight·Σ binMoveCost over
 * moved items + groupMoveWeight·(most moved items of one group).
 */
final class Moved {
  private final int[] home;
  private final int bins;
  private final int[] distance;
  private final long binMoveWeight;
  private final long[] itemCost;
  private final int[] group;
  private final long groupMoveWeight;
  private final int[] byGroup;
  private final int[] groupsBy; // histogram: how many groups have that many moved items
  private int most;
  private long cost;

  Moved(Problem problem, int largestGroup) {
    this.home = problem.initial();
    this.bins = problem.bins();
    this.distance = problem.binMoveCost();
    this.binMoveWeight = problem.binMoveWeight();
    this.itemCost = problem.itemMoveCost().clone();
    for (int item = 0; item < itemCost.length; item++) {
      itemCost[item] *= problem.itemMoveWeight();
    }
    this.group = problem.group();
    this.groupMoveWeight = problem.groupMoveWeight();
    this.byGroup = new int[problem.groups()];
    this.groupsBy = new int[largestGroup + 1];
    groupsBy[0] = problem.groups();
  }

  private long moveCost(int item, int bin) {
    int from = home[item];
    if (from == bin) {
      return 0;
    }
    return itemCost[item]
        + (distance.length == 0 ? 0 : binMoveWeight * distance[from * bins + bin]);
  }

  private int countChange(int item, int from, int to) {
    return (to != home[item] ? 1 : 0) - (from != home[item] ? 1 : 0);
  }

  /** The change of cost if the item went from one bin to another. */
  long change(int item, int from, int to) {
    return moveCost(item, to)
        - moveCost(item, from)
        + groupChange(item, countChange(item, from, to));
  }

  private long groupChange(int item, int change) {
    if (change == 0) {
      return 0;
    }
    int moved = byGroup[group[item]];
    if (change > 0) {
      return moved == most ? groupMoveWeight : 0;
    }
    return moved == most && groupsBy[moved] == 1 ? -groupMoveWeight : 0;
  }

  /** The change of cost if two items in these bins changed places. */
  long changeOfSwap(int a, int binA, int b, int binB) {
    long alone = moveCost(a, binB) - moveCost(a, binA) + moveCost(b, binA) - moveCost(b, binB);
    int changeA = countChange(a, binA, binB);
    int changeB = countChange(b, binB, binA);
    if (changeA == 0) {
      return alone + groupChange(b, changeB);
    }
    if (changeB == 0) {
      return alone + groupChange(a, changeA);
    }
    // both: the histogram is changed, read and changed back
    int before = most;
    count(group[a], changeA);
    count(group[b], changeB);
    long delta = groupMoveWeight * (most - before);
    count(group[a], -changeA);
    count(group[b], -changeB);
    return alone + delta;
  }

  /** Records that the item went from one bin to another. */
  void move(int item, int from, int to) {
    int before = most;
    count(group[item], countChange(item, from, to));
    cost += moveCost(item, to) - moveCost(item, from) + groupMoveWeight * (most - before);
  }

  private void count(int group, int change) {
    if (change == 0) {
      return;
    }
    groupsBy[byGroup[group]]--;
    byGroup[group] += change;
    groupsBy[byGroup[group]]++;
    most = Math.max(most, byGroup[group]);
    while (most > 0 && groupsBy[most] == 0) {
      most--;
    }
  }

  long cost() {
    return cost;
  }

  /** How many items do not sit in their initial bin. */
  int items() {
    return Arrays.stream(byGroup).sum();
  }
}
