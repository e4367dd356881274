package dev.ballast.core.planning;

import static dev.ballast.core.sample.Sample.GIB;
import static dev.ballast.core.sample.Sample.MIB;
import static dev.ballast.core.sample.Sample.marked;
import static dev.ballast.core.sample.Sample.migratable;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ballast.core.action.Final.MigrateDomain;
import dev.ballast.core.action.MigrationLimits;
import dev.ballast.core.check.PlanChecker;
import dev.ballast.core.demand.VmDemand;
import dev.ballast.core.model.HostName;
import dev.ballast.core.model.HostView;
import dev.ballast.core.model.Snapshot;
import dev.ballast.core.model.VmName;
import dev.ballast.core.model.VmSpec;
import dev.ballast.core.placement.PlacementPolicy;
import dev.ballast.core.plan.Plan;
import dev.ballast.core.plan.PlanStep;
import dev.ballast.core.plan.PlanText;
import dev.ballast.core.planning.RebalancePlanner.Extent;
import dev.ballast.core.sample.Enactment;
import dev.ballast.core.sample.Sample;
import dev.ballast.core.sample.SpecDraft;
import dev.ballast.core.search.Aim;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** What every rebalancing promises, on clusters of all shapes. */
class RebalancePropertiesTest {
  private static final int HOT_PERCENT = 85;

  private static Plan plan(Snapshot snapshot, Map<VmName, VmDemand> demand, Aim policy) {
    PlanResult result =
        new RebalancePlanner()
            .plan(
                snapshot,
                demand,
                MigrationLimits.DEFAULT,
                PlacementPolicy.DEFAULT,
                new Extent(100, 16, policy, 2, HOT_PERCENT));
    assertThat(result).isInstanceOf(PlanResult.Planned.class);
    return ((PlanResult.Planned) result).plan();
  }

  @Property(tries = 300)
  void everyIntermediateStatePassesTheCheckersAndNoHostTakesPartTwiceAtOnce(
      @ForAll long seed, @ForAll Aim policy) {
    SplittableRandom random = new SplittableRandom(seed);
    Snapshot snapshot = cluster(random);
    Map<VmName, VmDemand> demand = demand(random, snapshot);

    Plan plan = plan(snapshot, demand, policy);

    assertThat(PlanChecker.check(snapshot, plan)).as(PlanText.render(plan)).isEmpty();
    Map<HostName, PlanStep> lastOn = new HashMap<>();
    TreeSet<VmName> moved = new TreeSet<>();
    for (PlanStep step : plan.steps()) {
      MigrateDomain migrate = (MigrateDomain) step.planned().action();
      assertThat(moved.add(migrate.vm())).isTrue();
      for (HostName host : List.of(step.host(), migrate.target())) {
        PlanStep last = lastOn.put(host, step);
        assertThat(last == null || step.after().contains(last.number())).isTrue();
      }
    }
    for (int steps = 1; steps <= plan.steps().size(); steps++) {
      holdsMemory(Enactment.partly(snapshot, plan, steps));
    }
  }

  /** Reckoned here for itself. */
  private static void holdsMemory(Snapshot state) {
    for (HostView view : state.hosts().values()) {
      long used =
          view.domains().values().stream()
              .filter(domain -> domain.state().isActive())
              .mapToLong(domain -> domain.memoryBytes())
              .sum();
      assertThat(used).isLessThanOrEqualTo(view.inventory().memoryBytes());
    }
  }

  @Property(tries = 100)
  void theSameInputGivesTheSameBytes(@ForAll long seed, @ForAll Aim policy) {
    Snapshot snapshot = cluster(new SplittableRandom(seed));
    Map<VmName, VmDemand> demand = demand(new SplittableRandom(seed), snapshot);

    assertThat(PlanText.render(plan(snapshot, new HashMap<>(demand), policy)))
        .isEqualTo(PlanText.render(plan(snapshot, new TreeMap<>(demand).descendingMap(), policy)));
  }

  @Property(tries = 200)
  void withoutAHotHostStableMovesNothing(@ForAll long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Snapshot snapshot = cluster(random);
    Map<VmName, VmDemand> demand = demand(random, snapshot);
    boolean hot = snapshot.hosts().values().stream().anyMatch(view -> overload(view, demand) > 0);

    Plan plan = plan(snapshot, demand, Aim.STABLE);

    assertThat(plan.isEmpty() || hot).isTrue();
    assertThat(overload(Enactment.of(snapshot, plan), demand))
        .isLessThanOrEqualTo(overload(snapshot, demand));
    assertThat(
            plan.isEmpty()
                || overload(Enactment.of(snapshot, plan), demand) < overload(snapshot, demand))
        .isTrue();
  }

