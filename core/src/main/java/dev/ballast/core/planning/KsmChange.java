package dev.ballast.core.planning;

import dev.ballast.core.model.KsmSettings;
import java.util.Optional;

/** The KSM knobs that are to change; absent ones stay as they are. */
public record KsmChange(
    Optional<Integer> run, Optional<Long> pagesToScan, Optional<Long> sleepMillis) {
  public static KsmChange run(int run) {
    return new KsmChange(Optional.of(run), Optional.empty(), Optional.empty());
  }

  /** All knobs. */
  public static KsmChange to(KsmSettings settings) {
    return new KsmChange(
        Optional.of(settings.run()),
        Optional.of(settings.pagesToScan()),
        Optional.of(settings.sleepMillis()));
  }

  /**
   * The settings after the change.
   *
   * @throws IllegalArgumentException naming the knob that is out of its bounds
   */
  public KsmSettings applyTo(KsmSettings settings) {
    return new KsmSettings(
        run.orElse(settings.run()),
        pagesToScan.orElse(settings.pagesToScan()),
        sleepMillis.orElse(settings.sleepMillis()));
  }
}
