package dev.ballast.agent.host.ovs;

/** Why Open vSwitch's database did not do what was asked; for people. */
public final class OvsdbFault extends Exception {
  private static final long serialVersionUID = 1;

  private final boolean refused;

  private OvsdbFault(String message, boolean refused) {
    super(message);
    this.refused = refused;
  }

  /** The database answered with an error: nothing was changed. */
  static OvsdbFault refused(String message) {
    return new OvsdbFault(message, true);
  }

  /** There was no answer: whether a change was made must be looked at. */
  static OvsdbFault unreachable(String message) {
    return new OvsdbFault(message, false);
  }

  /** Whether the database answered, so that nothing was changed. */
  public boolean isRefused() {
    return refused;
  }
}