  @Property(tries = 200)
  void anEmptyHostMoreNeverLeavesMoreOverload(@ForAll long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Snapshot snapshot = cluster(random);
    Map<VmName, VmDemand> demand = demand(random, snapshot);
    Snapshot wider = Sample.with(snapshot, migratable(Sample.view("h9", Sample.flat(4, 16 * GIB))));

    long without = overload(Enactment.of(snapshot, plan(snapshot, demand, Aim.STABLE)), demand);
    long with = overload(Enactment.of(wider, plan(wider, demand, Aim.STABLE)), demand);

    assertThat(with).isLessThanOrEqualTo(without);
  }

  @Property(tries = 200)
  void consolidationNeverUsesMoreHostsNorMakesOneHot(@ForAll long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Snapshot snapshot = cluster(random);
    Map<VmName, VmDemand> demand = new TreeMap<>();
    snapshot.specs().keySet().forEach(vm -> demand.put(vm, new VmDemand(vm, 100, 100, 100)));

    Snapshot after = Enactment.of(snapshot, plan(snapshot, demand, Aim.CONSOLIDATE));

    if (overload(snapshot, demand) == 0) {
      assertThat(inUse(after)).isLessThanOrEqualTo(inUse(snapshot));
      assertThat(overload(after, demand)).isZero();
    }
  }

  private static long inUse(Snapshot snapshot) {
    return snapshot.hosts().values().stream().filter(view -> !view.domains().isEmpty()).count();
  }

  private static long overload(Snapshot snapshot, Map<VmName, VmDemand> demand) {
    return snapshot.hosts().values().stream().mapToLong(view -> overload(view, demand)).sum();
  }

  private static long overload(HostView view, Map<VmName, VmDemand> demand) {
    long wanted =
        view.domains().values().stream()
            .filter(domain -> domain.state().isActive() && demand.containsKey(domain.name()))
            .mapToLong(domain -> demand.get(domain.name()).expectedMillis())
            .sum();
    return Math.max(0, wanted - view.inventory().cpuCapacityMillis() * HOT_PERCENT / 100);
  }

  private static Map<VmName, VmDemand> demand(SplittableRandom random, Snapshot snapshot) {
    Map<VmName, VmDemand> demand = new TreeMap<>();
    for (VmSpec spec : snapshot.specs().values()) {
      long millis = random.nextLong(0, 1_000L * spec.vcpus());
      demand.put(spec.name(), new VmDemand(spec.name(), millis, millis, millis));
    }
    return demand;
  }

  private static Snapshot cluster(SplittableRandom random) {
    HostView[] views = new HostView[random.nextInt(1, 6)];
    for (int i = 0; i < views.length; i++) {
      HostView view =
          Sample.view(
              "h" + (i + 1),
              Sample.nodes(
                  random.nextInt(1, 3), random.nextInt(1, 5), 1, random.nextLong(2, 7) * GIB));
      view = random.nextInt(8) == 0 ? view : migratable(view);
      view = marked(view, random.nextInt(8) == 0 ? "!gpu" : "disk=hdd", "rack=r" + i % 2);
      views[i] = view.withCordoned(random.nextInt(10) == 0);
    }
    List<VmSpec> specs = new ArrayList<>();
    int count = random.nextInt(0, 16);
    for (int i = 0; i < count; i++) {
      specs.add(spec(random, "vm-" + i));
    }
    Snapshot empty = Sample.snapshot(views);
    return new ApplyPlanner().plan(empty, specs, PlacementPolicy.DEFAULT)
            instanceof PlanResult.Planned(Plan plan)
        ? Enactment.of(empty, plan)
        : empty;
  }

  private static VmSpec spec(SplittableRandom random, String name) {
    SpecDraft draft =
        new SpecDraft(Sample.spec(name, random.nextInt(1, 3), random.nextLong(1, 8) * 128 * MIB));
    return switch (random.nextInt(10)) {
      case 0 -> draft.apart("a" + random.nextInt(2)).vm();
      case 1 -> draft.together("t" + random.nextInt(2)).vm();
      case 2 -> draft.spread("s", "rack", 3).vm();
      case 3 -> draft.hosts("h1", "h2").vm();
      case 4 -> draft.stopped().vm();
      case 5 -> draft.rules(r -> r.withTolerations(new TreeSet<>(List.of("gpu")))).vm();
      default -> draft.vm();
    };
  }
}
