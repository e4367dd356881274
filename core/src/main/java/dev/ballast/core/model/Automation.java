package dev.ballast.core.model;

/** What Ballast may do by itself: nothing, plan only, or plan and execute. */
public enum Automation {
  OFF,
  RECOMMEND,
  AUTO;

  /** The more careful of the two. */
  public Automation and(Automation other) {
    return compareTo(other) <= 0 ? this : other;
  }
}
