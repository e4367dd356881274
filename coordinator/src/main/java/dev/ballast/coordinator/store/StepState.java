package dev.ballast.coordinator.store;

/** Where a step of an operation stands. */
public enum StepState {
  WAITING,
  SENT,
  /** It has an outcome. */
  ENDED
}
