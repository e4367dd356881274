package dev.ballast.core.practice;

/** How much a finding matters, from least to most. */
public enum Severity {
  /** Worth knowing. */
  INFO,
  /** Costs speed or room, or forbids what is wanted later. */
  WARNING,
  /** Can lose data or stop guests. */
  ERROR
}
