package dev.ballast.core.search;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Places items into bins that were empty, one by one, in O(bins × resources) each, within capacity
 * and with no two items of one group in one bin; the problem's initial assignment plays no part.
 *
 * <p>{@link Aim#BALANCE} takes the bin whose scarcest resource stays most free, relative to its
 * capacity (for a batch by decreasing size this is the longest-processing-time rule). {@link
 * Aim#CONSOLIDATE} takes the bin in use whose scarcest resource becomes fullest, and opens the
 * largest empty bin only where none in use has room (best fit decreasing).
 *
 * <p>After a batch, for an item that found no bin another one makes room, if that finds a place
 * elsewhere; and under {@link Aim#CONSOLIDATE} the least used bins are emptied into the others,
 * each wholly or not at all.
 */
public final class Construction {
  /** So many items without a bin are tried again, and so many bins are tried to be emptied. */
  private static final int REPAIR_LIMIT = 256;

  /** So many items leave a bin at most to make room for another. */
  private static final int EXCHANGED_LIMIT = 2;

  /** The bin of an item that is in none. */
  public static final int NOWHERE = -1;

  private final Problem problem;
  private final Aim aim;
  private final int resources;
  private final long[] free;
  private final double[] share; // by bin and resource: 1 / capacity
  private final int[] binOf;
  private final int[][] members; // by group; empty for items alone
  private final Company company;
  private final boolean[] awaited; // by item: still to come in this batch
  private final long[] wanted; // scratch: what the item and its unplaced companions want
  private final int[] itemsIn;
  private final int[] bySize; // bins, the largest first
  private int emptying = NOWHERE; // takes nothing

  /** What a good placement is. */
  public enum Aim {
    BALANCE,
    CONSOLIDATE
  }

  public Construction(Problem problem, Aim aim) {
    this(problem, Rules.none(problem.items(), problem.bins()), aim);
  }

  /** A construction that keeps to rules too; the items of an affinity set are placed as one. */
  public Construction(Problem problem, Rules rules, Aim aim) {
    this.problem = problem;
    this.aim = aim;
    this.resources = problem.resources();
    this.free = problem.capacity().clone();
    this.share = new double[free.length];
    for (int at = 0; at < free.length; at++) {
      share[at] = free[at] > 0 ? 1.0 / free[at] : 0;
    }
    this.binOf = new int[problem.items()];
    Arrays.fill(binOf, NOWHERE);
    this.company = new Company(rules, binOf);
    this.awaited = new boolean[problem.items()];
    this.wanted = new long[resources];
    this.itemsIn = new int[problem.bins()];
    this.members = Groups.members(problem);
    this.bySize =
        IntStream.range(0, problem.bins())
            .boxed()
            .sorted(Comparator.comparingLong(bin -> -problem.capacity()[bin * resources]))
            .mapToInt(Integer::intValue)
            .toArray();
  }

  /**
   * Places the items, first those that few bins are eligible for, then the largest first and among
   * equals those of the largest groups, which find fewest bins; those that fit nowhere stay {@link
   * #NOWHERE}.
   */
  public void placeAll(int[] items) {
    double[] mean = new double[resources];
    for (int at = 0; at < free.length; at++) {
      mean[at % resources] += (double) problem.capacity()[at] / problem.bins();
    }
    double[] size = new double[problem.items()];
    for (int item : items) {
      awaited[item] = true;
      for (int r = 0; r < resources; r++) {
        double part = problem.requirement()[item * resources + r] / Math.max(1, mean[r]);
        size[item] = Math.max(size[item], part);
      }
    }
    Arrays.stream(items)
        .boxed()
        .sorted(
            Comparator.<Integer, Boolean>comparing(item -> !company.isScarce(item))
                .thenComparingDouble(item -> -size[item])
                .thenComparingInt(item -> -members[problem.group()[item]].length))
        .forEach(this::placeWithCompanions);
    Arrays.stream(items)
        .filter(item -> binOf[item] == NOWHERE)
        .limit(REPAIR_LIMIT)
        .forEach(this::makeRoom);
    Arrays.fill(awaited, false);
    if (aim == Aim.CONSOLIDATE) {
      emptyLeastUsed();
    }
  }

  private boolean isAlone(int item) {
    return company.companions(item).length == 1;
  }

  /** Places the item and its companions where one or two others can leave for another bin. */
  private void makeRoom(int item) {
    int[][] itemsOf = itemsByBin();
    for (int count = 1; count <= EXCHANGED_LIMIT; count++) {
      for (int bin : bySize) {
        List<int[]> units = units(itemsOf[bin], item);
        for (int[] leaving : count == 1 ? units : pairs(units)) {
          exchange(item, leaving, bin);
          if (binOf[item] != NOWHERE) {
            return;
          }
        }
      }
    }
  }

  /** The bin's items, those that go together as one; without companions of the item that comes. */
  private List<int[]> units(int[] items, int coming) {
    return Arrays.stream(items)
        .mapToObj(company::companions)
        .filter(unit -> !Arrays.equals(unit, company.companions(coming)))
        .collect(Collectors.toMap(unit -> unit[0], unit -> unit, (unit, _) -> unit, TreeMap::new))
        .values()
        .stream()
        .map(unit -> Arrays.stream(unit).filter(each -> binOf[each] != NOWHERE).toArray())
        .toList();
  }

  private static List<int[]> pairs(List<int[]> units) {
    List<int[]> pairs = new ArrayList<>();
    for (int i = 0; i < units.size(); i++) {
      for (int j = 0; j < i; j++) {
        int[] a = units.get(j);
        int[] b = units.get(i);
        pairs.add(IntStream.concat(Arrays.stream(a), Arrays.stream(b)).toArray());
      }
    }
    return pairs;
  }

  private void exchange(int item, int[] others, int bin) {
    for (int other : others) {
      remove(other);
      awaited[other] = true; // its companions that leave with it want room too
    }
    company.look(item);
    sumWanted(item);
    if (leftIn(bin) >= 0 && !conflicts(item, bin)) {
      int[] coming =
          Arrays.stream(company.companions(item)).filter(each -> binOf[each] == NOWHERE).toArray();
      put(item, bin);
      placeWithCompanions(item);
      if (haveBins(coming) && Arrays.stream(others).allMatch(each -> place(each) != NOWHERE)) {
        return;
      }
      Arrays.stream(others).filter(each -> binOf[each] != NOWHERE).forEach(this::remove);
      Arrays.stream(coming).filter(each -> binOf[each] != NOWHERE).forEach(this::remove);
    }
    Arrays.stream(others).forEach(each -> put(each, bin));
  }

  private boolean haveBins(int[] items) {
    return Arrays.stream(items).allMatch(item -> binOf[item] != NOWHERE);
  }

  private void put(int item, int bin) {
    take(item, bin, 1);
    binOf[item] = bin;
  }

  private int[][] itemsByBin() {
    int[][] result = new int[problem.bins()][];
    int[] filled = new int[problem.bins()];
    Arrays.setAll(result, bin -> new int[itemsIn[bin]]);
    for (int item = 0; item < binOf.length; item++) {
      if (binOf[item] != NOWHERE) {
        result[binOf[item]][filled[binOf[item]]++] = item;
      }
    }
    return result;
  }

  private void emptyLeastUsed() {
    int[][] itemsOf = itemsByBin();
    IntStream.range(0, problem.bins())
        .filter(bin -> itemsIn[bin] > 0)
        .boxed()
        .sorted(Comparator.comparingInt((Integer bin) -> itemsIn[bin]))
        .limit(REPAIR_LIMIT)
        .forEach(bin -> empty(bin, itemsOf[bin]));
  }

  /** Nothing came to the bin since its items were listed, or it is left as it is. */
  private void empty(int bin, int[] items) {
    if (items.length != itemsIn[bin] || !Arrays.stream(items).allMatch(this::isAlone)) {
      return;
    }
    emptying = bin;
    int moved = 0;
    boolean fits = true;
    while (fits && moved < items.length) {
      remove(items[moved]);
      fits = place(items[moved]) != NOWHERE;
      moved++;
    }
    for (int i = 0; !fits && i < moved; i++) {
      if (binOf[items[i]] != NOWHERE) {
        remove(items[i]);
      }
      put(items[i], bin);
    }
    emptying = NOWHERE;
  }

  private void placeWithCompanions(int item) {
    for (int each : company.companions(item)) {
      if (awaited[each] && binOf[each] == NOWHERE) {
        place(each);
      }
    }
  }

  /** Places one item and returns its bin, {@link #NOWHERE} if none can take it. */
  public int place(int item) {
    if (binOf[item] != NOWHERE) {
      throw new IllegalArgumentException("item " + item + " is placed already");
    }
    company.look(item);
    sumWanted(item);
    int bin =
        switch (aim) {
          case BALANCE -> freest(item);
          case CONSOLIDATE -> tightest(item);
        };
    if (bin != NOWHERE) {
      take(item, bin, 1);
      binOf[item] = bin;
    }
    return bin;
  }

  private void sumWanted(int item) {
    Arrays.fill(wanted, 0);
    for (int each : company.companions(item)) {
      boolean comes = each == item || (awaited[each] && binOf[each] == NOWHERE);
      for (int r = 0; r < resources && comes; r++) {
        wanted[r] += problem.requirement()[each * resources + r];
      }
    }
  }

  /** Puts an item where it is already, whatever is against it. */
  public void keep(int item, int bin) {
    put(item, bin);
  }

  /** Takes a placed item out again. */
  public void remove(int item) {
    take(item, binOf[item], -1);
    binOf[item] = NOWHERE;
  }

  private void take(int item, int bin, int times) {
    itemsIn[bin] += times;
    company.count(item, bin, times);
    for (int r = 0; r < resources; r++) {
      free[bin * resources + r] -= times * problem.requirement()[item * resources + r];
    }
  }

  private int freest(int item) {
    int best = NOWHERE;
    double bestLeft = -1;
    for (int bin = 0; bin < itemsIn.length; bin++) {
      double left = leftIn(bin);
      if (left > bestLeft && !conflicts(item, bin)) {
        best = bin;
        bestLeft = left;
      }
    }
    return best;
  }

  private int tightest(int item) {
    int best = NOWHERE;
    double bestLeft = Double.MAX_VALUE;
    int opened = NOWHERE;
    for (int bin : bySize) {
      if (bin == emptying || (itemsIn[bin] == 0 && (opened != NOWHERE || emptying != NOWHERE))) {
        continue;
      }
      double left = leftIn(bin);
      if (left < 0 || (left >= bestLeft && itemsIn[bin] > 0) || conflicts(item, bin)) {
        continue;
      }
      if (itemsIn[bin] == 0) {
        opened = bin;
      } else {
        best = bin;
        bestLeft = left;
      }
    }
    return best != NOWHERE ? best : opened;
  }

  /**
   * The share of its scarcest resource that the bin has left with the wanted in it, −1 without
   * room.
   */
  private double leftIn(int bin) {
    double least = Double.MAX_VALUE;
    for (int r = 0; r < resources; r++) {
      long left = free[bin * resources + r] - wanted[r];
      if (left < 0) {
        return -1;
      }
      least = Math.min(least, left * share[bin * resources + r]);
    }
    return least;
  }

  private boolean conflicts(int item, int bin) {
    if (!company.allows(bin)) {
      return true;
    }
    int[] group = members[problem.group()[item]];
    if (group.length == 1) {
      return false;
    }
    for (int other : group) {
      if (other != item && binOf[other] == bin) {
        return true;
      }
    }
    return false;
  }

  /** The item's bin or {@link #NOWHERE}. */
  public int binOf(int item) {
    return binOf[item];
  }

  /** By item: its bin or {@link #NOWHERE}. */
  public int[] assignment() {
    return binOf.clone();
  }

  /** How many bins hold something. */
  public int binsUsed() {
    return (int) Arrays.stream(itemsIn).filter(count -> count > 0).count();
  }
}
