package dev.ballast.core.planning;

import static dev.ballast.core.sample.Sample.MIB;
import static dev.ballast.core.sample.Sample.host;
import static dev.ballast.core.sample.Sample.lab;
import static dev.ballast.core.sample.Sample.snapshot;
import static dev.ballast.core.sample.Sample.spec;
import static dev.ballast.core.sample.Sample.vm;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ballast.core.action.Outcome;
import dev.ballast.core.check.PlanChecker;
import dev.ballast.core.model.CpuPins;
import dev.ballast.core.model.DomainState;
import dev.ballast.core.model.Snapshot;
import dev.ballast.core.model.VmSpec;
import dev.ballast.core.placement.PlacementPolicy;
import dev.ballast.core.plan.ExecutedOperation;
import dev.ballast.core.plan.Origin;
import dev.ballast.core.plan.Plan;
import dev.ballast.core.plan.PlanText;
import dev.ballast.core.plan.StepResult;
import dev.ballast.core.sample.Cluster;
import dev.ballast.core.sample.Enactment;
import dev.ballast.core.sample.Sample;
import dev.ballast.core.sample.SpecDraft;
import dev.ballast.core.topology.CpuSet;
import java.util.List;
import org.junit.jupiter.api.Test;

class RollbackPlannerTest {
  private static final RollbackPlanner PLANNER = new RollbackPlanner();
  private static final VmSpec WEB_1 = spec("web-1", 1, 128 * MIB);
  private static final VmSpec WEB_2 = spec("web-2", 1, 128 * MIB);

  private final Snapshot empty = snapshot(lab("h1"));
  private final Snapshot running = Cluster.running(empty, WEB_1);

  @Test
  void whatAnOperationCreatedGoesAgainBehindAPointOfNoReturn() {
    Plan plan = Cluster.applied(running, List.of(WEB_1, WEB_2));
    Snapshot after = Enactment.of(running, plan);

    Plan back = back(after, plan);

    assertThat(back.origin()).isEqualTo(Origin.ROLLBACK);
    assertThat(Cluster.describe(back))
        .containsExactly("h1 shut down web-2 (wait at most 60 s)", "h1 undefine web-2");
    assertThat(PlanText.render(back)).contains("point of no return");
    Snapshot restored = Enactment.of(after, back);
    assertThat(restored.specs()).isEqualTo(running.specs());
    assertThat(restored.assignments()).isEqualTo(running.assignments());
    assertThat(restored.hosts().get(host("h1")).domains())
        .isEqualTo(running.hosts().get(host("h1")).domains());
  }

  @Test
  void anOperationThatStoppedHalfwayIsRolledBackAsFarAsItGot() {
    Plan plan = Cluster.applied(empty, List.of(WEB_1, WEB_2));
    Snapshot half = Enactment.partly(empty, plan, 3);

    Plan back = Cluster.plan(PLANNER.plan(half, Enactment.operation("op-1", plan, 3)));

    assertThat(PlanChecker.check(half, back)).isEmpty();
    assertThat(Cluster.describe(back))
        .containsExactly(
            "h1 undefine web-2", "h1 shut down web-1 (wait at most 60 s)", "h1 undefine web-1");
    assertThat(back.changes()).isEmpty();
  }

  @Test
  void aRedefinitionGoesBackToTheFormerSpecification() {
    VmSpec larger = spec("web-1", d -> d.memory(256 * MIB));
    Plan plan = Cluster.applied(running, List.of(larger));
    Snapshot after = Enactment.of(running, plan);

    Plan back = back(after, plan);

    Snapshot restored = Enactment.of(after, back);
    assertThat(restored.specs()).isEqualTo(running.specs());
    assertThat(restored.hosts().get(host("h1")).domains())
        .isEqualTo(running.hosts().get(host("h1")).domains());
  }

  @Test
  void aRemovedVmIsDefinedAndStartedAgain() {
    Plan plan =
        Cluster.plan(new ApplyPlanner().plan(running, List.of(), PlacementPolicy.DEFAULT, true));
    Snapshot after = Enactment.of(running, plan);
    assertThat(after.hosts().get(host("h1")).domains()).isEmpty();

    Plan back = back(after, plan);

    assertThat(Cluster.describe(back))
        .satisfiesExactly(
            text -> assertThat(text).contains("define web-1"),
            text -> assertThat(text).contains("start web-1"));
    Snapshot restored = Enactment.of(after, back);
    assertThat(restored.hosts().get(host("h1")).domains())
        .isEqualTo(running.hosts().get(host("h1")).domains());
  }

