package dev.ballast.core.search;

/**
 * Hard constraints of a cluster between items and bins, to which what people specify is lowered.
 *
 * <ul>
 *   <li><em>Eligibility</em>: an item of a profile may only sit in the profile's bins. Labels,
 *       taints and tolerations, pinned and banned hosts, networks and storage within reach, CPU
 *       compatibility and maintenance are all of this kind; a profile is one combination of them.
 *   <li><em>Apart</em> (anti-affinity): no two items of a set share a bin.
 *   <li><em>Together</em> (affinity): the items of a set share one bin.
 *   <li><em>Spread</em>: at most {@code spreadLimit} items of a set are in one failure domain.
 * </ul>
 *
 * @param profile by item: a row of {@code eligible}
 * @param eligible by profile: bins as bits, 64 a word
 * @param apart by item: its sets, in any order
 * @param together by item: its set, or {@link #NO_SET}
 * @param spread by item: its set, or {@link #NO_SET}
 * @param spreadLimit by spread set
 * @param domain by bin: its failure domain, for sets without a row of their own
 * @param domainOfSet by spread set, then bin; shorter than the sets, or with empty rows, where
 *     {@code domain} holds
 */
@SuppressWarnings("ArrayRecordComponent") // as large as the problem's own arrays
public record Rules(
    int[] profile,
    long[][] eligible,
    int[][] apart,
    int[] together,
    int[] spread,
    int[] spreadLimit,
    int[] domain,
    int[][] domainOfSet) {
  /** Of an item that is in no set. */
  public static final int NO_SET = -1;

  /** Rules whose spread sets all have the same failure domains. */
  public Rules(
      int[] profile,
      long[][] eligible,
      int[][] apart,
      int[] together,
      int[] spread,
      int[] spreadLimit,
      int[] domain) {
    this(profile, eligible, apart, together, spread, spreadLimit, domain, new int[0][]);
  }

  /** By bin: the failure domain that a spread set sees it in. */
  public int[] domains(int set) {
    return set < domainOfSet.length && domainOfSet[set].length > 0 ? domainOfSet[set] : domain;
  }

  /** No constraint at all. */
  public static Rules none(int items, int bins) {
    int[] noSet = new int[items];
    java.util.Arrays.fill(noSet, NO_SET);
    return new Rules(
        new int[items],
        new long[][] {every(bins)},
        new int[items][0],
        noSet,
        noSet,
        new int[0],
        new int[bins]);
  }

  /** A row of {@link #eligible} with every bin in it. */
  public static long[] every(int bins) {
    long[] row = new long[(bins + 63) / 64];
    for (int bin = 0; bin < bins; bin++) {
      row[bin >> 6] |= 1L << bin;
    }
    return row;
  }

  /** Whether the item's profile lets it sit in the bin. */
  public boolean isEligible(int item, int bin) {
    return (eligible[profile[item]][bin >> 6] >>> bin & 1) != 0;
  }
}
