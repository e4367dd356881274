package dev.ballast.agent.stream;

/** Takes questions about definitions; answers come through the outbox. */
@FunctionalInterface
public interface Questions {
  /** Must return at once; {@code domain} is empty for the domains that no observation tells of. */
  void ask(long queryId, String domain);
}
