package dev.ballast.core.model;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What was discarded on a host and can still come back: told, and emptied by a purge alone.
 *
 * @param files by path, the first {@link #LIMIT} of them
 */
public record Trash(SortedMap<String, Discarded> files) implements HostSetting {
  public static final String KEY = "trash";

  /** More files are not told of one host. */
  public static final int LIMIT = 1_000;

  /**
   * One discarded file.
   *
   * @param what it was, for people: {@code volume of web-1}
   * @param sizeBytes its length; sparse files take less
   * @param discardedEpochMillis when it came here, by its host's clock
   */
  public record Discarded(String what, long sizeBytes, long discardedEpochMillis) {}

  public Trash {
    files = Collections.unmodifiableSortedMap(new TreeMap<>(files));
    if (files.size() > LIMIT) {
      throw new IllegalArgumentException("at most " + LIMIT + " files of a trash are told");
    }
  }

  @Override
  public String key() {
    return KEY;
  }

  @Override
  public String describe() {
    return KEY + " " + (files.size() == 1 ? "1 file" : files.size() + " files");
  }

  @Override
  public String value() {
    return files.isEmpty() ? "empty" : String.join(", ", files.keySet());
  }
}
