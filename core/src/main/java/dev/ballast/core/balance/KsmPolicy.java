package dev.ballast.core.balance;

/**
 * Who decides about same-page merging, and how often.
 *
 * @param intervalMillis from one look at the hosts to the next: what a decision measures
 * @param holdMillis how long a host rests after a change, and how long a scanner that was started
 *     is measured before it is judged
 */
public record KsmPolicy(Mode mode, long intervalMillis, long holdMillis) {
  public static final KsmPolicy DEFAULT = new KsmPolicy(Mode.OFF, 600_000, 1_800_000);

  /** What is done about it without being asked. */
  public enum Mode {
    /** Nothing: operators switch it. */
    OFF,
    /** It runs wherever guests could share. */
    ON,
    /** It runs where what it saves is worth what it takes. */
    AUTO
  }

  public KsmPolicy {
    if (intervalMillis < 1_000 || holdMillis < intervalMillis) {
      throw new IllegalArgumentException(
          "intervalMillis is at least 1000, holdMillis at least intervalMillis");
    }
  }
}
