package dev.ballast.coordinator.store;

/** Why a command was sent. */
public enum CommandPurpose {
  EXECUTE,
  /** Takes back what an earlier command of the same operation did. */
  UNDO,
  VERIFY
}
