package dev.ballast.core.drift;

import dev.ballast.core.action.ObjectKey;
import dev.ballast.core.model.HostName;

/** One field of an object on a host that is not what was assigned or specified. */
public record Drift(HostName host, ObjectKey object, String field, String expected, String found) {
  @Override
  public String toString() {
    return host + " " + object + " " + field + ": expected " + expected + ", found " + found;
  }
}
