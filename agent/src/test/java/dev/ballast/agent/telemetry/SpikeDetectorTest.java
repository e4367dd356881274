package dev.ballast.agent.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ballast.core.model.CpuAlert;
import dev.ballast.core.model.CpuPins;
import dev.ballast.core.model.HostLoad;
import dev.ballast.core.model.VmLoad;
import dev.ballast.core.model.VmName;
import dev.ballast.core.topology.CpuSet;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SpikeDetectorTest {
  private static final CpuSet ONLINE = CpuSet.range(0, 1);
  private static final CpuSet FRONT = CpuSet.of(0);

  private final SpikeDetector detector =
      new SpikeDetector(new SpikeSettings(900, 750, 3000, 10_000));
  private final Map<VmName, CpuPins> pins = new HashMap<>();
  private long capacityMillis = 1500;
  private long second;

  @Test
  void threeGuestsOnOneCpuAlertWithTheThirdHotSecond() {
    pin("a", FRONT);
    pin("b", FRONT);
    pin("c", FRONT);
    assertThat(second(load("a", 330, 70), load("b", 330, 70), load("c", 330, 70))).isEmpty();
    assertThat(second(load("a", 330, 70), load("b", 330, 70), load("c", 330, 70))).isEmpty();
    assertThat(second(load("a", 330, 70), load("b", 330, 70), load("c", 330, 70)))
        .containsExactly(
            new CpuAlert(
                3000,
                1000,
                CpuAlert.Kind.HOT_CPUS,
                FRONT,
                1200,
                900,
                List.of(new VmName("a"), new VmName("b"), new VmName("c"))));
  }

  @Test
  void aSpikeShorterThanTheHoldTimeIsNone() {
    crowdTheFront();
    assertThat(hot(2)).isEmpty();
    assertThat(calm(1)).isEmpty();
    assertThat(hot(2)).isEmpty();
  }

  @Test
  void oneAlertAnEpisodeAndOneAtItsEnd() {
    crowdTheFront();
    assertThat(hot(9)).extracting(CpuAlert::kind).containsExactly(CpuAlert.Kind.HOT_CPUS);
    assertThat(calm(9)).extracting(CpuAlert::kind).containsExactly(CpuAlert.Kind.CLEARED);
  }

  @Test
  void betweenTheThresholdsTheEpisodeGoesOn() {
    crowdTheFront();
    hot(3);
    for (int i = 0; i < 8; i++) {
      assertThat(second(load("a", 400, 0), load("b", 400, 0))).isEmpty();
    }
    assertThat(calm(2)).isEmpty();
    assertThat(calm(1)).extracting(CpuAlert::kind).containsExactly(CpuAlert.Kind.CLEARED);
  }

  @Test
  void aSpotThatStaysHotIsRepeatedAtDoublingIntervals() {
    crowdTheFront();
    assertThat(hot(45)).extracting(CpuAlert::epochMillis).containsExactly(3000L, 13_000L, 33_000L);
  }

  @Test
  void repinningEndsTheEpisode() {
    crowdTheFront();
    hot(3);
    pin("b", CpuSet.of(1));
    List<CpuAlert> alerts = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      alerts.addAll(second(load("a", 600, 0), load("b", 600, 0)));
    }
    assertThat(alerts).hasSize(1);
    assertThat(alerts.getFirst().kind()).isEqualTo(CpuAlert.Kind.CLEARED);
    assertThat(alerts.getFirst().cpus()).isEqualTo(FRONT);
  }

  @Test
  void aGuestThatBurnsACpuOfItsOwnIsNoSpike() {
    pin("a", FRONT);
    pin("b", CpuSet.of(1));
    capacityMillis = 2000;
    for (int i = 0; i < 9; i++) {
      assertThat(second(load("a", 1000, 0), load("b", 100, 0))).isEmpty();
    }
  }

  @Test
  void aLoneGuestThatWaitsForOthersOnItsCpuIsASpike() {
    pin("a", FRONT);
    List<CpuAlert> alerts = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      alerts.addAll(second(load("a", 500, 500)));
    }
    assertThat(alerts).extracting(CpuAlert::kind).containsExactly(CpuAlert.Kind.HOT_CPUS);
  }

  @Test
  void demandOfWiderPinsDoesNotCountForTheNarrowSet() {
    pin("a", FRONT);
    pin("wide", ONLINE);
    for (int i = 0; i < 9; i++) {
      assertThat(second(load("a", 500, 0), load("wide", 600, 0))).isEmpty();
    }
  }

  @Test
  void overlappingSetsAreAlsoJudgedTogether() {
    CpuSet online = CpuSet.range(0, 3);
    pin("a", CpuSet.of(0, 1));
    pin("b", CpuSet.of(1, 2));
    List<CpuAlert> alerts = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      alerts.addAll(
          detector.step(
              load(List.of(load("a", 900, 500), load("b", 900, 500))), pins, online, 4000, 1000));
    }
    assertThat(alerts)
        .singleElement()
        .satisfies(alert -> assertThat(alert.cpus()).isEqualTo(CpuSet.range(0, 2)));
  }

  @Test
  void moreThanTheHostHasIsAHotHost() {
    pin("a", FRONT);
    pin("b", CpuSet.of(1));
    List<CpuAlert> alerts = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      alerts.addAll(second(load("a", 750, 100), load("b", 750, 100)));
    }
    assertThat(alerts)
        .containsExactly(
            new CpuAlert(
                3000,
                1000,
                CpuAlert.Kind.HOT_HOST,
                ONLINE,
                1700,
                1350,
                List.of(new VmName("a"), new VmName("b"))));
  }

  @Test
  void samplesThatComeALittleEarlyStillHold() {
    crowdTheFront();
    List<CpuAlert> alerts = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      alerts.addAll(
          detector.step(
              load(List.of(load("a", 600, 0), load("b", 600, 0))), pins, ONLINE, 1500, 990));
    }
    assertThat(alerts).hasSize(1);
  }

  @Test
  void settingsThatContradictThemselvesAreRefused() {
    assertThatThrownBy(() -> new SpikeSettings(900, 950, 3000, 1000)).hasMessageContaining("0-900");
    assertThatThrownBy(() -> new SpikeSettings(0, 0, 3000, 1000)).hasMessageContaining("1-1000");
    assertThatThrownBy(() -> new SpikeSettings(900, 1, -1, 1000)).hasMessageContaining("-1");
  }

  private void crowdTheFront() {
    pin("a", FRONT);
    pin("b", FRONT);
  }

  private List<CpuAlert> hot(int seconds) {
    return repeat(seconds, load("a", 500, 100), load("b", 500, 100));
  }

  private List<CpuAlert> calm(int seconds) {
    return repeat(seconds, load("a", 300, 0), load("b", 300, 0));
  }

  private List<CpuAlert> repeat(int seconds, VmLoad... vms) {
    List<CpuAlert> alerts = new ArrayList<>();
    for (int i = 0; i < seconds; i++) {
      alerts.addAll(second(vms));
    }
    return alerts;
  }

  private List<CpuAlert> second(VmLoad... vms) {
    return detector.step(load(List.of(vms)), pins, ONLINE, capacityMillis, 1000);
  }

  private HostLoad load(List<VmLoad> vms) {
    return new HostLoad(++second * 1000, 0, 0, List.of(), vms);
  }

  private void pin(String vm, CpuSet cpus) {
    pins.put(new VmName(vm), CpuPins.uniform(1, cpus));
  }

  private static VmLoad load(String vm, long usageMillis, long contentionMillis) {
    return new VmLoad(new VmName(vm), usageMillis, contentionMillis);
  }
}
