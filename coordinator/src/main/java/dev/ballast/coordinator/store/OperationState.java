package dev.ballast.coordinator.store;

/** What became of an operation. */
public enum OperationState {
  RUNNING,
  APPLIED,
  UNDONE,
  /** An agent refused before anything was changed. */
  REFUSED,
  FAILED,
  /** Hands off: people must look. */
  NEEDS_ATTENTION,
  /** A dry run that every agent accepted. */
  VERIFIED;

  public boolean isEnded() {
    return this != RUNNING;
  }
}
