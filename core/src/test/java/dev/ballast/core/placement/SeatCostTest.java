package dev.ballast.core.placement;

import static dev.ballast.core.sample.Sample.GIB;
import static dev.ballast.core.sample.Sample.snapshot;
import static dev.ballast.core.sample.Sample.spec;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ballast.core.model.CpuPins;
import dev.ballast.core.model.HostLoad;
import dev.ballast.core.model.HostView;
import dev.ballast.core.model.MemoryDemand;
import dev.ballast.core.model.Snapshot;
import dev.ballast.core.model.VmSpec;
import dev.ballast.core.sample.Cluster;
import dev.ballast.core.sample.Sample;
import dev.ballast.core.search.Aim;
import dev.ballast.core.topology.CpuSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Each cost of a place alone, against what a hand reckons. */
class SeatCostTest {
  private static final int VCPUS_PER_CPU = 2;

  /** A guest that takes 4 GiB of its host. */
  private static final VmSpec VM =
      spec("a", d -> d.vcpus(2).memory(MemoryDemand.guestBytes(4 * GIB)));

  private static HostView host() {
    return Sample.view("h1", Sample.flat(4, 8 * GIB), 4_000);
  }

  private static long cost(Snapshot snapshot, VmSpec vm, Weights weights) {
    PlacementPolicy policy = new PlacementPolicy(0, VCPUS_PER_CPU, Aim.BALANCE, 85, weights);
    HostView view = snapshot.hosts().values().iterator().next();
    HostUse use = new HostUse(snapshot, view, Set.of());
    Seat seat =
        SeatFinder.find(use, vm, new Neighbours(snapshot, Set.of()), policy).seat().orElseThrow();
    return SeatCost.of(use, vm, seat, policy);
  }

  @Test
  void imbalanceIsTheHigherShareAfterwards() {
    // 2 of 4 CPUs and 4 of 8 GiB.
    assertThat(cost(snapshot(host()), VM, new Weights(0, 3, 0, 0, 0, 0, 0, 0, 0)))
        .isEqualTo(3 * 50);
  }

  @Test
  void overloadIsTheMeasuredLoadAboveSafety() {
    HostView busy = Sample.with(host(), new HostLoad(1, 3_600, 8 * GIB, List.of(), List.of()));
    Weights weights = new Weights(7, 0, 0, 0, 0, 0, 0, 0, 0);

    assertThat(cost(snapshot(busy), VM, weights)).isEqualTo(7 * (90 - 85));
    assertThat(cost(snapshot(host()), VM, weights)).isZero();
  }

  @Test
  void mismatchIsTheDifferenceOfWhatStaysFree() {
    // 2 of the 8 vCPUs that two a CPU allow are 25 %, 4 of 8 GiB 50 %.
    assertThat(cost(snapshot(host()), VM, new Weights(0, 0, 5, 0, 0, 0, 0, 0, 0)))
        .isEqualTo(5 * 25);
  }

  @Test
  void remotenessIsEachNodeBeyondTheFirst() {
    Snapshot two = snapshot(Sample.view("h1", Sample.nodes(2, 2, 1, 4 * GIB)));
    Weights weights = new Weights(0, 0, 0, 2, 0, 0, 0, 0, 0);
    CpuPins across = new CpuPins(List.of(CpuSet.of(0), CpuSet.of(2)), CpuSet.of(0));

    assertThat(cost(two, spec("a", d -> d.vcpus(2).pins(across)), weights)).isEqualTo(2 * 100);
    assertThat(cost(two, spec("a", d -> d.vcpus(2)), weights)).isZero();
  }

  @Test
  void fragmentationIsWhatIsNotOnTheFreestNode() {
    Snapshot two = snapshot(Sample.view("h1", Sample.nodes(2, 2, 1, 8 * GIB)));

    // Half of 16 GiB before; afterwards 8 of 12 are on one node.
    assertThat(cost(two, VM, new Weights(0, 0, 0, 0, 3, 0, 0, 0, 0))).isEqualTo(3 * (34 - 50));
  }

  @Test
  void consolidationIsAHostOpenedOrWhatIsLeftOfOne() {
    Weights weights = new Weights(0, 0, 0, 0, 0, 3, 0, 0, 0);

    assertThat(cost(snapshot(host()), VM, weights)).isEqualTo(3 * 100);
    Snapshot used = Cluster.running(snapshot(host()), spec("b", d -> d.vcpus(1)));
    assertThat(cost(used, VM, weights)).isEqualTo(3 * (100 - 75));
  }

  @Test
  void movesAreTheVmsWhoseEmulatorsYield() {
    Snapshot used = Cluster.running(snapshot(host()), spec("b", d -> d.vcpus(1)));

    assertThat(
            cost(
                used,
                spec("a", d -> d.dedicated().vcpus(2)),
                new Weights(0, 0, 0, 0, 0, 0, 0, 4, 0)))
        .isEqualTo(4 * 10);
  }

  @Test
  void thePolicyDecidesWhichHostIsTaken() {
    Snapshot used =
        Cluster.running(
            snapshot(Sample.view("h1", Sample.flat(4, 8 * GIB)), Sample.lab("h2")),
            spec("b", d -> d.hosts("h1")));

    assertThat(taken(used, Aim.BALANCE, spec("a", d -> d))).isEqualTo("h1");
    assertThat(taken(used, Aim.BALANCE, VM)).isEqualTo("h1");
    Snapshot empty =
        Cluster.running(
            snapshot(
                Sample.view("h1", Sample.flat(4, 8 * GIB)),
                Sample.view("h2", Sample.flat(4, 8 * GIB))),
            spec("b", d -> d.hosts("h2")));
    assertThat(taken(empty, Aim.BALANCE, VM)).isEqualTo("h1");
    assertThat(taken(empty, Aim.CONSOLIDATE, VM)).isEqualTo("h2");
    // On h2 the emulator of b would have to yield; h1 is fuller by memory.
    Snapshot yielding =
        Cluster.running(
            snapshot(
                Sample.view("h1", Sample.flat(8, 8 * GIB)),
                Sample.view("h2", Sample.flat(8, 24 * GIB))),
            spec("b", d -> d.hosts("h2")));
    VmSpec dedicated = spec("a", d -> d.dedicated().memory(4 * GIB));
    assertThat(taken(yielding, Aim.BALANCE, dedicated)).isEqualTo("h2");
    assertThat(taken(yielding, Aim.STABLE, dedicated)).isEqualTo("h1");
  }

  private static String taken(Snapshot snapshot, Aim aim, VmSpec vm) {
    PlacementResult result =
        new BestFitPlacer().place(snapshot, List.of(vm), PlacementPolicy.DEFAULT.withAim(aim));
    return java.util.Objects.requireNonNull(result.placed().get(vm.name()))
        .assignment()
        .host()
        .value();
  }
}
