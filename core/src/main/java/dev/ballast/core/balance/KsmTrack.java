package dev.ballast.core.balance;

import dev.ballast.core.model.KsmLoad;
import dev.ballast.core.model.KsmSettings;
import java.util.Optional;

/**
 * What a judge remembers of one host from look to look.
 *
 * @param last what it saw at its last look
 * @param changedMillis when the settings last changed, by whomever; 0 when it did not see that
 * @param poor looks in a row at which the scanner was not worth what it took
 * @param failures trials in a row that ended so; none once one was worth it
 */
public record KsmTrack(Optional<Look> last, long changedMillis, int poor, int failures) {
  public static final KsmTrack NEW = new KsmTrack(Optional.empty(), 0, 0, 0);

  /** One look. */
  public record Look(long epochMillis, KsmSettings settings, KsmLoad load) {}
}
