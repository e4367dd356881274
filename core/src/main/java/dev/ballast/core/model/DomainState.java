package dev.ballast.core.model;

/** libvirt's state of a domain. */
public enum DomainState {
  RUNNING,
  PAUSED,
  SHUTTING_DOWN,
  SHUT_OFF,
  CRASHED,
  SUSPENDED,
  UNKNOWN;

  /** Whether a QEMU process holds the domain's memory. */
  public boolean isActive() {
    return this == RUNNING || this == PAUSED || this == SHUTTING_DOWN;
  }
}
