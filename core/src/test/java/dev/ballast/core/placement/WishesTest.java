package dev.ballast.core.placement;

import static dev.ballast.core.sample.Sample.GIB;
import static dev.ballast.core.sample.Sample.MIB;
import static dev.ballast.core.sample.Sample.host;
import static dev.ballast.core.sample.Sample.lab;
import static dev.ballast.core.sample.Sample.marked;
import static dev.ballast.core.sample.Sample.snapshot;
import static dev.ballast.core.sample.Sample.spec;
import static dev.ballast.core.sample.Sample.vm;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ballast.core.model.HostName;
import dev.ballast.core.model.Snapshot;
import dev.ballast.core.model.SpreadRule;
import dev.ballast.core.model.VmName;
import dev.ballast.core.model.VmSpec;
import dev.ballast.core.sample.Cluster;
import dev.ballast.core.sample.Sample;
import dev.ballast.core.topology.Topology;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** What VMs wish of their host and their company. */
class WishesTest {
  private static final Placer PLACER = new BestFitPlacer();

  private static PlacementResult place(Snapshot snapshot, VmSpec... vms) {
    return PLACER.place(snapshot, List.of(vms), PlacementPolicy.DEFAULT);
  }

  private static HostName hostOf(PlacementResult result, String vm) {
    assertThat(result.unplaceable()).isEmpty();
    return result.placed().get(vm(vm)).assignment().host();
  }

  private static List<Veto> vetoes(Snapshot snapshot, VmSpec vm, String host) {
    return PLACER.vetoes(snapshot, vm, host(host), PlacementPolicy.DEFAULT);
  }

  @Test
  void labelsTaintsAndBannedHostsDecideWhereAVmMayGo() {
    Snapshot three =
        snapshot(marked(lab("h1"), "disk=hdd"), marked(lab("h2"), "disk=nvme", "!gpu"), lab("h3"));
    SortedMap<String, String> nvme = new TreeMap<>(Map.of("disk", "nvme"));
    TreeSet<String> gpu = new TreeSet<>(List.of("gpu"));
    VmSpec wish = spec("a", d -> d.rules(r -> r.withHostLabels(nvme)));

    assertThat(vetoes(three, wish, "h1"))
        .containsExactly(new Veto.OtherLabel(host("h1"), "disk", "nvme", Optional.of("hdd")));
    assertThat(vetoes(three, wish, "h2")).containsExactly(new Veto.Tainted(host("h2"), "gpu"));
    assertThat(vetoes(three, wish, "h3"))
        .containsExactly(new Veto.OtherLabel(host("h3"), "disk", "nvme", Optional.empty()));
    VmSpec tolerant = wish.withRules(wish.rules().withTolerations(gpu));
    assertThat(hostOf(place(three, tolerant), "a")).isEqualTo(host("h2"));
    VmSpec banned =
        spec("a", d -> d.rules(r -> r.withBannedHosts(new TreeSet<>(List.of(host("h1"))))));
    assertThat(vetoes(three, banned, "h1")).containsExactly(new Veto.Banned(host("h1")));
    assertThat(hostOf(place(three, banned), "a")).isEqualTo(host("h3"));
    assertThat(place(three, wish).unplaceable().get(vm("a")).message())
        .endsWith("smallest change: set host.labels.disk: nvme in the agent.yaml of h1");
  }

  @Test
  void aTaintLeavesThoseThatRunThere() {
    Snapshot running = Cluster.running(snapshot(lab("h1")), spec("a", d -> d));
    Snapshot tainted = Sample.with(running, marked(running.hosts().get(host("h1")), "!gpu"));

    assertThat(vetoes(tainted, spec("a", d -> d), "h1")).isEmpty();
    assertThat(vetoes(tainted, spec("b", d -> d), "h1"))
        .containsExactly(new Veto.Tainted(host("h1"), "gpu"));
  }

