package dev.ballast.coordinator.execution;

/** Ends the coordinator at a chosen one of the points at which it touches the world. */
final class KillSwitch {
  /** The coordinator is dead. */
  static final class Killed extends Error {
    private static final long serialVersionUID = 1L;

    Killed() {
      super("killed", null, false, false);
    }
  }

  private final int at;
  private int passed;
  private boolean killed;

  /** Never kills for 0. */
  KillSwitch(int at) {
    this.at = at;
  }

  void point() {
    if (++passed == at || killed) {
      killed = true;
      throw new Killed();
    }
  }

  boolean killed() {
    return killed;
  }
}
