package dev.ballast.wire;

/** Names of what an agent can do besides what every agent of its contract version does. */
public final class Features {
  /** It answers {@code DomainQuery}. */
  public static final String DOMAIN_QUERY = "domain-query";

  /** It undoes a command by itself that is not confirmed in time. */
  public static final String COMMIT_CONFIRMED = "commit-confirmed";

  private Features() {}
}
