package dev.ballast.coordinator.cli;

import java.util.Locale;

/** How a listing is printed. */
enum Format {
  /** For people. */
  TABLE,
  /** For people with wide terminals: more columns. */
  WIDE,
  /** For programs: protobuf's JSON mapping of the API's messages. */
  JSON,
  /** The same as YAML. */
  YAML;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
