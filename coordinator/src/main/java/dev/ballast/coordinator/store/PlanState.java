package dev.ballast.coordinator.store;

/** Where a stored plan stands. */
public enum PlanState {
  /** The balancer made it and waits for an operator. */
  RECOMMENDED,
  /** An operator asked for it. */
  PLANNED,
  EXECUTED,
  /** A newer plan took its place. */
  SUPERSEDED
}
