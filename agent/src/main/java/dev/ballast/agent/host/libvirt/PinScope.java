package dev.ballast.agent.host.libvirt;

/**
 * Which of a domain's pins or limits a call writes: the persistent ones, the running domain's, or
 * both.
 */
public enum PinScope {
  CONFIG,
  LIVE,
  BOTH
}
