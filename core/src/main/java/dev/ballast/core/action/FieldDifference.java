package dev.ballast.core.action;

/** One field of an object that is not what the plan expected. */
public record FieldDifference(String field, String expected, String found) {
  @Override
  public String toString() {
    return field + ": expected " + expected + ", found " + found;
  }
}
