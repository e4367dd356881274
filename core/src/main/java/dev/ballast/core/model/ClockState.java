package dev.ballast.core.model;

/** Whether a host's clock follows a time source. */
public enum ClockState {
  SYNCHRONISED,
  NOT_SYNCHRONISED,
  /** Nobody on the host can tell. */
  UNKNOWN
}
