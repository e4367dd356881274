package dev.ballast.core.spec;

import java.util.Comparator;
import java.util.Optional;

/**
 * What is wrong with a specification, and where; ordered by place.
 *
 * @param line counts from 1
 * @param column counts from 1
 * @param hint the remedy, where the message does not tell it
 */
public record Fault(String path, int line, int column, String message, Optional<String> hint)
    implements Comparable<Fault> {
  private static final Comparator<Fault> ORDER =
      Comparator.comparing(Fault::location)
          .thenComparing(Fault::message)
          .thenComparing(fault -> fault.hint().orElse(""));

  static Fault at(Location at, String message, Optional<String> hint) {
    return new Fault(at.path(), at.line(), at.column(), message, hint);
  }

  public Location location() {
    return new Location(path, line, column);
  }

  @Override
  public int compareTo(Fault other) {
    return ORDER.compare(this, other);
  }

  /** One line: {@code web.yaml:4:1: unknown key 'vcpu' (did you mean 'vcpus'?)}. */
  @Override
  public String toString() {
    return location() + ": " + message + hint.map(text -> " (" + text + ")").orElse("");
  }
}
