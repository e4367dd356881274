package dev.ballast.coordinator.execution;

/** A plan is not executed; nothing was changed. The message says what stands against it. */
public final class ExecutionRefused extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** What kind of obstacle it is. */
  public enum Kind {
    NOT_FOUND,
    /** What the plan was made against has changed. */
    STALE,
    /** The cluster's state forbids it now. */
    PRECONDITION,
    /** The store cannot write, or too much is going on. */
    UNAVAILABLE
  }

  private final Kind kind;

  public ExecutionRefused(Kind kind, String message) {
    super(message);
    this.kind = kind;
  }

  public Kind kind() {
    return kind;
  }
}
