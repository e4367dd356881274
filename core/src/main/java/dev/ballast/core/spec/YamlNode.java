package dev.ballast.core.spec;

import java.util.List;
import java.util.SequencedMap;
import java.util.Set;

/** YAML as written: texts, lists and mappings with their places. */
sealed interface YamlNode {
  Location at();

  /**
   * A text, number or word.
   *
   * @param plain whether it was written without quotes
   */
  record Scalar(Location at, String text, boolean plain) implements YamlNode {
    private static final Set<String> NULLS = Set.of("", "~", "null", "Null", "NULL");

    /** Whether it says that there is no value: nothing at all, {@code ~} or {@code null}. */
    boolean isNull() {
      return plain && NULLS.contains(text);
    }
  }

  /** A list. */
  record Sequence(Location at, List<YamlNode> items) implements YamlNode {}

  /** Keys with their values. */
  record Mapping(Location at, SequencedMap<String, Entry> entries) implements YamlNode {}

  /** What could not be read; its fault has been told. */
  record Broken(Location at) implements YamlNode {}

  /** The value of a key. */
  record Entry(Location keyAt, YamlNode value) {}
}
