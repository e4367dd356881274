package dev.ballast.core.demand;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ballast.core.model.HostLoad;
import dev.ballast.core.model.VmLoad;
import dev.ballast.core.model.VmName;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class DemandEstimatorTest {
  private static final VmName VM = new VmName("web-1");

  @Test
  void threeGuestsOfFortyPercentOnOneCpuAreNotTakenForWholeCpus() {
    VmDemand demand = estimate(Collections.nCopies(10, load(333, 667)));

    assertThat(demand).isEqualTo(new VmDemand(VM, 333, 416, 1000));
  }

  @Test
  void aVmThatWaitsForNothingWantsWhatItGets() {
    assertThat(estimate(Collections.nCopies(10, load(400, 0))))
        .isEqualTo(new VmDemand(VM, 400, 400, 400));
  }

  @Test
  void whatItTookWhenNothingHeldItCountsMoreThanWhatItGetsNow() {
    List<VmLoad> window =
        Stream.concat(
                Collections.nCopies(5, load(600, 0)).stream(),
                Collections.nCopies(5, load(300, 700)).stream())
            .toList();

    assertThat(estimate(window)).isEqualTo(new VmDemand(VM, 450, 750, 1000));
  }

  @Test
  void onlyTheNewestSamplesCount() {
    List<VmLoad> window =
        Stream.concat(
                Collections.nCopies(50, load(900, 0)).stream(),
                Collections.nCopies(10, load(100, 0)).stream())
            .toList();

    assertThat(estimate(window).expectedMillis()).isEqualTo(100);
  }

  @Test
  void noSampleIsNoDemand() {
    assertThat(estimate(List.of())).isEqualTo(new VmDemand(VM, 0, 0, 0));
  }

  @Test
  void aHostsSamplesGiveEachVmItsOwnDemand() {
    HostLoad sample =
        new HostLoad(
            1,
            500,
            0,
            List.of(),
            List.of(load(100, 0), new VmLoad(new VmName("web-2"), 1500, 2000)));

    var demands =
        DemandEstimator.estimate(
            List.of(sample), Map.of(new VmName("web-2"), 2), DemandPolicy.DEFAULT);

    assertThat(demands.get(VM)).isEqualTo(new VmDemand(VM, 100, 100, 100));
    assertThat(demands.get(new VmName("web-2")))
        .isEqualTo(new VmDemand(new VmName("web-2"), 1500, 1875, 2000));
  }

  @Property
  void theGuessLiesBetweenWhatItGotAndThatWithWhatItWaitedFor(
      @ForAll @Size(min = 1, max = 30) List<@LongRange(max = 4000) Long> usage,
      @ForAll @LongRange(max = 8000) long contention,
      @ForAll @IntRange(min = 1, max = 4) int vcpus) {
    List<VmLoad> window = usage.stream().map(u -> load(u, contention)).toList();

    VmDemand demand = DemandEstimator.estimate(VM, window, vcpus, DemandPolicy.DEFAULT);

    assertThat(demand.lowMillis()).isBetween(0L, Collections.max(usage));
    assertThat(demand.expectedMillis()).isBetween(demand.lowMillis(), demand.highMillis());
    assertThat(demand.highMillis())
        .isLessThanOrEqualTo(Math.max(Collections.max(usage), 1000L * vcpus));
  }

  private static VmDemand estimate(List<VmLoad> window) {
    return DemandEstimator.estimate(VM, window, 1, DemandPolicy.DEFAULT);
  }

  private static VmLoad load(long usage, long contention) {
    return new VmLoad(VM, usage, contention);
  }
}