  @Test
  void affinityPutsAllOnTheFirstHostThatTakesAllOfThem() {
    Snapshot two = snapshot(lab("h1"), Sample.view("h2", twice(), 6000));
    VmSpec[] large = {
      spec("a", d -> d.memory(11 * GIB).together("x")),
      spec("b", d -> d.memory(11 * GIB).together("x", "y")),
      spec("c", d -> d.memory(11 * GIB).together("y"))
    };

    PlacementResult result = place(two, large);

    assertThat(List.of(hostOf(result, "a"), hostOf(result, "b"), hostOf(result, "c")))
        .containsOnly(host("h2"));
    Unplaceable alone = place(snapshot(lab("h1")), large).unplaceable().get(vm("b"));
    assertThat(alone.vetoes().get(host("h1")))
        .isNotEmpty()
        .allMatch(veto -> veto instanceof Veto.NoRoomForCompanion);
    assertThat(alone.message()).contains("for b of the same affinity group");
  }

  private static Topology twice() {
    return Sample.flat(6, 48 * GIB);
  }

  @Test
  void affinityToAVmThatRunsHolds() {
    Snapshot running =
        Cluster.running(
            snapshot(lab("h1"), lab("h2")),
            spec("a", d -> d.hosts("h2").together("x")),
            spec("full", d -> d.hosts("h2").memory(18 * GIB)));

    assertThat(vetoes(running, spec("b", d -> d.together("x")), "h1"))
        .containsExactly(new Veto.Affinity(host("h1"), "x", vm("a"), host("h2")));
    assertThat(hostOf(place(running, spec("b", d -> d.together("x"))), "b")).isEqualTo(host("h2"));
    assertThat(vetoes(running, spec("b", d -> d.memory(9 * GIB).together("x")), "h2")).isNotEmpty();
  }

  @Test
  void contradictoryAffinityIsRefusedWithBothReasons() {
    PlacementResult result =
        place(
            snapshot(lab("h1"), lab("h2")),
            spec("a", d -> d.together("x").apart("y")),
            spec("b", d -> d.together("x").apart("y")));

    assertThat(result.placed()).isEmpty();
    assertThat(result.unplaceable().get(vm("a")).message())
        .contains("anti-affinity group 'y' (for b of the same affinity group)");
  }

  @Test
  void aSpreadGroupFillsEachDomainUpToItsBound() {
    Snapshot racks =
        snapshot(
            marked(lab("h1"), "rack=r1"),
            marked(lab("h2"), "rack=r1"),
            marked(lab("h3"), "rack=r2"),
            lab("h4"));
    List<VmSpec> group = new ArrayList<>();
    for (int i = 1; i <= 5; i++) {
      group.add(spec("s-" + i, d -> d.spread("web", "rack", 2)));
    }

    PlacementResult result = PLACER.place(racks, group, PlacementPolicy.DEFAULT);

    assertThat(result.placed().values())
        .extracting(placement -> placement.assignment().host().value())
        .containsExactlyInAnyOrder("h1", "h2", "h3", "h3");
    VmName left = result.unplaceable().firstKey();
    SpreadRule rule = new SpreadRule("web", "rack", 2);
    assertThat(result.unplaceable().get(left).vetoes())
        .containsEntry(host("h1"), List.of(new Veto.SpreadFull(host("h1"), rule, "r1", 2)))
        .containsEntry(host("h4"), List.of(new Veto.NoDomain(host("h4"), rule)));
    assertThat(result.unplaceable().get(left).message())
        .endsWith("move 1 of them out of rack r1, or raise placement.spread.atMost to 3");
  }

  @Test
  void eachHostIsADomainWhereNothingElseIsSaid() {
    PlacementResult result =
        place(
            snapshot(Sample.view("h1", twice(), 6000), lab("h2")),
            spec("a", d -> d.memory(128 * MIB).spread("web", SpreadRule.EACH_HOST, 1)),
            spec("b", d -> d.memory(128 * MIB).spread("web", SpreadRule.EACH_HOST, 1)));

    assertThat(hostOf(result, "a")).isNotEqualTo(hostOf(result, "b"));
  }
}
