package dev.ballast.core.action;

/**
 * One typed change on one host. The set is closed; what can be undone and what cannot are sealed
 * apart, because a final action stands alone in its command, after the reversible ones.
 */
public sealed interface Action permits Reversible, Final {
  /** The object that the action changes; one operation holds an object at a time. */
  ObjectKey object();

  /** One line for people, without the host. */
  String describe();

  /**
   * Whether the host keeps over a reboot what the action set; what it loses, its agent restores.
   */
  default boolean survivesReboot() {
    return true;
  }
}
