package dev.ballast.bench.synthetic;

import dev.ballast.core.search.Rules;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Seeded rules of every kind for a synthetic cluster: racks of 20 hosts; six host labels (of
 * storage, network, CPU kind), each on 70 % of the hosts and wanted by 4 % of the VMs; 2 % of the
 * VMs banned from a tenth of the hosts and 1 % pinned to a tenth; 4 % in anti-affinity sets of 2 to
 * 6 across spread groups; 2 % in affinity pairs; 4 % in spread sets of 4 to 12, at most 2 in a rack
 * (more where there are few racks).
 *
 * <p>A VM that comes later has sets with one or two of the VMs that are there, and also meets
 * tainted hosts (5 %, tolerated by every tenth such VM) and hosts in maintenance (3 %).
 */
final class SyntheticRules {
  private static final int RACK = 20;
  private static final int LABELS = 6;
  private static final double LABELLED = 0.7;
  private static final double TAINTED = 0.05;
  private static final double IN_MAINTENANCE = 0.03;

  private final int hosts;
  private final int items;
  private final Random random;
  private final List<long[]> profiles = new ArrayList<>();
  private final List<Integer> spreadLimits = new ArrayList<>();
  private final int[] profile;
  private final int[][] apart;
  private final int[] together;
  private final int[] spread;
  private int sets;

  private SyntheticRules(int hosts, int items, long seed) {
    this.hosts = hosts;
    this.items = items;
    this.random = new Random(seed);
    this.profile = new int[items];
    this.apart = new int[items][0];
    this.together = new int[items];
    this.spread = new int[items];
  }

  /**
   * Rules for that many VMs, of which the last {@code late} come when hosts are already full; those
   * before {@code first} only belong to sets of others.
   */
  static Rules generate(int hosts, int items, int late, int first, long seed) {
    return new SyntheticRules(hosts, items, seed).build(items - late, first);
  }

  private Rules build(int early, int first) {
    profiles.add(Rules.every(hosts));
    java.util.Arrays.fill(together, Rules.NO_SET);
    java.util.Arrays.fill(spread, Rules.NO_SET);
    eligibility(early, first);
    sets(early, first);
    int[] domain = new int[hosts];
    java.util.Arrays.setAll(domain, host -> host / RACK);
    return new Rules(
        profile,
        profiles.toArray(long[][]::new),
        apart,
        together,
        spread,
        spreadLimits.stream().mapToInt(Integer::intValue).toArray(),
        domain);
  }

  private long[] some(double share) {
    long[] row = new long[(hosts + 63) / 64];
    row[0] = 1; // one host at least
    for (int host = 0; host < hosts; host++) {
      row[host >> 6] |= random.nextDouble() < share ? 1L << host : 0;
    }
    return row;
  }

  private void eligibility(int early, int first) {
    for (int label = 0; label < LABELS; label++) {
      profiles.add(some(LABELLED));
    }
    int banned = profiles.size();
    profiles.add(some(0.9));
    int pinned = profiles.size();
    profiles.add(some(0.1));
    for (int item = first; item < items; item++) {
      double dice = random.nextDouble();
      if (dice < 0.24) {
        profile[item] = 1 + random.nextInt(LABELS);
      } else if (dice < 0.26) {
        profile[item] = banned;
      } else if (dice < 0.27) {
        profile[item] = pinned;
      }
    }
    late(early);
  }

  /** Tolerating or not, no later VM goes to a host in maintenance. */
  private void late(int early) {
    long[] untainted = some(1 - TAINTED);
    long[] working = some(1 - IN_MAINTENANCE);
    int before = profiles.size();
    for (boolean tolerates : new boolean[] {false, true}) {
      for (int p = 0; p < before; p++) {
        long[] row = profiles.get(p).clone();
        for (int word = 0; word < row.length; word++) {
          row[word] &= working[word] & (tolerates ? -1L : untainted[word]);
        }
        profiles.add(row);
      }
    }
    for (int item = early; item < items; item++) {
      profile[item] += random.nextInt(10) == 0 ? 2 * before : before;
    }
  }

  private void sets(int early, int first) {
    for (int item = first; item < items; item++) {
      double dice = random.nextDouble();
      if (dice < 0.01) {
        apart(item, item < early ? 2 + random.nextInt(5) : 2, early);
      } else if (dice < 0.02) {
        together(item, early);
      } else if (dice < 0.025) {
        spread(item, item < early ? 4 + random.nextInt(9) : 3, early);
      }
    }
  }

  /** The VM itself or, for a later one, VMs that are there already. */
  private int other(int item, int early) {
    return item < early ? random.nextInt(early) : random.nextInt(Math.max(1, early));
  }

  private void apart(int item, int size, int early) {
    int set = sets++;
    int member = item;
    for (int i = 0; i < size; i++) {
      int[] longer = java.util.Arrays.copyOf(apart[member], apart[member].length + 1);
      longer[longer.length - 1] = set;
      if (java.util.Arrays.stream(apart[member]).noneMatch(s -> s == set)
          && together[member] == Rules.NO_SET) {
        apart[member] = longer;
      }
      member = other(item, early);
    }
  }

  /** Two VMs alike that nothing else ties. */
  private void together(int item, int early) {
    int other = other(item, early);
    if (isFree(item) && isFree(other) && item != other) {
      profile[other] = 0;
      profile[item] = item < early ? 0 : profile[item];
      together[item] = sets;
      together[other] = sets++;
    }
  }

  private boolean isFree(int item) {
    return apart[item].length == 0
        && together[item] == Rules.NO_SET
        && spread[item] == Rules.NO_SET;
  }

  private void spread(int item, int size, int early) {
    int set = spreadLimits.size();
    spreadLimits.add(2 + 12 / (1 + hosts / RACK));
    int member = item;
    for (int i = 0; i < size; i++) {
      if (spread[member] == Rules.NO_SET && together[member] == Rules.NO_SET) {
        spread[member] = set;
      }
      member = other(item, early);
    }
  }
}
