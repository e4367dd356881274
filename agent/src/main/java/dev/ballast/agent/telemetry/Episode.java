package dev.ballast.agent.telemetry;

/**
 * One hot spot from its first sample above the threshold to its end.
 *
 * <p>A sample stands for the time since the one before it. Half a sample is forgiven, so that a
 * hold time of three seconds is over with the third sample of a second each, though one came a
 * little early.
 */
final class Episode {
  /** The longest pause between two alerts of one spot. */
  static final long REPEAT_LIMIT_MILLIS = 600_000;

  /** What the last sample means. */
  enum Step {
    QUIET,
    RAISE,
    CLEAR,
    /** Nothing left to remember. */
    OVER
  }

  private final SpikeSettings settings;
  private long sinceEpochMillis;
  private long hotMillis;
  private long coolMillis;
  private long untilRepeatMillis;
  private long repeatMillis;
  private boolean raised;

  Episode(SpikeSettings settings) {
    this.settings = settings;
    this.repeatMillis = settings.repeatMillis();
  }

  long sinceEpochMillis() {
    return sinceEpochMillis;
  }

  Step next(boolean hot, boolean cool, long epochMillis, long elapsedMillis) {
    return raised
        ? whileRaised(hot, cool, elapsedMillis)
        : beforeRaise(hot, epochMillis, elapsedMillis);
  }

  private Step beforeRaise(boolean hot, long epochMillis, long elapsedMillis) {
    if (!hot) {
      return Step.OVER;
    }
    if (hotMillis == 0) {
      sinceEpochMillis = epochMillis;
    }
    hotMillis += Math.max(1, elapsedMillis);
    if (!holds(hotMillis, elapsedMillis)) {
      return Step.QUIET;
    }
    raised = true;
    untilRepeatMillis = repeatMillis;
    return Step.RAISE;
  }

  private Step whileRaised(boolean hot, boolean cool, long elapsedMillis) {
    untilRepeatMillis -= elapsedMillis;
    coolMillis = cool ? coolMillis + elapsedMillis : 0;
    if (cool && holds(coolMillis, elapsedMillis)) {
      return Step.CLEAR;
    }
    if (hot && untilRepeatMillis <= 0) {
      repeatMillis = Math.min(REPEAT_LIMIT_MILLIS, repeatMillis * 2);
      untilRepeatMillis = repeatMillis;
      return Step.RAISE;
    }
    return Step.QUIET;
  }

  private boolean holds(long millis, long elapsedMillis) {
    return millis + elapsedMillis / 2 >= settings.holdMillis();
  }
}
