package dev.ballast.coordinator.api;

/** Knows who makes the current call. */
@FunctionalInterface
public interface Operators {
  /** The operator's name from its certificate; {@code local} in plaintext. */
  String current();
}
