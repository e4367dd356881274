package dev.ballast.agent.executor;

/** Why an action or an observation failed; for people. */
public final class ExecutionFault extends Exception {
  private static final long serialVersionUID = 1;

  public ExecutionFault(String message) {
    super(message);
  }
}
