package dev.ballast.core.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.ballast.core.balance.fleet.FleetMove;
import dev.ballast.core.balance.fleet.FleetPilot;
import dev.ballast.core.balance.fleet.FleetReading;
import dev.ballast.core.simulation.SimulationSettings.Memory;
import dev.ballast.core.simulation.SimulationSettings.Sight;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** The accounting against figures worked out by hand; each calculation stands beside its figure. */
class FleetSimulationTest {
  private static final Offset<Double> EXACT = within(1e-12);

  /** 100 W idle, 200 W full, 2 × 1000 MIPS, 1000 MB; 100 Mbit/s, half of it moves 6.25 MB/s. */
  private static final SimulatedHost HOST =
      new SimulatedHost(
          2, 1000, 1000, 100, PowerModel.of(100, 110, 120, 130, 140, 150, 160, 170, 180, 190, 200));

  @Test
  void oneHostHalfLoadedDrawsThePowerModelsWatts() {
    // 1000 of 2000 MIPS: 150 W for 600 s = 90 kJ = 0.025 kWh
    SimulationResult result = run(1, List.of(vm(1000, 100, 1, 1)), at(0));

    assertThat(result.energyKwh()).isEqualTo(0.025, EXACT);
    assertThat(result.slatah()).isZero();
    assertThat(result.meanHosts()).isEqualTo(1, EXACT);
  }

  @Test
  void anEmptyHostIsOff() {
    assertThat(run(3, List.of(vm(1000, 100, 1, 1)), at(1)))
        .isEqualTo(run(1, List.of(vm(1000, 100, 1, 1)), at(0)));
  }

  @Test
  void powerIsLinearBetweenTheMeasuredPoints() {
    // 500 of 2000 MIPS is 25 %: half-way between 120 and 130 W
    SimulationResult result = run(1, List.of(vm(1000, 100, 0.5f, 0.5f)), at(0));

    assertThat(result.energyKwh() * 3.6e6).isEqualTo(125 * 600, within(1e-6));
  }

  @Test
  void aHostIsOverloadedWhileDemandReachesItsCapacity() {
    // host 0: 3 · 800 = 2400 of 2000 MIPS in the first of two ticks, 3 · 400 in the second;
    // host 1: never. Together 300 of 1200 active seconds; each for itself (1/2 + 0) / 2.
    // Not met: 400 MIPS · 300 s of (2400 + 1200 + 2 · 1000) MIPS · 300 s.
    SimulatedVm busy = vm(1000, 100, 0.8f, 0.4f);
    SimulationResult result =
        run(2, List.of(busy, busy, busy, vm(1000, 100, 1, 1)), at(0, 0, 0, 1));

    assertThat(result.slatah()).isEqualTo(0.25, EXACT);
    assertThat(result.slatahPerHost()).isEqualTo(0.25, EXACT);
    assertThat(result.unserved()).isEqualTo(400.0 / 5600, within(1e-7));
    assertThat(result.pdm()).isZero();
    assertThat(result.esv()).isZero();
  }

  @Test
  void exactlyFullIsOverloaded() {
    SimulatedVm half = vm(1000, 100, 1, 0.5f);

    assertThat(run(1, List.of(half, half), at(0, 0)).slatah()).isEqualTo(0.5, EXACT);
  }

  @Test
  void theTwoWaysToAverageOverHostsDiffer() {
    // host 0 is active and full for 600 s; host 1 gets its VM in tick 1 after 16 s of receiving:
    // active 300 s, never full. Together 600 / (600 + 300 + 316); the mean of 1, 0 and 0.
    SimulatedVm full = vm(1000, 100, 1, 1);
    SimulationResult result =
        run(
            3,
            List.of(full, full, vm(1000, 100, 0.5f, 0.5f)),
            at(0, 0, 1),
            Map.of(1, List.of(move(2, 1, 2))));

    assertThat(result.slatah()).isEqualTo(600.0 / (600 + 316 + 300), EXACT);
    assertThat(result.slatahPerHost()).isEqualTo(1.0 / 3, EXACT);
    assertThat(result.hostsUsed()).isEqualTo(3);
  }

