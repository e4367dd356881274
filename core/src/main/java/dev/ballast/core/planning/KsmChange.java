package dev.ballast.core.planning;

import dev.ballast.core.model.KsmSettings;
import java.util.Optional;

/** The KSM knobs that are to change; absent ones stay as they are. */
public record KsmChange(
    Optional<Integer> run,
    Optional<Long> pagesToScan,
    Optional<Long> sleepMillis,
    Optional<Boolean> mergeAcrossNodes) {
  /** A change that leaves merging across nodes as it is. */
  public KsmChange(Optional<Integer> run, Optional<Long> pagesToScan, Optional<Long> sleepMillis) {
    this(run, pagesToScan, sleepMillis, Optional.empty());
  }

  public static KsmChange run(int run) {
    return new KsmChange(Optional.of(run), Optional.empty(), Optional.empty());
  }

  /** All knobs. */
  public static KsmChange to(KsmSettings settings) {
    return new KsmChange(
        Optional.of(settings.run()),
        Optional.of(settings.pagesToScan()),
        Optional.of(settings.sleepMillis()),
        settings.mergeAcrossNodes());
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
        sleepMillis.orElse(settings.sleepMillis()),
        mergeAcrossNodes.or(settings::mergeAcrossNodes));
  }
}
