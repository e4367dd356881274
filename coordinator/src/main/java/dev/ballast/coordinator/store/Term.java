package dev.ballast.coordinator.store;

/** The number of a leadership; a higher one deposes all lower ones. */
public record Term(long value) implements Comparable<Term> {
  public Term {
    if (value < 1) {
      throw new IllegalArgumentException("a term is at least 1, not " + value);
    }
  }

  @Override
  public int compareTo(Term other) {
    return Long.compare(value, other.value);
  }

  @Override
  public String toString() {
    return Long.toString(value);
  }
}
