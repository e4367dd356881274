package dev.ballast.agent.executor;

/** Where an object stands between the state before an action and the action's target. */
public enum Standing {
  /** The action's target holds. */
  TARGET,
  /** As it was before the action. */
  BEFORE,
  /** In between: a state that the action's own sequence of steps can produce. */
  OWN_STEP,
  /** Something else did this. */
  FOREIGN,
  /** It has left this host; whether as the action wanted, only another host can tell. */
  ELSEWHERE
}
