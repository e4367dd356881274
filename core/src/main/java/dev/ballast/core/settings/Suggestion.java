package dev.ballast.core.settings;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** Finds the known word that was probably meant by an unknown one. Pure. */
public final class Suggestion {
  /** Longer words are never near to anything. */
  private static final int WORD_LIMIT = 64;

  private Suggestion() {}

  /** A remedy that names the nearest of the known words, if one is near. */
  public static Optional<String> hint(String written, Collection<String> known) {
    return nearest(written, known).map(word -> "did you mean '" + word + "'?");
  }

  /** The known word that takes the fewest edits, if these are few for its length. */
  public static Optional<String> nearest(String written, Collection<String> known) {
    if (written.isEmpty() || written.length() > WORD_LIMIT) {
      return Optional.empty();
    }
    String lower = written.toLowerCase(Locale.ROOT);
    return known.stream()
        .filter(word -> word.length() <= WORD_LIMIT)
        .map(word -> Near.of(lower, word))
        .filter(near -> near.distance <= limit(Math.max(written.length(), near.word.length())))
        .min(Near.ORDER)
        .map(Near::word);
  }

  /** Of words equally near the one that begins alike is more probable. */
  private record Near(String word, int distance, int alike) {
    static final Comparator<Near> ORDER =
        Comparator.comparingInt(Near::distance)
            .thenComparing(Comparator.comparingInt(Near::alike).reversed())
            .thenComparing(Near::word);

    static Near of(String written, String word) {
      String known = word.toLowerCase(Locale.ROOT);
      int alike = 0;
      while (alike < Math.min(written.length(), known.length())
          && written.charAt(alike) == known.charAt(alike)) {
        alike++;
      }
      return new Near(word, Suggestion.distance(written, known), alike);
    }
  }

  private static int limit(int length) {
    return Math.max(1, length / 3);
  }

  /** Damerau-Levenshtein: insertions, deletions, replacements, swaps of neighbours. */
  static int distance(String a, String b) {
    int[][] cost = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          cost[i][j] = i + j;
          continue;
        }
        int replaced = cost[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        cost[i][j] = Math.min(replaced, Math.min(cost[i - 1][j], cost[i][j - 1]) + 1);
        if (swapped(a, i, b, j)) {
          cost[i][j] = Math.min(cost[i][j], cost[i - 2][j - 2] + 1);
        }
      }
    }
    return cost[a.length()][b.length()];
  }

  private static boolean swapped(String a, int i, String b, int j) {
    return i > 1
        && j > 1
        && a.charAt(i - 1) == b.charAt(j - 2)
        && a.charAt(i - 2) == b.charAt(j - 1);
  }
}
