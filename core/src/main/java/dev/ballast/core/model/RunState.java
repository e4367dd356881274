package dev.ballast.core.model;

/** Whether a specified VM is to run. */
public enum RunState {
  RUNNING,
  STOPPED
}
