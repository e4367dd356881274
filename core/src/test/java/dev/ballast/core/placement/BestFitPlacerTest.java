package dev.ballast.core.placement;

import static dev.ballast.core.sample.Sample.GIB;
import static dev.ballast.core.sample.Sample.MIB;
import static dev.ballast.core.sample.Sample.host;
import static dev.ballast.core.sample.Sample.lab;
import static dev.ballast.core.sample.Sample.snapshot;
import static dev.ballast.core.sample.Sample.spec;
import static dev.ballast.core.sample.Sample.vm;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ballast.core.model.Assignment;
import dev.ballast.core.model.CpuPins;
import dev.ballast.core.model.DomainType;
import dev.ballast.core.model.HostLoad;
import dev.ballast.core.model.Snapshot;
import dev.ballast.core.model.VmSpec;
import dev.ballast.core.sample.Cluster;
import dev.ballast.core.sample.Sample;
import dev.ballast.core.sample.SpecDraft;
import dev.ballast.core.topology.CpuSet;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class BestFitPlacerTest {
  private static final Placer PLACER = new BestFitPlacer();

  @Test
  void vmsBoundToAHostAreSeatedBeforeFreeOnes() {
    PlacementResult result =
        place(
            snapshot(lab("h1"), lab("h2")),
            spec("db-1", UnaryOperator.identity()),
            spec("web-1", d -> d.hosts("h1")),
            spec("web-2", d -> d.hosts("h1")),
            spec("web-3", d -> d.hosts("h1")));

    assertThat(assignment(result, "db-1").host()).isEqualTo(host("h2"));
    assertThat(result.placed().get(vm("db-1")).decision().rejected())
        .singleElement()
        .asString()
        .startsWith("h1: would be at 267 %");
  }

  @Test
  void aNodeThatFitsTightestKeepsTheOtherFreeForLargeVms() {
    Snapshot two = snapshot(Sample.view("h1", Sample.nodes(2, 4, 1, 8 * GIB)));
    PlacementResult result =
        place(
            two,
            spec("a", d -> d.memory(4 * GIB)),
            spec("b", d -> d.memory(2 * GIB)),
            spec("c", d -> d.memory(5 * GIB)));

    assertThat(result.unplaceable()).isEmpty();
    assertThat(nodeOf(result, "c")).isZero();
    assertThat(nodeOf(result, "b")).isZero();
    assertThat(nodeOf(result, "a")).isEqualTo(1);
  }

  @Test
  void vcpusGoToIdleCoresBeforeIdleThreads() {
    Snapshot smt = snapshot(Sample.view("h1", Sample.nodes(1, 8, 2, 8 * GIB)));

    PlacementResult result = place(smt, spec("a", d -> d.vcpus(4)));

    assertThat(assignment(result, "a").pins().vcpus())
        .containsExactly(CpuSet.of(0), CpuSet.of(2), CpuSet.of(4), CpuSet.of(6));
    assertThat(assignment(result, "a").pins().emulator()).isEqualTo(CpuSet.range(0, 7));
  }

  @Test
  void dedicatedVmsGetWholeCoresThatNobodyElseGets() {
    Snapshot smt = snapshot(Sample.view("h1", Sample.nodes(1, 8, 2, 8 * GIB)));

    PlacementResult result =
        place(
            smt,
            spec("db", d -> d.dedicated().vcpus(3)),
            spec("a", d -> d.vcpus(4)),
            spec("b", d -> d.vcpus(5)));

    assertThat(assignment(result, "db").pins().allVcpuCpus()).isEqualTo(CpuSet.of(0, 1, 2));
    assertThat(assignment(result, "db").pins().emulator()).isEqualTo(CpuSet.of(4, 5, 6, 7));
    assertThat(assignment(result, "a").pins().allVcpuCpus()).isEqualTo(CpuSet.range(4, 7));
    assertThat(result.unplaceable().get(vm("b")).vetoes().get(host("h1")))
        .containsExactly(new Veto.TooFewCpus(host("h1"), 0, 5, 4));
  }

  @Test
  void aFloatingStrangerBlocksDedicatedUse() {
    Snapshot taken =
        snapshot(
            Sample.with(
                Sample.view("h1", Sample.flat(4, 8 * GIB)),
                Sample.foreign("other", 1, GIB, CpuSet.range(0, 3))));

    assertThat(PLACER.vetoes(taken, spec("db", SpecDraft::dedicated), host("h1"), policy()))
        .containsExactly(new Veto.NoDedicatedCores(host("h1"), 0, 1, 0));
  }

  @Test
  void pinsWrittenByPeopleAreKeptAsTheyAre() {
    CpuPins pins = new CpuPins(List.of(CpuSet.of(1)), CpuSet.of(0));

    PlacementResult result = place(snapshot(lab("h1")), spec("a", d -> d.pins(pins)));

    assertThat(assignment(result, "a")).isEqualTo(new Assignment(vm("a"), host("h1"), pins, false));
  }

  @Test
  void eachVetoNamesItsAmount() {
    Snapshot one = Cluster.running(snapshot(lab("h1")), spec("web-1", d -> d.apart("web")));

    assertThat(vetoes(one, spec("x", d -> d.apart("web"))))
        .containsExactly(new Veto.AntiAffinity(host("h1"), "web", vm("web-1")));
    assertThat(vetoes(one, spec("x", d -> d.type(DomainType.KVM))))
        .singleElement()
        .isInstanceOf(Veto.MissingCapability.class);
    assertThat(vetoes(one, spec("x", d -> d.pins(CpuPins.uniform(1, CpuSet.of(1, 7))))))
        .containsExactly(new Veto.PinsNotOnHost(host("h1"), CpuSet.of(7)));
    assertThat(vetoes(one, spec("x", d -> d.hosts("h2"))))
        .singleElement()
        .isInstanceOf(Veto.NotAllowed.class);
    assertThat(vetoes(one, spec("x", d -> d.memory(100 * GIB))))
        .hasSize(2)
        .first()
        .isInstanceOf(Veto.NotEnoughMemory.class);
  }

  @Test
  void measuredMemoryCountsAsWellAsPromised() {
    Snapshot tight =
        snapshot(Sample.with(lab("h1"), new HostLoad(1, 0, 200 * MIB, List.of(), List.of())));

    assertThat(vetoes(tight, spec("x", d -> d.memory(128 * MIB))))
        .singleElement()
        .isInstanceOf(Veto.NotEnoughMemory.class);
    assertThat(vetoes(tight, spec("x", d -> d.memory(96 * MIB)))).isEmpty();
  }

  @Test
  void theMessageNamesEachHostAndTheSmallestChange() {
    Snapshot two = snapshot(Sample.in(lab("h1"), false, false, false), lab("h2"));
    PlacementResult result = place(two, spec("web-9", d -> d.hosts("h1")));

    assertThat(result.unplaceable().get(vm("web-9")).message())
        .isEqualTo(
            "no host can take web-9: h1 is not connected; h2 is not in placement.hosts [h1];"
                + " smallest change: start the agent on h1");
    assertThat(
            place(snapshot(), spec("web-9", UnaryOperator.identity()))
                .unplaceable()
                .get(vm("web-9"))
                .message())
        .contains("no host is known");
  }

  private static List<Veto> vetoes(Snapshot snapshot, VmSpec vm) {
    return PLACER.vetoes(snapshot, vm, host("h1"), policy());
  }

  private static PlacementPolicy policy() {
    return PlacementPolicy.DEFAULT;
  }

  private static PlacementResult place(Snapshot snapshot, VmSpec... vms) {
    return PLACER.place(snapshot, List.of(vms), policy());
  }

  private static Assignment assignment(PlacementResult result, String name) {
    assertThat(result.placed()).containsKey(vm(name));
    return result.placed().get(vm(name)).assignment();
  }

  private static int nodeOf(PlacementResult result, String name) {
    return assignment(result, name).pins().allVcpuCpus().first() / 4;
  }
}
