package dev.ballast.core.model;

import java.util.regex.Pattern;

/** The name by which VMs ask for a network. */
public record NetworkName(String value) implements Comparable<NetworkName> {
  /** At most 63 characters. */
  public static final Pattern FORM = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,62}");

  public NetworkName {
    if (!FORM.matcher(value).matches()) {
      throw new IllegalArgumentException(
          "'" + value + "' is not a network name: letters, digits, '-', '_' and '.', at most 63");
    }
  }

  @Override
  public int compareTo(NetworkName other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
