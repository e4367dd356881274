package dev.ballast.core.search;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Who of which set of {@link Rules} sits where. To ask about one item and all bins costs as much as
 * its sets have members: {@link #look} marks the bins that they forbid.
 */
final class Company {
  private final Rules rules;
  private final int[] binOf; // the owner's own array
  private final int[][] apartMembers;
  private final int[][] togetherMembers;
  private final int[] spreadCount; // by spread set and domain
  private final int domains;
  private final int[] markOf; // by bin: the look that forbade it
  private final int[] fullDomain; // by spread set and domain: the look that found it full
  private final boolean[] scarce; // by profile: less than half of the bins are eligible
  private int look;
  private int onlyBin;
  private int[] looking = new int[0];

  Company(Rules rules, int[] binOf) {
    this.rules = rules;
    this.binOf = binOf;
    this.domains =
        1
            + IntStream.concat(
                    Arrays.stream(rules.domain()),
                    Arrays.stream(rules.domainOfSet()).flatMapToInt(Arrays::stream))
                .max()
                .orElse(0);
    this.markOf = new int[rules.domain().length];
    this.spreadCount = new int[rules.spreadLimit().length * domains];
    this.fullDomain = new int[spreadCount.length];
    this.scarce = new boolean[rules.eligible().length];
    for (int p = 0; p < scarce.length; p++) {
      scarce[p] = Arrays.stream(rules.eligible()[p]).map(Long::bitCount).sum() * 2 < markOf.length;
    }
    this.apartMembers = members(rules.apart());
    this.togetherMembers =
        members(
            Arrays.stream(rules.together())
                .mapToObj(set -> set == Rules.NO_SET ? new int[0] : new int[] {set})
                .toArray(int[][]::new));
    for (int item = 0; item < binOf.length; item++) {
      if (binOf[item] >= 0) {
        count(item, binOf[item], 1);
      }
    }
  }

  private static int[][] members(int[][] setsOf) {
    int sets = 1 + Arrays.stream(setsOf).flatMapToInt(Arrays::stream).max().orElse(-1);
    int[] size = new int[sets];
    Arrays.stream(setsOf).flatMapToInt(Arrays::stream).forEach(set -> size[set]++);
    int[][] members = new int[sets][];
    Arrays.setAll(members, set -> new int[size[set]]);
    for (int item = setsOf.length - 1; item >= 0; item--) {
      for (int set : setsOf[item]) {
        members[set][--size[set]] = item;
      }
    }
    return members;
  }

  /** The items that share the item's bin wherever it goes, itself among them. */
  int[] companions(int item) {
    int set = rules.together()[item];
    return set == Rules.NO_SET ? new int[] {item} : togetherMembers[set];
  }

  /** Whether the item may sit in less than half of the bins. */
  boolean isScarce(int item) {
    return scarce[rules.profile()[item]];
  }

  void count(int item, int bin, int change) {
    int set = rules.spread()[item];
    if (set != Rules.NO_SET) {
      spreadCount[set * domains + rules.domains(set)[bin]] += change;
    }
  }

  /** Prepares {@link #allows} for the item and those that go with it, which count as nowhere. */
  void look(int item) {
    look++;
    onlyBin = -1;
    looking = companions(item);
    for (int each : looking) {
      if (each != item && binOf[each] >= 0 && binOf[each] != binOf[item]) {
        onlyBin = binOf[each];
      }
    }
    for (int each : looking) {
      forbid(each, item);
    }
  }

  private void forbid(int each, int item) {
    for (int set : rules.apart()[each]) {
      for (int other : apartMembers[set]) {
        if (other != each && binOf[other] >= 0 && !goesWith(other, item)) {
          markOf[binOf[other]] = look;
        }
      }
    }
    int set = rules.spread()[each];
    if (set != Rules.NO_SET) {
      int own = binOf[each] >= 0 ? rules.domains(set)[binOf[each]] : -1;
      for (int domain = 0; domain < domains; domain++) {
        int there = spreadCount[set * domains + domain] - (domain == own ? 1 : 0);
        if (there >= rules.spreadLimit()[set]) {
          fullDomain[set * domains + domain] = look;
        }
      }
    }
  }

  private boolean goesWith(int other, int item) {
    return other == item
        || (rules.together()[item] != Rules.NO_SET
            && rules.together()[other] == rules.together()[item]);
  }

  /** Whether the item last looked at may sit in the bin beside those that are there. */
  boolean allows(int bin) {
    return markOf[bin] != look
        && (onlyBin < 0 || onlyBin == bin)
        && areEligible(bin)
        && noneIsFull(bin);
  }

  private boolean noneIsFull(int bin) {
    for (int each : looking) {
      int set = rules.spread()[each];
      if (set != Rules.NO_SET && fullDomain[set * domains + rules.domains(set)[bin]] == look) {
        return false;
      }
    }
    return true;
  }

  private boolean areEligible(int bin) {
    for (int each : looking) {
      if (!rules.isEligible(each, bin)) {
        return false;
      }
    }
    return true;
  }
}
