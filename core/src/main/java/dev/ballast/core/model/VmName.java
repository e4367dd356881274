package dev.ballast.core.model;

import java.util.regex.Pattern;

/** The name of a VM, which is also the name of its domain. */
public record VmName(String value) implements Comparable<VmName> {
  /** At most 63 characters. */
  public static final Pattern FORM = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,62}");

  public VmName {
    if (!FORM.matcher(value).matches()) {
      throw new IllegalArgumentException(
          "'" + value + "' is not a VM name: letters, digits, '-', '_' and '.', at most 63");
    }
  }

  @Override
  public int compareTo(VmName other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
