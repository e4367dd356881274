package dev.ballast.agent.host.libvirt;

import java.util.List;

/** libvirt's numbers for a domain's state and the reason for it, in its own words. */
final class StateText {
  private static final int RUNNING = 1;
  private static final int PAUSED = 3;

  private static final List<String> STATES =
      List.of(
          "NO STATE",
          "RUNNING",
          "BLOCKED",
          "PAUSED",
          "SHUTTING DOWN",
          "SHUT OFF",
          "CRASHED",
          "SUSPENDED");

  private static final List<String> RUNNING_REASONS =
      List.of(
          "unknown",
          "booted",
          "migrated",
          "restored",
          "from snapshot",
          "unpaused",
          "migration canceled",
          "save canceled",
          "woken up",
          "crashed",
          "post-copy",
          "post-copy failed");

  private static final List<String> PAUSED_REASONS =
      List.of(
          "unknown",
          "user",
          "migration",
          "save",
          "dump",
          "I/O error",
          "watchdog",
          "from snapshot",
          "shutting down",
          "snapshot",
          "crashed",
          "starting up",
          "post-copy",
          "post-copy failed");

  private StateText() {}

  static String of(int state, int reason) {
    List<String> reasons =
        switch (state) {
          case RUNNING -> RUNNING_REASONS;
          case PAUSED -> PAUSED_REASONS;
          default -> List.of();
        };
    String why = reason >= 0 && reason < reasons.size() ? reasons.get(reason) : "reason " + reason;
    return (state >= 0 && state < STATES.size() ? STATES.get(state) : "state " + state)
        + " ("
        + why
        + ")";
  }
}
