package dev.ballast.core.plan;

/** Who asked for a plan. */
public enum Origin {
  OPERATOR,
  BALANCER,
  ROLLBACK
}
