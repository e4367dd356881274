package dev.ballast.core.planning;

import static dev.ballast.core.sample.Sample.host;
import static dev.ballast.core.sample.Sample.lab;
import static dev.ballast.core.sample.Sample.snapshot;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ballast.core.check.PlanChecker;
import dev.ballast.core.drift.DriftDetector;
import dev.ballast.core.model.ClockState;
import dev.ballast.core.model.HostFacts;
import dev.ballast.core.model.HostName;
import dev.ballast.core.model.KsmSettings;
import dev.ballast.core.model.OtherOwner;
import dev.ballast.core.model.Snapshot;
import dev.ballast.core.plan.Plan;
import dev.ballast.core.sample.Cluster;
import dev.ballast.core.sample.Enactment;
import dev.ballast.core.sample.Sample;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class KsmPlannerTest {
  private static final KsmPlanner PLANNER = new KsmPlanner();

  private final Snapshot off = snapshot(lab("h1"), lab("h2"));
  private final Snapshot on = Sample.with(off, Sample.with(lab("h1"), new KsmSettings(1, 100, 20)));

  @Test
  void eachHostThatIsNotThereYetGetsAStep() {
    Plan plan = Cluster.plan(PLANNER.plan(on, both(), KsmChange.run(1)));

    assertThat(Cluster.describe(plan))
        .containsExactly("h2 set KSM run=1 pages_to_scan=100 sleep_millisecs=20");
    assertThat(PlanChecker.check(on, plan)).isEmpty();
    assertThat(Enactment.of(on, plan).desiredKsm()).hasSize(2);
  }

  @Test
  void itIsRolledBackToWhatEachHostHad() {
    Plan plan = Cluster.plan(PLANNER.plan(on, both(), KsmChange.run(0)));
    Snapshot after = Enactment.of(on, plan);

    Plan back = Cluster.plan(new RollbackPlanner().plan(after, Enactment.operation("op-3", plan)));

    assertThat(PlanChecker.check(after, back)).isEmpty();
    Snapshot restored = Enactment.of(after, back);
    assertThat(restored.hosts().get(host("h1")).ksm()).isEqualTo(Optional.of(KSM_ON));
    assertThat(restored.desiredKsm()).isEmpty();
  }

  @Test
  void whatWasChangedSinceIsNotRolledBackAndTheLaterOperationIsNamed() {
    Plan first = Cluster.plan(PLANNER.plan(on, both(), KsmChange.run(0)));
    Snapshot after = Enactment.of(on, first);
    KsmChange slower = new KsmChange(Optional.empty(), Optional.empty(), Optional.of(500L));
    Plan second = Cluster.plan(PLANNER.plan(after, Set.of(host("h1")), slower));
    Snapshot later = Enactment.of(after, second);

    PlanResult result =
        new RollbackPlanner()
            .plan(
                later,
                Enactment.operation("op-3", first),
                List.of(Enactment.operation("op-4", second)));

    assertThat(Cluster.problems(result))
        .anyMatch(
            problem ->
                problem.contains("h1: KSM sleep_millisecs is 500")
                    && problem.contains("had set 20")
                    && problem.contains("op-4"));
  }

  @Test
  void senselessChangesAreRefused() {
    assertThat(Cluster.problems(PLANNER.plan(off, Set.of(), KsmChange.run(1))))
        .containsExactly("ksm: no host is named");
    assertThat(Cluster.problems(PLANNER.plan(off, Set.of(host("h9")), KsmChange.run(1))))
        .containsExactly("h9: no such host is known");
    assertThat(Cluster.problems(PLANNER.plan(off, Set.of(host("h1")), KsmChange.run(7))))
        .containsExactly("h1: KSM run is 0, 1 or 2, not 7");
  }

  @Test
  void unmergingIsPlannedAndRolledBack() {
    Plan plan = Cluster.plan(PLANNER.plan(on, Set.of(host("h1")), KsmChange.run(2)));
    Snapshot after = Enactment.of(on, plan);

    Plan back = Cluster.plan(new RollbackPlanner().plan(after, Enactment.operation("op-1", plan)));

    assertThat(PlanChecker.check(on, plan)).isEmpty();
    assertThat(PlanChecker.check(after, back)).isEmpty();
    assertThat(Enactment.of(after, back).hosts().get(host("h1")).ksm()).contains(KSM_ON);
  }

  @Test
  void mergingAcrossNodesIsPlannedWhereTheKernelHasIt() {
    KsmChange apart =
        new KsmChange(Optional.empty(), Optional.empty(), Optional.empty(), Optional.of(false));
    KsmSettings across = KSM_ON.withMergeAcrossNodes(Optional.of(true));
    Snapshot has = Sample.with(on, Sample.with(lab("h1"), across));

    Plan plan = Cluster.plan(PLANNER.plan(has, Set.of(host("h1")), apart));

    assertThat(Cluster.describe(plan))
        .singleElement()
        .asString()
        .endsWith("sleep_millisecs=20 merge_across_nodes=0");
    Snapshot after = Enactment.of(has, plan);
    assertThat(DriftDetector.detect(after)).isEmpty();
    assertThat(DriftDetector.detect(Sample.with(after, Sample.with(lab("h1"), across))))
        .extracting(Object::toString)
        .anyMatch(drift -> drift.contains("mergeAcrossNodes"));
    assertThat(Cluster.problems(PLANNER.plan(on, Set.of(host("h1")), apart)))
        .singleElement()
        .asString()
        .contains("no merge_across_nodes");
  }

  @Test
  void aFrozenHostIsRefused() {
    Snapshot frozen = Sample.with(off, Sample.in(lab("h1"), true, false, true));

    assertThat(Cluster.problems(PLANNER.plan(frozen, both(), KsmChange.run(1))))
        .containsExactly("h1: is frozen: unfreeze it first");
  }

  private static final KsmSettings KSM_ON = new KsmSettings(1, 100, 20);

  private static Set<HostName> both() {
    return Set.of(host("h1"), host("h2"));
  }

  @Test
  void whoElseSetsKsmIsNamed() {
    HostFacts facts =
        new HostFacts(
            ClockState.SYNCHRONISED,
            "",
            new TreeMap<>(Map.of(OtherOwner.KSMTUNED, "process ksmtuned")),
            new TreeMap<>());
    Snapshot tuned = snapshot(lab("h1").withFacts(facts));

    PlanResult result = PLANNER.plan(tuned, Set.of(host("h1")), KsmChange.run(1));

    assertThat(Cluster.problems(result))
        .anyMatch(problem -> problem.contains("ksmtuned sets KSM on this host"));
  }
}
