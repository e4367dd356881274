package dev.ballast.core.settings;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** Finds the known word that was probably meant: the one that takes the fewest edits, if few. */
final class NearestWord {
  /** Longer words are never near to anything. */
  private static final int WORD_LIMIT = 64;

  private static final int EDIT_LIMIT = 3;

  private NearestWord() {}

  static Optional<String> of(String written, Collection<String> known) {
    if (written.length() > WORD_LIMIT) {
      return Optional.empty();
    }
    return known.stream()
        .filter(word -> edits(written, word) <= Math.min(EDIT_LIMIT, word.length() / 2))
        .min(Comparator.comparingInt((String word) -> edits(written, word)).thenComparing(w -> w));
  }

  private static int edits(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return row[b.length()];
  }
}
