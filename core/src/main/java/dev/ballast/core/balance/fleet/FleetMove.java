package dev.ballast.core.balance.fleet;

/**
 * One VM goes to another host.
 *
 * @param vm index in the fleet
 * @param from index of the host it stands on
 * @param to index of the host it goes to
 */
public record FleetMove(int vm, int from, int to, Reason reason) {
  /** Why a VM moves. */
  public enum Reason {
    /** Its host's CPU is used up now. */
    OVERLOAD,
    /** Its host is committed to more than its policy tolerates. */
    RISK,
    /** Its host is emptied. */
    EMPTYING
  }
}
