package dev.ballast.core.model;

import java.util.regex.Pattern;

/** The name of a host, as in its certificate. */
public record HostName(String value) implements Comparable<HostName> {
  /** At most 63 characters. */
  public static final Pattern FORM = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,62}");

  public HostName {
    if (!FORM.matcher(value).matches()) {
      throw new IllegalArgumentException(
          "'" + value + "' is not a host name: letters, digits, '-', '_' and '.', at most 63");
    }
  }

  @Override
  public int compareTo(HostName other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
