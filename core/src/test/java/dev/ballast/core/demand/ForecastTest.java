package dev.ballast.core.demand;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class ForecastTest {
  @Property
  void aForecastStaysWithinWhatIsPossible(
      @ForAll @Size(min = 1, max = 50) List<@DoubleRange(max = 5_000) Double> samples,
      @ForAll @IntRange(max = 100) int steps) {
    HoltForecast forecast = HoltForecast.from(samples.getFirst(), 1_000);
    for (double sample : samples) {
      forecast = forecast.next(sample, 0.3, 0.2);
    }
    assertThat(forecast.ahead(steps)).isBetween(0.0, 1_000.0);
  }

  @Property
  void whatDoesNotChangeIsForecastToStay(
      @ForAll @DoubleRange(max = 1_000) double value, @ForAll @IntRange(max = 20) int steps) {
    HoltForecast forecast = HoltForecast.from(value, 1_000);
    for (int sample = 0; sample < 20; sample++) {
      forecast = forecast.next(value, 0.3, 0.2);
    }
    assertThat(forecast.ahead(steps)).isCloseTo(value, within(1e-6));
  }

  @Test
  void aRiseIsCarriedOnButNotForEver() {
    HoltForecast forecast = HoltForecast.from(100, 10_000);
    for (int sample = 1; sample <= 30; sample++) {
      forecast = forecast.next(100 + 10 * sample, 0.5, 0.5);
    }
    assertThat(forecast.ahead(1)).isGreaterThan(forecast.level());
    assertThat(forecast.ahead(3)).isGreaterThan(forecast.ahead(1));
    // d + d² + … is at most d / (1 − d) = 4 times the trend
    assertThat(forecast.ahead(1_000))
        .isLessThanOrEqualTo(forecast.level() + 4.01 * forecast.trend());
    assertThatThrownBy(() -> HoltForecast.from(1, 1).ahead(-1)).hasMessageContaining("0-1000");
  }

  @Property
  void aLevelLiesAmongItsSamples(
      @ForAll @Size(min = 1, max = 50) List<@DoubleRange(max = 5_000) Double> samples) {
    DemandLevel level = DemandLevel.prior(samples.getFirst(), 0);
    for (double sample : samples) {
      level = level.next(sample, 0.06, 0.03);
    }
    assertThat(level.mean())
        .isBetween(
            samples.stream().mapToDouble(x -> x).min().orElse(0) - 1e-9,
            samples.stream().mapToDouble(x -> x).max().orElse(0) + 1e-9);
    assertThat(level.deviation()).isBetween(0.0, 5_000.0);
  }

  @Test
  void theFirstSamplesAreAveragedWithThePrior() {
    // prior 10, samples 40 and 70: means 25 (gain 1/2) and 40 (gain 1/3);
    // variance 0 → 450 (half of 30²) → 450 + (45² − 450) / 3 = 975
    DemandLevel level = DemandLevel.prior(10, 0).next(40, 0.01, 0.01).next(70, 0.01, 0.01);

    assertThat(level.mean()).isCloseTo(40, within(1e-9));
    assertThat(level.variance()).isCloseTo(975, within(1e-9));
    assertThat(level.samples()).isEqualTo(2);
  }

  @Test
  void laterSamplesCountByTheGain() {
    DemandLevel level = new DemandLevel(100, 0, 1_000).next(200, 0.1, 0.2);

    assertThat(level.mean()).isCloseTo(110, within(1e-9));
    assertThat(level.variance()).isCloseTo(2_000, within(1e-9));
  }
}
