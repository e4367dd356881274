package dev.ballast.core.settings;

import java.util.List;

/** A configuration file cannot be used; the message tells all its faults, one a line. */
public final class SettingsException extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient List<String> faults;

  public SettingsException(List<String> faults) {
    super(String.join("\n", faults));
    this.faults = List.copyOf(faults);
  }

  /** Each as {@code FILE:LINE: what is wrong and what would be right}. */
  public List<String> faults() {
    return faults;
  }
}
