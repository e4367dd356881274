package dev.ballast.core.model;

import java.util.regex.Pattern;

/**
 * A snapshot that a domain has, as libvirt tells it.
 *
 * @param createdEpochSeconds when it was taken, by its host's clock
 * @param runs whether it holds a running guest with its memory
 * @param external whether it lies in files of its own; reverting to such a one needs libvirt 9.9
 */
public record DomainSnapshot(
    String name, long createdEpochSeconds, boolean runs, boolean external) {
  /** More of one domain are not told. */
  public static final int LIMIT = 64;

  /** What Ballast calls a snapshot; those of others may be called otherwise. */
  public static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,62}");

  /** For people. */
  public String describe() {
    return name + (external ? " (external)" : "");
  }

  /**
   * Lets a name pass that Ballast can use.
   *
   * @throws IllegalArgumentException for any other
   */
  public static void checkName(String name) {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "a snapshot's name has letters, digits, '-', '_' and '.', at most 63, not '"
              + name
              + "'");
    }
  }
}
