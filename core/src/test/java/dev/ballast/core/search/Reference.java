package dev.ballast.core.search;

import java.util.HashSet;
import java.util.Set;

/**
 * The problem's definition read off its Javadoc, item by item and bin by bin; shares no code with
 * the search.
 */
final class Reference {
  private final Problem p;
  private final int[] now;

  Reference(Problem problem, int[] assignment) {
    this.p = problem;
    this.now = assignment;
  }

  private long need(int item, int r) {
    return p.requirement()[item * p.resources() + r];
  }

  private long used(int bin, int r) {
    long sum = 0;
    for (int item = 0; item < p.items(); item++) {
      sum += now[item] == bin ? need(item, r) : 0;
    }
    return sum;
  }

  private long leftBehind(int bin, int r) {
    long sum = 0;
    for (int item = 0; item < p.items(); item++) {
      boolean left = p.initial()[item] == bin && now[item] != bin;
      sum += left && p.isTransient()[r] ? need(item, r) : 0;
    }
    return sum;
  }

  boolean isFeasible() {
    return keepsCapacity() && keepsGroups();
  }

  boolean keepsCapacity() {
    for (int bin = 0; bin < p.bins(); bin++) {
      for (int r = 0; r < p.resources(); r++) {
        if (used(bin, r) + leftBehind(bin, r) > p.capacity()[bin * p.resources() + r]) {
          return false;
        }
      }
    }
    return true;
  }

  boolean keepsGroups() {
    for (int g = 0; g < p.groups(); g++) {
      Set<Integer> locations = new HashSet<>();
      Set<Integer> bins = new HashSet<>();
      for (int item = 0; item < p.items(); item++) {
        if (p.group()[item] != g) {
          continue;
        }
        locations.add(p.location()[now[item]]);
        if (!bins.add(now[item])) {
          return false;
        }
        for (int on : p.dependencies()[g]) {
          if (!reaches(on, p.neighbourhood()[now[item]])) {
            return false;
          }
        }
      }
      if (locations.size() < p.spreadMin()[g]) {
        return false;
      }
    }
    return true;
  }

  private boolean reaches(int group, int neighbourhood) {
    for (int item = 0; item < p.items(); item++) {
      if (p.group()[item] == group && p.neighbourhood()[now[item]] == neighbourhood) {
        return true;
      }
    }
    return false;
  }

  long cost() {
    long sum = 0;
    for (int bin = 0; bin < p.bins(); bin++) {
      long[] free = new long[p.resources()];
      for (int r = 0; r < p.resources(); r++) {
        int at = bin * p.resources() + r;
        free[r] = p.capacity()[at] - used(bin, r);
        sum += p.loadWeight()[r] * Math.max(0, used(bin, r) - p.safety()[at]);
      }
      for (int b = 0; b < p.balance().count(); b++) {
        long wanted = p.balance().target()[b] * free[p.balance().first()[b]];
        sum += p.balance().weight()[b] * Math.max(0, wanted - free[p.balance().second()[b]]);
      }
    }
    return sum + moveCost();
  }

  private long moveCost() {
    long sum = 0;
    long[] movedByGroup = new long[p.groups()];
    long most = 0;
    for (int item = 0; item < p.items(); item++) {
      int from = p.initial()[item];
      if (now[item] == from) {
        continue;
      }
      sum += p.itemMoveWeight() * p.itemMoveCost()[item];
      if (p.binMoveCost().length > 0) {
        sum += p.binMoveWeight() * p.binMoveCost()[from * p.bins() + now[item]];
      }
      most = Math.max(most, ++movedByGroup[p.group()[item]]);
    }
    return sum + p.groupMoveWeight() * most;
  }
}
