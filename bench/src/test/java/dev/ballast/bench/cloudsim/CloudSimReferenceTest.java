package dev.ballast.bench.cloudsim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.ballast.core.simulation.PowerModel;
import dev.ballast.core.simulation.SimulatedHost;
import dev.ballast.core.simulation.SimulatedVm;
import java.util.Collections;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** CloudSim's accounting against figures worked out by hand. */
class CloudSimReferenceTest {
  private static final Offset<Double> NEAR = within(1e-9);

  /** 100 W idle, 200 W full, 2 × 1000 MIPS. */
  private static final SimulatedHost HOST =
      new SimulatedHost(
          2,
          1000,
          4096,
          1000,
          PowerModel.of(100, 110, 120, 130, 140, 150, 160, 170, 180, 190, 200));

  private static SimulatedVm vm(double megabytes, float... usage) {
    return new SimulatedVm("vm", 1, 1000, megabytes, usage);
  }

  private static CloudSimReference.Result run(int hosts, SimulatedVm... vms) {
    return new CloudSimReference(Detector.THRESHOLD, Collections.nCopies(hosts, HOST), List.of(vms))
        .run();
  }

  @Test
  void theFirstIntervalIsFreeAndEnergyIsTheMeanOfBothEnds() {
    // Samples 0.2, 0.2, 0.6 at 0, 300, 600 s, then 0.6. The first update is at 300.1 s, with
    // 0.2 + 0.4 · 0.1 / 300 of 1000 of 2000 MIPS; then 600.1 s with 0.6, and 900 s.
    double first = 100 + 100 * (0.2 + 0.4 * 0.1 / 300) / 2;
    CloudSimReference.Result result = run(1, vm(613, 0.2f, 0.2f, 0.6f));

    assertThat(result.energyKwh() * 3.6e6)
        .isCloseTo((first + 130) / 2 * 300 + 130 * 299.9, within(1e-6));
    assertThat(result.migrations()).isZero();
    assertThat(result.slatah()).isZero();
    assertThat(result.meanHosts()).isCloseTo(599.9 / 900, NEAR);
  }

  @Test
  void aVmThatWantsNothingIsGoneForGood() {
    // Gone at 300.1 s, though it wants all from 900 s on: nobody is ever on.
    CloudSimReference.Result result = run(1, vm(613, 0.5f, 0, 0, 1));

    assertThat(result.vanished()).isEqualTo(1);
    assertThat(result.energyKwh()).isZero();
  }

  @Test
  void aReceivingHostCountsAsGivingTooLittle() {
    // What a VM adds is counted from an idle host, so the second goes to the second host and the
    // third to the first. At 300.1 s host 1 has least on it (200 MIPS) and is emptied into host 0,
    // which receives for 613 · 8 / 500 = 9.808 s; the VM loses a tenth of its 200 MIPS.
    CloudSimReference.Result result =
        run(2, vm(613, 0.2f, 0.2f), vm(613, 0.2f, 0.2f), vm(613, 0.1f, 0.1f));

    assertThat(result.migrations()).isEqualTo(1);
    double active = 299.9 + 9.808;
    assertThat(result.slatah()).isCloseTo(9.808 / active, NEAR);
    assertThat(result.slatahFull()).isZero();
    assertThat(result.pdm()).isCloseTo(20 * 9.808 / (500 * 299.9), NEAR);
    // host 0 at 300 + 20 MIPS and host 1 at 200 while the VM migrates, then host 0 at 500
    assertThat(result.energyKwh() * 3.6e6)
        .isCloseTo((116 + 110) * 9.808 + 125 * (299.9 - 9.808), within(1e-6));
  }

  @Test
  void theForecastIsTheStraightLineThroughTenSamplesOneStepOn() {
    // 0.02, 0.04 … of 1000 MIPS, sampled a little after each step: 0.1 / 300 of 0.02 further on
    float[] usage = new float[40];
    for (int i = 0; i < usage.length; i++) {
      usage[i] = 0.02f * i;
    }
    ReferenceVm vm = new ReferenceVm(vm(613, usage));
    double now = ReferenceVm.OFFSET;
    for (int step = 1; step <= 10; step++) {
      now += 300;
      vm.update(now);
    }

    assertThat(vm.hasForecast()).isTrue();
    assertThat(vm.forecast()).isCloseTo(20 * (11 + 0.1 / 300), within(1e-6));
  }

  @Test
  void detectorsDifferInWhatTheyLookAt() {
    assertThat(Detector.THRESHOLD.isOver(0.81, 0, true)).isTrue();
    assertThat(Detector.THRESHOLD.isOver(0.8, 1, true)).isFalse();
    assertThat(Detector.LOCAL_REGRESSION.isOver(0, 0.84, true)).isTrue();
    assertThat(Detector.LOCAL_REGRESSION.isOver(1, 0.83, true)).isFalse();
    assertThat(Detector.LOCAL_REGRESSION.isOver(0.71, 0, false)).isTrue();
  }
}
