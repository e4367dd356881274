package dev.ballast.core.demand;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Collections;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class DecayingHistogramTest {
  private static final double DAY = 86_400;

  private static DecayingHistogram histogram() {
    return new DecayingHistogram(10_000, 10, 1.05, DAY);
  }

  @Property
  void aPercentileIsNeverTooSmallAndTooLargeByABucketAtMost(
      @ForAll @Size(min = 1, max = 60) List<@DoubleRange(max = 9_999) Double> samples,
      @ForAll @IntRange(min = 1, max = 100) int percent) {
    DecayingHistogram histogram = histogram();
    samples.forEach(sample -> histogram.add(sample, 0));

    double exact = nearestRank(samples, percent);
    assertThat(histogram.percentile(percent))
        .isBetween(exact, exact + histogram.widthAt(exact) * (1 + 1e-9));
  }

  private static double nearestRank(List<Double> samples, int percent) {
    List<Double> sorted = samples.stream().sorted().toList();
    return sorted.get(Math.ceilDiv(percent * sorted.size(), 100) - 1);
  }

  @Property
  void orderDoesNotMatter(
      @ForAll @Size(min = 1, max = 40) List<@DoubleRange(max = 9_999) Double> samples,
      @ForAll @IntRange(min = 1, max = 100) int percent) {
    DecayingHistogram forwards = histogram();
    DecayingHistogram backwards = histogram();
    for (int at = 0; at < samples.size(); at++) {
      int other = samples.size() - 1 - at;
      forwards.add(samples.get(at), at * 300.0);
      backwards.add(samples.get(other), other * 300.0);
    }
    // weights are summed in another order: a percentile may fall on the other side of a border
    assertThat(forwards.percentile(percent))
        .isBetween(
            backwards.percentile(Math.max(1e-9, percent - 1e-6)),
            backwards.percentile(Math.min(100, percent + 1e-6)));
  }

  @Test
  void aSampleCountsHalfAfterAHalfLife() {
    // one old sample high, one new low: weights 1 and 2, so the low one holds 66.7 %
    DecayingHistogram histogram = histogram();
    histogram.add(5_000, 0);
    histogram.add(100, DAY);

    assertThat(histogram.percentile(66)).isCloseTo(100, within(15.0));
    assertThat(histogram.percentile(67)).isCloseTo(5_000, within(300.0));
  }

  @Test
  void yearsOfSamplesStayWithinWhatADoubleHolds() {
    DecayingHistogram histogram = histogram();
    histogram.add(5_000, 0);
    for (int day = 1; day <= 5_000; day++) {
      histogram.add(100, day * DAY);
    }
    assertThat(histogram.percentile(99.9)).isCloseTo(100, within(15.0));
    histogram.add(2_000, 5_000 * DAY);
    assertThat(histogram.percentile(60)).isCloseTo(100, within(15.0));
    assertThat(histogram.percentile(70)).isCloseTo(2_000, within(150.0));
  }

  @Test
  void noSampleIsNoDemandAndTooLargeOnesCountAsTheMost() {
    DecayingHistogram histogram = histogram();
    assertThat(histogram.percentile(99)).isZero();
    histogram.add(1e12, 0);
    assertThat(histogram.percentile(50)).isCloseTo(10_000, within(1_500.0));
  }

  @Test
  void senselessArgumentsAreRefused() {
    assertThatThrownBy(() -> new DecayingHistogram(1, 1, 1, 1)).hasMessageContaining("ratio > 1");
    assertThatThrownBy(() -> new DecayingHistogram(1e9, 1, 1.0000001, 1))
        .hasMessageContaining("at most 10000");
    assertThatThrownBy(() -> histogram().percentile(0)).hasMessageContaining("above 0");
    assertThatThrownBy(() -> histogram().add(-1, 0)).hasMessageContaining("0 or more");
    assertThat(Collections.singletonList(histogram().percentile(100))).containsExactly(0.0);
  }
}