  @Test
  void aStopIsAnsweredByAStartAndAStartByAStop() {
    Plan stop = Cluster.applied(running, List.of(spec("web-1", SpecDraft::stopped)));
    Snapshot stopped = Enactment.of(running, stop);

    Plan start = back(stopped, stop);
    assertThat(Cluster.describe(start)).containsExactly("h1 start web-1");
    Snapshot again = Enactment.of(stopped, start);
    assertThat(Cluster.describe(back(again, start)))
        .containsExactly("h1 shut down web-1 (wait at most 60 s)");
  }

  @Test
  void whatWasUndoneByHandIsLeftAlone() {
    Plan plan = Cluster.applied(empty, List.of(WEB_1));
    Snapshot after = Enactment.of(empty, plan);
    Snapshot gone = Sample.with(after, Sample.without(after.hosts().get(host("h1")), "web-1"));

    assertThat(back(gone, plan).steps()).isEmpty();
  }

  @Test
  void aDomainThatWasRedefinedSinceIsRefusedWithTheOperation() {
    Plan first = Cluster.applied(empty, List.of(WEB_1));
    Snapshot after = Enactment.of(empty, first);
    Plan second = Cluster.applied(after, List.of(spec("web-1", d -> d.memory(256 * MIB))));
    Snapshot later = Enactment.of(after, second);

    List<String> problems =
        Cluster.problems(
            PLANNER.plan(
                later,
                Enactment.operation("op-1", first),
                List.of(Enactment.operation("op-2", second))));

    assertThat(problems)
        .anyMatch(p -> p.contains("definition on h1 is") && p.contains("changed since by op-2"))
        .anyMatch(p -> p.contains("the specification of web-1: was changed by a later"));
  }

  @Test
  void pinsThatWereMovedSinceAreRefused() {
    Plan plan =
        Cluster.plan(new PinPlanner().plan(running, vm("web-1"), CpuPins.uniform(1, CpuSet.of(1))));
    Snapshot after = Enactment.of(running, plan);
    var domain = after.hosts().get(host("h1")).domains().get(vm("web-1"));
    CpuPins both = CpuPins.uniform(1, CpuSet.of(0, 1));
    Snapshot moved =
        Sample.with(
            after, Sample.with(after.hosts().get(host("h1")), Enactment.pinnedLive(domain, both)));

    assertThat(Cluster.problems(PLANNER.plan(moved, Enactment.operation("op-1", plan))))
        .anyMatch(p -> p.startsWith("web-1: pins on h1 is") && p.contains("no known operation"));
  }

  @Test
  void aStepOfUnknownOutcomeStandsAgainstRollback() {
    Plan plan = Cluster.applied(empty, List.of(WEB_1));
    ExecutedOperation doubtful =
        new ExecutedOperation(
            "op-1",
            plan,
            List.of(
                new StepResult(1, new Outcome.Applied("", 1)),
                new StepResult(2, new Outcome.Unknown("agent crashed"))));

    assertThat(Cluster.problems(PLANNER.plan(Enactment.of(empty, plan), doubtful)))
        .anyMatch(p -> p.contains("nobody knows what step 2 (start web-1) did"));
  }

  @Test
  void aPausedDomainIsNotTouched() {
    Plan plan = Cluster.applied(empty, List.of(WEB_1));
    Snapshot after = Enactment.of(empty, plan);
    Snapshot paused =
        Sample.with(
            after, Enactment.state(after.hosts().get(host("h1")), vm("web-1"), DomainState.PAUSED));

    assertThat(Cluster.problems(PLANNER.plan(paused, Enactment.operation("op-1", plan))))
        .anyMatch(p -> p.contains("is PAUSED on h1"));
  }

  private static Plan back(Snapshot snapshot, Plan plan) {
    Plan back = Cluster.plan(PLANNER.plan(snapshot, Enactment.operation("op-1", plan)));
    assertThat(PlanChecker.check(snapshot, back)).isEmpty();
    return back;
  }
}
