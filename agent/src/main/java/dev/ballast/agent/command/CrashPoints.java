package dev.ballast.agent.command;

/**
 * The places between the steps of a command where the process could die. A test throws here; the
 * agent does nothing.
 */
@FunctionalInterface
public interface CrashPoints {
  CrashPoints NONE = place -> {};

  void at(String place);
}
