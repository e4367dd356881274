package dev.ballast.core.search;

/** What a placement of a cluster is to be like, once it keeps to every limit. */
public enum Aim {
  /** Nothing but the end of overload: as few changes as possible. */
  STABLE,
  /** Even shares of what hosts are loaded with. */
  BALANCE,
  /** As few hosts in use as possible. */
  CONSOLIDATE
}
