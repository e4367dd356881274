package dev.ballast.core.action;

/** Why an agent did not act. */
public enum RefusalReason {
  /** The object differs from the expectation. */
  STALE,
  /** The command's term is lower than the highest seen. */
  OLD_TERM,
  /** The leader's stamp is older than its lease, or the deadline has passed. */
  EXPIRED,
  /** The command's number is at or below the low-water mark. */
  TOO_OLD,
  /** The agent does not know the action or a field. */
  UNSUPPORTED,
  /** The host, or the domain on it, is frozen. */
  FROZEN,
  /** The host lacks what the action needs. */
  MISSING_CAPABILITY,
  /** The action is not legal in the object's state. */
  ILLEGAL,
  /** The object belongs to another owner. */
  OTHER_OWNER,
  /** The agent cannot record its intent (disk full, read-only). */
  NO_JOURNAL,
  /** Another command holds the object, or the agent's queue is full. */
  BUSY
}
