package dev.ballast.coordinator.store;

import org.jdbi.v3.core.Handle;

/** Counters that give out ids; each runs within the caller's transaction. */
final class Sequences {
  private Sequences() {}

  /** The next value, from 1. */
  static long next(Handle handle, String name) {
    return handle
        .createQuery(
            "INSERT INTO sequence (name, value) VALUES (:name, 1)"
                + " ON CONFLICT (name) DO UPDATE SET value = sequence.value + 1 RETURNING value")
        .bind("name", name)
        .mapTo(Long.class)
        .one();
  }

  /** Makes the next value at least {@code value + 1}. */
  static void raise(Handle handle, String name, long value) {
    handle
        .createUpdate(
            "INSERT INTO sequence (name, value) VALUES (:name, :value)"
                + " ON CONFLICT (name) DO UPDATE SET value = :value"
                + " WHERE sequence.value < :value")
        .bind("name", name)
        .bind("value", value)
        .execute();
  }

  /** The number within an id such as {@code plan-7}; 0, which no row has, for any other text. */
  static long numberOf(String prefix, String id) {
    if (!id.startsWith(prefix)) {
      return 0;
    }
    try {
      long number = Long.parseLong(id.substring(prefix.length()));
      return id.equals(prefix + number) ? number : 0;
    } catch (NumberFormatException e) {
      return 0;
    }
  }
}