  @Test
  void aMigrationCostsTimeCpuAndEnergyOnBothHosts() {
    // 100 MB at 50 Mbit/s: 800 / 50 = 16 s. Tick 0: host 0 at 1000 MIPS, 150 W, 300 s.
    // Tick 1: host 0 at 1000 MIPS for 16 s; host 1 at 100 MIPS (105 W) for 16 s, then 1000 MIPS.
    // Lost: 100 MIPS · 16 s of 1000 MIPS · 600 s.
    SimulationResult result =
        run(2, List.of(vm(1000, 100, 1, 1)), at(0), Map.of(1, List.of(move(0, 0, 1))));

    double joules = 150 * 300 + 150 * 16 + 105 * 16 + 150 * 284;
    assertThat(result.energyKwh() * 3.6e6).isEqualTo(joules, within(1e-6));
    assertThat(result.migrations()).isEqualTo(1);
    assertThat(result.pdm()).isEqualTo(1600.0 / 600_000, EXACT);
    assertThat(result.meanHosts()).isEqualTo(616.0 / 600, EXACT);
  }

  @Test
  void reliefEndsTheOverloadWhenTheMigrationEnds() {
    // 2 · 1000 MIPS fill host 0 in both ticks; in the second one VM leaves after 16 s:
    // 316 s of overload in 300 + 300 + 300 s of activity
    SimulatedVm full = vm(1000, 100, 1, 1);
    SimulationResult result =
        run(2, List.of(full, full), at(0, 0), Map.of(1, List.of(move(1, 0, 1))));

    assertThat(result.slatah()).isEqualTo(316.0 / 900, EXACT);
    // and the 16 s in which host 1 receives
    assertThat(result.slatahWithReceiving()).isEqualTo(332.0 / 900, EXACT);
    assertThat(result.pdmPerVm()).isEqualTo(1600.0 / 600_000 / 2, EXACT);
    assertThat(result.slav()).isEqualTo(316.0 / 900 * 1600 / 1_200_000, EXACT);
    assertThat(result.esv()).isEqualTo(result.energyKwh() * result.slav(), EXACT);
  }

  @Test
  void aLinkServesOneMigrationAtATime() {
    // both leave host 0: the first from 0 to 16 s, the second from 16 to 32 s. Host 0 is active for
    // 300 + 32 s, host 1 for 300, host 2 for 284 (it is off before it begins to receive).
    SimulatedVm vm = vm(1000, 100, 0.5f, 0.5f);
    SimulationResult result =
        run(3, List.of(vm, vm), at(0, 0), Map.of(1, List.of(move(0, 0, 1), move(1, 0, 2))));

    assertThat(result.meanHosts()).isEqualTo((332.0 + 300 + 284) / 600, EXACT);
  }

  @Test
  void whatWouldNotEndInTimeIsNotBegun() {
    // 999 MB take 159.84 s; two of them do not end within 300 s on one link
    SimulatedVm large = vm(1000, 999, 0.5f, 0.5f);
    List<SimulatedVm> vms = List.of(large, large);
    SimulationResult result =
        new FleetSimulation(
                List.of(HOST, HOST, HOST),
                vms,
                SimulationSettings.standard(2, Memory.IGNORE, Sight.FRESH))
            .run(new Script(at(0, 0), Map.of(1, List.of(move(0, 0, 1), move(1, 0, 2)))));

    assertThat(result.migrations()).isEqualTo(1);
    assertThat(result.deferredMoves()).isEqualTo(1);
  }

  @Test
  void memoryIsHeldOnBothSidesWhileAVmMigrates() {
    // swapping two VMs of 600 MB on hosts of 1000 MB: neither fits before the other has left
    SimulatedVm large = vm(1000, 600, 0.5f, 0.5f);
    SimulationResult result =
        run(2, List.of(large, large), at(0, 1), Map.of(1, List.of(move(0, 0, 1), move(1, 1, 0))));

    assertThat(result.migrations()).isZero();
    assertThat(result.refusedMoves()).isEqualTo(2);
  }

  @Test
  void aVcpuGetsNoMoreThanOneCore() {
    // one vCPU of 1500 MIPS on cores of 1000: a third is not met, the host is half loaded
    SimulationResult result = run(1, List.of(vm(1500, 100, 1, 1)), at(0));

    assertThat(result.unserved()).isEqualTo(1.0 / 3, EXACT);
    assertThat(result.energyKwh()).isEqualTo(0.025, EXACT);
    assertThat(result.slatah()).isZero();
  }

  @Test
  void aDecisionSeesThisTicksDemandOrOnlyThePreviousOnes() {
    assertThat(seen(Sight.FRESH)).containsExactly(200.0, 300.0);
    assertThat(seen(Sight.STALE)).containsExactly(100.0, 200.0);
  }

