package dev.ballast.core.model;

/**
 * At most so many running VMs of a group in one failure domain.
 *
 * @param over the label of hosts whose value names the domain, or {@link #EACH_HOST}
 */
public record SpreadRule(String group, String over, int atMost) {
  /** Each host is a failure domain of its own. */
  public static final String EACH_HOST = "host";

  public static final int LIMIT = 10_000;

  public SpreadRule {
    if (atMost < 1 || atMost > LIMIT) {
      throw new IllegalArgumentException("atMost is 1-" + LIMIT + ", not " + atMost);
    }
  }

  @Override
  public String toString() {
    return "at most " + atMost + " of '" + group + "' in one " + over;
  }
}
