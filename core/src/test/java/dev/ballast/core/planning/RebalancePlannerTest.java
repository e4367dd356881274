package dev.ballast.core.planning;

import static dev.ballast.core.sample.Cluster.describe;
import static dev.ballast.core.sample.Cluster.plan;
import static dev.ballast.core.sample.Sample.GIB;
import static dev.ballast.core.sample.Sample.MIB;
import static dev.ballast.core.sample.Sample.host;
import static dev.ballast.core.sample.Sample.lab;
import static dev.ballast.core.sample.Sample.migratable;
import static dev.ballast.core.sample.Sample.snapshot;
import static dev.ballast.core.sample.Sample.spec;
import static dev.ballast.core.sample.Sample.vm;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ballast.core.action.MigrationLimits;
import dev.ballast.core.check.PlanChecker;
import dev.ballast.core.demand.VmDemand;
import dev.ballast.core.model.Snapshot;
import dev.ballast.core.model.VmName;
import dev.ballast.core.model.VmSpec;
import dev.ballast.core.placement.PlacementPolicy;
import dev.ballast.core.plan.Plan;
import dev.ballast.core.planning.RebalancePlanner.Extent;
import dev.ballast.core.sample.Cluster;
import dev.ballast.core.sample.Enactment;
import dev.ballast.core.sample.Sample;
import dev.ballast.core.search.Aim;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class RebalancePlannerTest {
  /** Guests on h1 that may run anywhere; h2 and h3 are empty. */
  private static Snapshot crowded(int guests) {
    List<VmSpec> bound = new ArrayList<>();
    List<VmSpec> free = new ArrayList<>();
    for (int i = 1; i <= guests; i++) {
      bound.add(spec("g-" + i, d -> d.hosts("h1")));
      free.add(spec("g-" + i, d -> d));
    }
    Snapshot snapshot =
        Cluster.running(
            snapshot(migratable(lab("h1")), migratable(lab("h2")), migratable(lab("h3"))),
            bound.toArray(VmSpec[]::new));
    return Enactment.of(snapshot, Cluster.applied(snapshot, free));
  }

  private static Map<VmName, VmDemand> each(Snapshot snapshot, long millis) {
    Map<VmName, VmDemand> demand = new TreeMap<>();
    snapshot
        .specs()
        .keySet()
        .forEach(vm -> demand.put(vm, new VmDemand(vm, millis, millis, millis)));
    return demand;
  }

  private static PlanResult rebalance(
      Snapshot snapshot, Map<VmName, VmDemand> demand, Extent extent) {
    return new RebalancePlanner()
        .plan(snapshot, demand, MigrationLimits.DEFAULT, PlacementPolicy.DEFAULT, extent);
  }

  @Test
  void sixGuestsOfOneHostSpreadOverThree() {
    Snapshot crowded = crowded(6);

    Plan plan = plan(rebalance(crowded, each(crowded, 200), Extent.DEFAULT));

    assertThat(PlanChecker.check(crowded, plan)).isEmpty();
    assertThat(describe(plan))
        .extracting(text -> text.replaceAll(" \\(.*", ""))
        .containsExactly(
            "h1 migrate g-1 to h2",
            "h1 migrate g-2 to h3",
            "h1 migrate g-3 to h2",
            "h1 migrate g-4 to h3");
    Snapshot after = Enactment.of(crowded, plan);
    assertThat(after.hosts().values()).allMatch(view -> view.domains().size() == 2);
    assertThat(plan(rebalance(after, each(after, 200), Extent.DEFAULT)).isEmpty()).isTrue();
  }

  @Test
  void movesAreLimitedAndMustBeWorthIt() {
    Snapshot crowded = crowded(6);

    assertThat(plan(rebalance(crowded, each(crowded, 200), new Extent(100, 1))).steps()).hasSize(1);
    Plan idle = plan(rebalance(crowded, each(crowded, 10), Extent.DEFAULT));
    assertThat(idle.isEmpty()).isTrue();
    assertThat(idle.decisions().getFirst().reason())
        .isEqualTo(
            "no move lowers the higher share of two hosts by 10 points: h1 4 %, h2 0 %, h3 0 %");
    assertThatThrownBy(() -> new Extent(0, 1)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void antiAffinityHoldsInEachStep() {
    Snapshot start = snapshot(migratable(lab("h1")), migratable(lab("h2")));
    Snapshot one =
        Cluster.running(
            start,
            spec("a-1", d -> d.hosts("h1").apart("a")),
            spec("b-1", d -> d.hosts("h1")),
            spec("a-2", d -> d.hosts("h2").apart("a")));
    Snapshot free =
        Enactment.of(
            one,
            Cluster.applied(
                one,
                List.of(
                    spec("a-1", d -> d.apart("a")),
                    spec("b-1", d -> d),
                    spec("a-2", d -> d.apart("a")))));
    Map<VmName, VmDemand> demand = new TreeMap<>();
    demand.put(vm("a-1"), new VmDemand(vm("a-1"), 600, 600, 600));
    demand.put(vm("b-1"), new VmDemand(vm("b-1"), 300, 300, 300));

    Plan plan = plan(rebalance(free, demand, Extent.DEFAULT));

    assertThat(PlanChecker.check(free, plan)).isEmpty();
    assertThat(Enactment.of(free, plan).assignments().get(vm("b-1")).host()).isEqualTo(host("h2"));
    assertThat(plan.steps()).hasSize(1);
  }

  private static Plan planned(Snapshot snapshot, Map<VmName, VmDemand> demand, Aim policy) {
    return plan(rebalance(snapshot, demand, new Extent(100, 16, policy, 4, 85)));
  }

  @Test
  void stableRelievesHotHostsAndNothingElse() {
    Snapshot crowded = crowded(6);

    assertThat(planned(crowded, each(crowded, 200), Aim.STABLE).isEmpty()).isTrue();
    Plan hot = planned(crowded, each(crowded, 240), Aim.STABLE);
    assertThat(describe(hot)).hasSize(1).first().asString().startsWith("h1 migrate g-1 to h2");
    assertThat(hot.decisions().getFirst().reason())
        .isEqualTo(
            "VMs of h1 want 96 % of its CPU capacity, more than 85 %: it moves from h1 to h2, the"
                + " higher share of the two falls from 96 % to 80 %");
    assertThat(hot.decisions().getFirst().rejected())
        .containsExactly("h3: would be at 16 %, or had no room");
  }

  @Test
  void consolidationEmptiesTheLeastUsedHost() {
    Snapshot three =
        Cluster.running(
            snapshot(migratable(lab("h1")), migratable(lab("h2")), migratable(lab("h3"))),
            spec("a", d -> d),
            spec("b", d -> d),
            spec("c", d -> d));
    Map<VmName, VmDemand> demand = each(three, 100);

    Plan plan = planned(three, demand, Aim.CONSOLIDATE);

    assertThat(PlanChecker.check(three, plan)).isEmpty();
    Snapshot after = Enactment.of(three, plan);
    assertThat(after.hosts().values()).filteredOn(view -> !view.domains().isEmpty()).hasSize(1);
    assertThat(planned(after, demand, Aim.CONSOLIDATE).decisions().getFirst().reason())
        .startsWith("no host can be emptied into the others: ");
  }

  @Test
  void whatStaysHotIsToldWithTheReason() {
    Snapshot alone = Cluster.running(snapshot(lab("h1")), spec("a", d -> d), spec("b", d -> d));
    Plan plan = planned(alone, each(alone, 900), Aim.STABLE);

    assertThat(plan.isEmpty()).isTrue();
    assertThat(plan.decisions().getFirst().reason())
        .isEqualTo(
            "VMs of h1 still want 120 % of its CPU capacity, more than 85 %: no other host has room"
                + " for any of them, nor can two change places one after the other");
  }

  @Test
  void anAffinityGroupStaysAndIsToldWhy() {
    Snapshot two =
        Cluster.running(
            snapshot(migratable(lab("h1")), migratable(lab("h2"))),
            spec("a", d -> d.together("t")),
            spec("b", d -> d.together("t")));

    Plan plan = planned(two, each(two, 900), Aim.STABLE);

    assertThat(plan.isEmpty()).isTrue();
    assertThat(plan.decisions().getFirst().reason()).endsWith("none of them may move");
    assertThat(plan.decisions().getFirst().rejected())
        .first()
        .isEqualTo(
            "move a: shares its host with its affinity group of 2 VMs, which a rebalancing, moving"
                + " VMs one by one, would part");
  }

  @Test
  void aCycleIsRefusedWithTheVmsTheHostAndTheStepThatOpensIt() {
    long roomy = 10 * GIB + 768 * MIB;
    Snapshot start =
        snapshot(
            migratable(Sample.view("h1", Sample.flat(4, roomy), 1_000)),
            migratable(Sample.view("h2", Sample.flat(4, roomy), 1_000)),
            migratable(Sample.view("h3", Sample.flat(4, 3 * GIB + 768 * MIB), 1_000)));
    Snapshot bound =
        Cluster.running(
            start,
            spec("a", d -> d.hosts("h1").memory(5 * GIB)),
            spec("b", d -> d.hosts("h1").memory(5 * GIB)),
            spec("c", d -> d.hosts("h2").memory(3 * GIB)),
            spec("d", d -> d.hosts("h2").memory(5 * GIB)));
    Snapshot free =
        Enactment.of(
            bound,
            Cluster.applied(
                bound,
                List.of(
                    spec("a", d -> d.memory(5 * GIB)),
                    spec("b", d -> d.memory(5 * GIB)),
                    spec("c", d -> d.memory(3 * GIB)),
                    spec("d", d -> d.memory(5 * GIB)))));
    Map<VmName, VmDemand> demand = each(free, 600);
    demand.put(vm("c"), new VmDemand(vm("c"), 100, 100, 100));
    demand.put(vm("d"), new VmDemand(vm("d"), 100, 100, 100));

    Plan plan = planned(free, demand, Aim.STABLE);

    assertThat(plan.isEmpty()).isTrue();
    assertThat(plan.decisions().getFirst().reason())
        .endsWith(
            "a and c of h2 could change places only through a third host, and a VM moves once in a"
                + " plan: 'ballast migrate c --to h3 --run' opens the cycle, then rebalance again");
  }

  @Test
  void whatIsBoundStaysAndEveryHostTellsWhyItWasNotTaken() {
    Snapshot crowded = crowded(6);
    TreeMap<VmName, String> vms = new TreeMap<>(Map.of(vm("g-1"), "rests"));
    TreeMap<dev.ballast.core.model.HostName, String> hosts =
        new TreeMap<>(Map.of(host("h2"), "rests too"));

    Plan plan =
        plan(
            new RebalancePlanner()
                .plan(
                    new RebalancePlanner.Question(
                        crowded,
                        each(crowded, 200),
                        MigrationLimits.DEFAULT,
                        PlacementPolicy.DEFAULT,
                        Extent.DEFAULT,
                        new Bounds(vms, hosts),
                        dev.ballast.core.plan.Origin.BALANCER)));

    assertThat(describe(plan))
        .isNotEmpty()
        .allMatch(text -> text.contains(" to h3"))
        .noneMatch(text -> text.contains("g-1"));
    assertThat(plan.decisions().getFirst().reason()).startsWith("the balancer rebalances");
    assertThat(plan.decisions().getFirst().rejected()).containsExactly("h2: rests too");
  }

  @Test
  void aHostWithoutASeatIsPassedOver() {
    // Each of h2's nodes lacks the memory that both have together.
    Snapshot split =
        Enactment.of(
            Cluster.running(
                snapshot(
                    migratable(lab("h1")),
                    migratable(Sample.view("h2", Sample.nodes(2, 2, 1, GIB))),
                    migratable(lab("h3"))),
                spec("a", d -> d.hosts("h1").memory(1400 * MIB)),
                spec("b", d -> d.hosts("h1").memory(1400 * MIB)),
                spec("c", d -> d.hosts("h3"))),
            Cluster.applied(
                Cluster.running(
                    snapshot(
                        migratable(lab("h1")),
                        migratable(Sample.view("h2", Sample.nodes(2, 2, 1, GIB))),
                        migratable(lab("h3"))),
                    spec("a", d -> d.hosts("h1").memory(1400 * MIB)),
                    spec("b", d -> d.hosts("h1").memory(1400 * MIB)),
                    spec("c", d -> d.hosts("h3"))),
                List.of(
                    spec("a", d -> d.memory(1400 * MIB)), spec("b", d -> d.memory(1400 * MIB)))));

    Plan plan = planned(split, each(split, 700), Aim.STABLE);

    assertThat(PlanChecker.check(split, plan)).isEmpty();
    assertThat(plan.steps()).isEmpty();
    Map<VmName, VmDemand> idle = each(split, 700);
    idle.put(vm("c"), new VmDemand(vm("c"), 100, 100, 100));
    assertThat(describe(planned(split, idle, Aim.STABLE)))
        .first()
        .asString()
        .startsWith("h1 migrate a to h3");
  }

  @Test
  void noHostsAndNoVmsGiveAnEmptyPlan() {
    for (Aim policy : Aim.values()) {
      assertThat(planned(snapshot(), Map.of(), policy).isEmpty()).isTrue();
      assertThat(planned(snapshot(lab("h1")), Map.of(), policy).isEmpty()).isTrue();
      Snapshot nothing = snapshot(Sample.view("h1", Sample.flat(1, 0), 0));
      assertThat(planned(nothing, Map.of(), policy).isEmpty()).isTrue();
    }
  }
}