  private static List<Double> seen(Sight sight) {
    List<Double> seen = new ArrayList<>();
    FleetPilot pilot =
        new FleetPilot() {
          @Override
          public int[] place() {
            return at(0);
          }

          @Override
          public List<FleetMove> decide(FleetReading reading) {
            seen.add((double) Math.round(reading.wanted()[0]));
            return List.of();
          }
        };
    new FleetSimulation(
            List.of(HOST),
            List.of(vm(1000, 100, 0.1f, 0.2f, 0.3f)),
            SimulationSettings.standard(3, Memory.ENFORCE, sight))
        .run(pilot);
    return seen;
  }

  @Test
  void thePilotIsToldHowMuchOfTheTimeWasOverloaded() {
    List<Double> told = new ArrayList<>();
    SimulatedVm vm = vm(1000, 100, 1, 0.1f, 0.1f);
    FleetPilot pilot =
        new FleetPilot() {
          @Override
          public int[] place() {
            return at(0, 0, 1);
          }

          @Override
          public List<FleetMove> decide(FleetReading reading) {
            told.add(reading.overloadedShare());
            return List.of();
          }
        };
    new FleetSimulation(
            List.of(HOST, HOST),
            List.of(vm, vm, vm),
            SimulationSettings.standard(3, Memory.ENFORCE, Sight.FRESH))
        .run(pilot);

    assertThat(told).containsExactly(0.5, 0.0);
  }

  @Test
  void theFloorsOfBothAccountings() {
    // 3 VMs of 1000 MIPS at 50 % for 600 s: 900,000 MIPS·s. Ignoring memory: 200 W / 2000 MIPS, so
    // 90 kJ. Enforcing it: 1500 MB need 2 hosts, 2 · 100 W · 600 s, and 0.05 W a MIPS on top.
    SimulatedVm vm = vm(1000, 500, 0.5f, 0.5f);
    List<SimulatedVm> vms = List.of(vm, vm, vm);

    assertThat(
            EnergyFloor.kwh(
                List.of(HOST), vms, SimulationSettings.standard(2, Memory.IGNORE, Sight.FRESH)))
        .isEqualTo(90_000 / 3.6e6, EXACT);
    assertThat(
            EnergyFloor.kwh(
                List.of(HOST), vms, SimulationSettings.standard(2, Memory.ENFORCE, Sight.FRESH)))
        .isEqualTo((120_000 + 45_000) / 3.6e6, EXACT);
  }

  @Test
  void senselessInputIsNamed() {
    assertThatThrownBy(() -> run(1, List.of(vm(1000, 100, 1)), at(0)))
        .hasMessage("vm has 1 samples; 2 are needed");
    assertThatThrownBy(() -> run(1, List.of(vm(1000, 1001, 1, 1)), at(0)))
        .hasMessage("the pilot placed 1001.0 MB on host 0, which has 1000.0");
    assertThatThrownBy(() -> PowerModel.of(1, 2, 3))
        .hasMessage("a power model has 11 values, not 3");
  }

  private static SimulationResult run(int hosts, List<SimulatedVm> vms, int[] places) {
    return run(hosts, vms, places, Map.of());
  }

  /** Two ticks of 300 s with memory enforced. */
  private static SimulationResult run(
      int hosts, List<SimulatedVm> vms, int[] places, Map<Integer, List<FleetMove>> moves) {
    return new FleetSimulation(
            java.util.Collections.nCopies(hosts, HOST),
            vms,
            SimulationSettings.standard(2, Memory.ENFORCE, Sight.FRESH))
        .run(new Script(places, moves));
  }

  private static SimulatedVm vm(double mips, double megabytes, float... usage) {
    return new SimulatedVm("vm", 1, mips, megabytes, usage);
  }

  private static int[] at(int... hosts) {
    return hosts;
  }

  private static FleetMove move(int vm, int from, int to) {
    return new FleetMove(vm, from, to, FleetMove.Reason.OVERLOAD);
  }

  /** Does what is written down. */
  @SuppressWarnings("ArrayRecordComponent")
  private record Script(int[] place, Map<Integer, List<FleetMove>> moves) implements FleetPilot {
    @Override
    public List<FleetMove> decide(FleetReading reading) {
      return moves.getOrDefault(reading.tick(), List.of());
    }
  }
}
