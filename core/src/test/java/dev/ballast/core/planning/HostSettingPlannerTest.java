package dev.ballast.core.planning;

import static dev.ballast.core.sample.Sample.GIB;
import static dev.ballast.core.sample.Sample.host;
import static dev.ballast.core.sample.Sample.snapshot;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ballast.core.action.PlannedAction;
import dev.ballast.core.action.Reversible.SetHostSetting;
import dev.ballast.core.check.PlanChecker;
import dev.ballast.core.drift.DriftDetector;
import dev.ballast.core.model.CpuPins;
import dev.ballast.core.model.HostSetting;
import dev.ballast.core.model.HostSetting.Hugepages;
import dev.ballast.core.model.HostSetting.ReservedCpus;
import dev.ballast.core.model.HostSetting.TimeSources;
import dev.ballast.core.model.HostView;
import dev.ballast.core.model.Snapshot;
import dev.ballast.core.plan.Plan;
import dev.ballast.core.plan.PlanStep;
import dev.ballast.core.sample.Cluster;
import dev.ballast.core.sample.Enactment;
import dev.ballast.core.sample.Sample;
import dev.ballast.core.topology.CpuSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class HostSettingPlannerTest {
  private static final HostSettingPlanner PLANNER = new HostSettingPlanner();
  private static final long SIZE = 2L << 20;

  private final HostView view =
      Sample.view("h1", Sample.nodes(2, 2, 1, 4 * GIB))
          .withSettings(
              settings(
                  new Hugepages(SIZE, 0, 0),
                  new Hugepages(SIZE, 1, 8),
                  new ReservedCpus(CpuSet.EMPTY),
                  new TimeSources(new TreeSet<>())));
  private final Snapshot before = snapshot(view, Sample.view("h2", Sample.flat(4, GIB)));

  private static SortedMap<String, HostSetting> settings(HostSetting... settings) {
    SortedMap<String, HostSetting> result = new TreeMap<>();
    List.of(settings).forEach(setting -> result.put(setting.key(), setting));
    return result;
  }

  private Plan plan(HostSetting target) {
    return Cluster.plan(PLANNER.plan(before, Set.of(host("h1")), target));
  }

  private List<String> problems(Snapshot snapshot, HostSetting target) {
    return Cluster.problems(PLANNER.plan(snapshot, Set.of(host("h1")), target));
  }

  @Test
  void hugepagesAreSharedAmongNodes() {
    Plan plan = Cluster.plan(PLANNER.hugepages(before, host("h1"), SIZE, Optional.empty(), 19));

    assertThat(Cluster.describe(plan))
        .containsExactly("h1 set hugepages-2MiB-node0 10", "h1 set hugepages-2MiB-node1 9");
    assertThat(PlanChecker.check(before, plan)).isEmpty();
    Plan one = Cluster.plan(PLANNER.hugepages(before, host("h1"), SIZE, Optional.of(1), 19));
    assertThat(Cluster.describe(one)).containsExactly("h1 set hugepages-2MiB-node1 19");
  }

  @Test
  void whatIsThereAlreadyGetsNoStepButIsRemembered() {
    Plan plan = plan(new Hugepages(SIZE, 1, 8));

    assertThat(plan.steps()).isEmpty();
    assertThat(Enactment.of(before, plan).desiredSettings().get(host("h1"))).hasSize(1);
  }

  @Test
  void eachKindIsPlannedCheckedDriftsAndIsRolledBack() {
    for (HostSetting target :
        List.of(
            new Hugepages(SIZE, 0, 512),
            new ReservedCpus(CpuSet.of(0)),
            new TimeSources(new TreeSet<>(Set.of("ntp1.example", "10.0.0.1"))))) {
      Plan plan = plan(target);
      Snapshot after = Enactment.of(before, plan);

      assertThat(PlanChecker.check(before, plan)).isEmpty();
      assertThat(plan.steps()).hasSize(1);
      assertThat(after.hosts().get(host("h1")).settings()).containsValue(target);
      assertThat(DriftDetector.detect(after)).isEmpty();
      Snapshot drifted = Sample.with(after, view).withDesiredSettings(after.desiredSettings());
      assertThat(DriftDetector.detect(drifted))
          .singleElement()
          .satisfies(
              drift -> {
                assertThat(drift.object().value()).isEqualTo("host/" + target.key());
                assertThat(drift.expected()).isEqualTo(target.value());
              });

      Plan back =
          Cluster.plan(new RollbackPlanner().plan(after, Enactment.operation("op-1", plan)));
      assertThat(PlanChecker.check(after, back)).isEmpty();
      Snapshot restored = Enactment.of(after, back);
      assertThat(restored.hosts().get(host("h1")).settings()).isEqualTo(view.settings());
      assertThat(restored.desiredSetting(host("h1"), target.key())).isEmpty();
    }
  }

  @Test
  void whatWasChangedSinceIsNotRolledBack() {
    Plan plan = plan(new Hugepages(SIZE, 0, 512));
    Snapshot other = Enactment.of(before, plan);
    Snapshot later =
        Enactment.of(
            other,
            Cluster.plan(PLANNER.plan(other, Set.of(host("h1")), new Hugepages(SIZE, 0, 9))));

    assertThat(
            Cluster.problems(new RollbackPlanner().plan(later, Enactment.operation("op-1", plan))))
        .anyMatch(problem -> problem.contains("is 9, the operation had set 512"));
  }

  @Test
  void whatTheHostLacksOrCannotGiveIsRefused() {
    assertThat(
            Cluster.problems(PLANNER.plan(before, Set.of(host("h2")), new Hugepages(SIZE, 0, 1))))
        .singleElement()
        .asString()
        .contains("h2: has no hugepages-2MiB-node0");
    assertThat(problems(before, new Hugepages(SIZE, 0, 4_096)))
        .singleElement()
        .asString()
        .contains("more than the 4096 MiB of the node");
    assertThat(problems(before, new ReservedCpus(CpuSet.of(9))))
        .containsExactly("h1: has no CPUs 9; its CPUs are 0-3");
    assertThat(problems(before, new ReservedCpus(CpuSet.range(0, 3))))
        .singleElement()
        .asString()
        .contains("no CPU for guests");
    assertThat(Cluster.problems(PLANNER.plan(before, Set.of(), new ReservedCpus(CpuSet.of(0)))))
        .containsExactly("reserved-cpus: no host is named");
  }

  @Test
  void cpusThatAGuestRunsOnAreNotReserved() {
    Snapshot busy =
        Sample.with(
            before,
            Sample.with(view, Sample.foreign("web", 1, GIB, CpuSet.of(0)))
                .withSettings(view.settings()));

    assertThat(problems(busy, new ReservedCpus(CpuSet.of(0))))
        .containsExactly("h1: web runs on CPUs 0: pin it elsewhere first ('ballast pin web')");
    assertThat(problems(busy, new ReservedCpus(CpuSet.of(9)))).hasSize(1);
  }

  @Test
  void theCheckerRefusesWhatThePlannerWouldNotPlan() {
    Plan good = plan(new Hugepages(SIZE, 0, 1));
    Snapshot lacking = Sample.with(before, view.withSettings(new TreeMap<>()));

    assertThat(PlanChecker.check(lacking, good))
        .extracting(Object::toString)
        .anyMatch(text -> text.contains("has no hugepages-2MiB-node0"))
        .anyMatch(text -> text.contains("EXPECTATION"));
    Plan all = reserving(CpuSet.range(0, 3));
    assertThat(PlanChecker.check(before, all))
        .extracting(Object::toString)
        .anyMatch(text -> text.contains("some must stay for guests"));
    Snapshot busy =
        Sample.with(
            before,
            Sample.with(view, Sample.foreign("web", 1, GIB, CpuSet.of(0)))
                .withSettings(view.settings()));
    assertThat(PlanChecker.check(busy, reserving(CpuSet.of(0))))
        .extracting(Object::toString)
        .anyMatch(text -> text.contains("web would have no CPU left"));
  }

  private Plan reserving(CpuSet cpus) {
    Plan one = plan(new ReservedCpus(CpuSet.of(0)));
    var step = one.steps().getFirst();
    return new Plan(
        one.title(),
        one.origin(),
        one.parentVersion(),
        List.of(
            new PlanStep(
                1,
                step.host(),
                new PlannedAction(
                    new SetHostSetting(new ReservedCpus(cpus)), step.planned().expectation()),
                step.after())),
        one.changes(),
        one.decisions(),
        one.inverse());
  }

  @Test
  void reservedCpusGetNoVmAndNoPin() {
    HostView reserved = view.withSettings(settings(new ReservedCpus(CpuSet.of(0, 1))));
    Snapshot only = snapshot(reserved);
    Snapshot running = Cluster.running(only, Sample.spec("a", 2, GIB));

    assertThat(running.assignments().values())
        .singleElement()
        .satisfies(
            assignment -> {
              assertThat(assignment.pins().allVcpuCpus()).isEqualTo(CpuSet.of(2, 3));
              assertThat(assignment.pins().emulator().intersects(CpuSet.of(0, 1))).isFalse();
            });
    CpuPins pins = CpuPins.uniform(2, CpuSet.of(0, 1));
    assertThat(Cluster.problems(new PinPlanner().plan(running, Sample.vm("a"), pins, false)))
        .anyMatch(problem -> problem.contains("CPUs 0-1 of h1 are reserved"));
  }
}
