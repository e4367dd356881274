package dev.ballast.core.balance.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ballast.core.balance.fleet.FleetMove.Reason;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class FleetKeeperTest {
  private static final double WINDOW = 300;

  @Test
  void packingFillsFewHostsAndBalanceUsesAll() {
    FleetShape shape = shape(10, 40, 1000, 10);

    assertThat(used(new FleetKeeper(shape, FleetPolicy.CONSOLIDATE, 1).place())).isLessThan(7);
    assertThat(used(new FleetKeeper(shape, FleetPolicy.BALANCE, 1).place())).isEqualTo(10);
  }

  @Test
  void anOverloadedHostGivesAwayTheOneVmThatEndsIt() {
    // 1000 + 700 + 400 = 2100 of 2000: without the VM of 400 it is 1700, below the ceiling
    FleetShape shape = shape(2, 4, 1000, 10);
    FleetKeeper keeper = new FleetKeeper(shape, FleetPolicy.CONSOLIDATE, 1);

    List<FleetMove> moves = keeper.decide(reading(1, at(0, 0, 0, 1), 1000, 700, 400, 100));

    assertThat(moves).contains(new FleetMove(2, 0, 1, Reason.OVERLOAD));
    assertThat(moves).filteredOn(move -> move.reason() == Reason.OVERLOAD).hasSize(1);
  }

  @Test
  void aQuietFleetIsLeftAlone() {
    for (FleetPolicy policy :
        List.of(
            FleetPolicy.BALANCE,
            FleetPolicy.CONSOLIDATE,
            FleetPolicy.STABLE,
            FleetPolicy.FORECAST)) {
      FleetKeeper keeper = new FleetKeeper(shape(2, 4, 1000, 10), policy, 1);
      for (int tick = 1; tick < 50; tick++) {
        assertThat(keeper.decide(reading(tick, at(0, 0, 1, 1), 700, 700, 700, 700))).isEmpty();
      }
    }
  }

  @Test
  void aHostWithLittleOnItIsEmptiedUnlessBalanced() {
    FleetShape shape = shape(2, 3, 1000, 10);
    List<FleetMove> packed =
        new FleetKeeper(shape, FleetPolicy.CONSOLIDATE, 1)
            .decide(reading(1, at(0, 0, 1), 100, 100, 50));
    List<FleetMove> balanced =
        new FleetKeeper(shape, FleetPolicy.BALANCE, 1)
            .decide(reading(1, at(0, 0, 1), 100, 100, 50));

    assertThat(packed).containsExactly(new FleetMove(2, 1, 0, Reason.EMPTYING));
    assertThat(balanced).isEmpty();
  }

  @Test
  void aHostIsEmptiedOverSeveralDecisionsIfItsLinkIsSlow() {
    // each move takes 100 s of the 300 s: three of four VMs now, the last one next time
    FleetShape shape = shape(3, 12, 1000, 100);
    int[] hostOf = at(0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1);
    double[] wanted = new double[12];
    Arrays.fill(wanted, 20);
    FleetKeeper keeper = new FleetKeeper(shape, FleetPolicy.CONSOLIDATE, 1);

    List<FleetMove> first = keeper.decide(new FleetReading(1, hostOf, wanted, true, 0));
    first.forEach(move -> hostOf[move.vm()] = move.to());
    List<FleetMove> second = keeper.decide(new FleetReading(2, hostOf, wanted, true, 0));
    second.forEach(move -> hostOf[move.vm()] = move.to());

    assertThat(first).hasSize(3).allMatch(move -> move.from() == 0 && move.to() == 1);
    assertThat(second).hasSize(1);
    assertThat(used(hostOf)).isEqualTo(1);
  }

  @Test
  void theCheaperKindOfHostIsSwitchedOnFirst() {
    // host 0 draws half the watts for the same CPU
    FleetShape shape =
        new FleetShape(
            row(2, 2000),
            row(2, 1000),
            row(2, 1e6),
            new double[] {100, 50},
            new double[] {200, 100},
            row(1, 1000),
            row(1, 100),
            row(1, 10),
            WINDOW);

    assertThat(new FleetKeeper(shape, FleetPolicy.CONSOLIDATE, 1).place()).containsExactly(1);
  }

  @Test
  void theMarginGrowsWithMeasuredOverloadAndShrinksWithout() {
    FleetKeeper keeper = new FleetKeeper(shape(2, 2, 1000, 10), FleetPolicy.CONSOLIDATE, 1);
    double before = keeper.margin();
    keeper.decide(new FleetReading(1, at(0, 1), row(2, 500), true, 0.25));
    double grown = keeper.margin();
    keeper.decide(new FleetReading(2, at(0, 1), row(2, 500), true, 0));

    assertThat(grown).isGreaterThan(before);
    assertThat(keeper.margin()).isLessThan(grown);
    assertThatThrownBy(() -> new MarginPolicy(1, 2, 3, 0, 0)).hasMessageContaining("least ≤ start");
  }

  @Test
  void cpuIsOvercommittedWhereNoHostHasRoom() {
    int[] places = new FleetKeeper(shape(2, 60, 1000, 10), FleetPolicy.CONSOLIDATE, 1).place();

    assertThat(Arrays.stream(places).filter(host -> host == 0).count()).isBetween(25L, 35L);
  }

  @Test
  void aFleetWithoutMemoryIsRefused() {
    FleetShape shape = shape(1, 41, 1000, 10);

    assertThatThrownBy(() -> new FleetKeeper(shape, FleetPolicy.CONSOLIDATE, 1).place())
        .hasMessageContaining("the fleet is too small");
  }

  @Property(tries = 200)
  void movesAreFeasibleInAnyOrderAndRepeatable(
      @ForAll @IntRange(min = 1, max = 12) int hosts,
      @ForAll @IntRange(min = 1, max = 40) int vms,
      @ForAll @LongRange(max = 1_000_000) long seed) {
    FleetShape shape = shape(hosts, vms, 1000, 40);
    for (FleetPolicy policy :
        List.of(
            FleetPolicy.BALANCE,
            FleetPolicy.CONSOLIDATE,
            FleetPolicy.STABLE,
            FleetPolicy.FORECAST)) {
      int[] hostOf = spread(hosts, vms);
      FleetKeeper keeper = new FleetKeeper(shape, policy, seed);
      FleetKeeper twin = new FleetKeeper(shape, policy, seed);
      assertThat(keeper.place()).isEqualTo(twin.place());
      for (int tick = 1; tick < 8; tick++) {
        FleetReading reading =
            new FleetReading(tick, hostOf.clone(), noise(vms, seed + tick), true, 0.1);
        List<FleetMove> moves = keeper.decide(reading);
        assertThat(twin.decide(reading)).isEqualTo(moves);
        requireFeasible(shape, hostOf, moves);
        moves.forEach(move -> hostOf[move.vm()] = move.to());
      }
    }
  }

  /** Counted anew: each VM once, memory with both sides held, links one move at a time. */
  private static void requireFeasible(FleetShape shape, int[] hostOf, List<FleetMove> moves) {
    double[] memory = new double[shape.hosts()];
    double[] busy = new double[shape.hosts()];
    for (int vm = 0; vm < hostOf.length; vm++) {
      memory[hostOf[vm]] += shape.vmMemory()[vm];
    }
    Set<Integer> seen = new HashSet<>();
    for (FleetMove move : moves) {
      assertThat(seen.add(move.vm())).isTrue();
      assertThat(move.from()).isEqualTo(hostOf[move.vm()]).isNotEqualTo(move.to());
      memory[move.to()] += shape.vmMemory()[move.vm()];
      double end = Math.max(busy[move.from()], busy[move.to()]) + shape.moveSeconds()[move.vm()];
      busy[move.from()] = end;
      busy[move.to()] = end;
      assertThat(end).isLessThanOrEqualTo(shape.windowSeconds());
    }
    for (int host = 0; host < memory.length; host++) {
      assertThat(memory[host]).isLessThanOrEqualTo(shape.memory()[host]);
    }
  }

  private static double[] noise(int vms, long seed) {
    double[] wanted = new double[vms];
    long state = seed;
    for (int vm = 0; vm < vms; vm++) {
      state = state * 6364136223846793005L + 1442695040888963407L;
      wanted[vm] = (state >>> 40) % 1001;
    }
    return wanted;
  }

  private static int[] spread(int hosts, int vms) {
    int[] hostOf = new int[vms];
    Arrays.setAll(hostOf, vm -> vm % hosts);
    return hostOf;
  }

  private static FleetReading reading(int tick, int[] hostOf, double... wanted) {
    return new FleetReading(tick, hostOf, wanted, true, 0);
  }

  /** Hosts of 2 × 1000 with memory for 40 VMs, 100 to 200 W. */
  private static FleetShape shape(int hosts, int vms, double vmCpu, double moveSeconds) {
    return new FleetShape(
        row(hosts, 2000),
        row(hosts, 1000),
        row(hosts, 4000),
        row(hosts, 100),
        row(hosts, 200),
        row(vms, vmCpu),
        row(vms, 100),
        row(vms, moveSeconds),
        WINDOW);
  }

  private static double[] row(int length, double value) {
    double[] row = new double[length];
    Arrays.fill(row, value);
    return row;
  }

  private static int[] at(int... hosts) {
    return hosts;
  }

  private static long used(int[] hostOf) {
    return Arrays.stream(hostOf).distinct().count();
  }
}
