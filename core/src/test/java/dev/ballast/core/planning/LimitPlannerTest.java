package dev.ballast.core.planning;

import static dev.ballast.core.sample.Sample.GIB;
import static dev.ballast.core.sample.Sample.MIB;
import static dev.ballast.core.sample.Sample.host;
import static dev.ballast.core.sample.Sample.snapshot;
import static dev.ballast.core.sample.Sample.spec;
import static dev.ballast.core.sample.Sample.vm;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ballast.core.action.PlannedAction;
import dev.ballast.core.action.Reversible.SetLimits;
import dev.ballast.core.check.PlanChecker;
import dev.ballast.core.check.Violation;
import dev.ballast.core.drift.DriftDetector;
import dev.ballast.core.model.CpuQuota;
import dev.ballast.core.model.LimitText;
import dev.ballast.core.model.ObservedDomain;
import dev.ballast.core.model.Snapshot;
import dev.ballast.core.model.VmLimits;
import dev.ballast.core.model.VmSpec;
import dev.ballast.core.plan.Plan;
import dev.ballast.core.plan.PlanStep;
import dev.ballast.core.plan.PlanText;
import dev.ballast.core.sample.Cluster;
import dev.ballast.core.sample.Enactment;
import dev.ballast.core.sample.Sample;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** Limits by the operator's verb, by specifications, their drift, and the way back. */
class LimitPlannerTest {
  private static final LimitPlanner PLANNER = new LimitPlanner();
  private static final VmSpec WEB = spec("web-1", UnaryOperator.identity());
  private static final VmLimits HALF = weight(50);

  private final Snapshot running =
      Cluster.running(snapshot(Sample.view("h1", Sample.flat(4, 8 * GIB))), WEB);

  private static VmLimits weight(int weight) {
    return VmLimits.NONE.withCpu(weight, Optional.empty(), Optional.empty(), Optional.empty());
  }

  private Snapshot limited(Snapshot before, VmLimits limits) {
    Plan plan = Cluster.plan(PLANNER.plan(before, vm("web-1"), Optional.of(limits)));
    assertThat(PlanChecker.check(before, plan)).isEmpty();
    return Enactment.of(before, plan);
  }

  private static ObservedDomain web(Snapshot snapshot) {
    return snapshot.domain(host("h1"), vm("web-1")).orElseThrow();
  }

  @Test
  void anOperatorsLimitsAreOneLiveStepAndAnOverrideThatApplyKeeps() {
    Plan plan = Cluster.plan(PLANNER.plan(running, vm("web-1"), Optional.of(HALF)));
    Snapshot limited = limited(running, HALF);

    assertThat(plan.steps())
        .singleElement()
        .satisfies(
            step ->
                assertThat(step.planned().action()).isEqualTo(new SetLimits(vm("web-1"), HALF)));
    assertThat(PlanText.render(plan))
        .contains("~ 1  limit web-1: cpuWeight 50")
        .contains("limits of web-1 (set by an operator): cpuWeight 50");
    assertThat(web(limited).liveLimits()).contains(HALF);
    Plan again = Cluster.applied(limited, List.of(WEB));
    assertThat(again.steps()).isEmpty();
    assertThat(again.decisions())
        .anyMatch(d -> d.reason().contains("keeps the limits that an operator set: cpuWeight 50"));
  }

  @Test
  void rollbackEndsTheOverride() {
    Plan plan = Cluster.plan(PLANNER.plan(running, vm("web-1"), Optional.of(HALF)));
    Snapshot limited = limited(running, HALF);

    Plan back = Cluster.plan(new RollbackPlanner().plan(limited, Enactment.operation("op", plan)));

    assertThat(PlanChecker.check(limited, back)).isEmpty();
    Snapshot after = Enactment.of(limited, back);
    assertThat(after.limitOverrides()).isEmpty();
    assertThat(web(after)).isEqualTo(web(running));
  }

  @Test
  void rollbackSparesLimitsThatWereSetLater() {
    Plan plan = Cluster.plan(PLANNER.plan(running, vm("web-1"), Optional.of(HALF)));
    Snapshot later = limited(limited(running, HALF), weight(7));

    assertThat(Cluster.problems(new RollbackPlanner().plan(later, Enactment.operation("op", plan))))
        .anyMatch(problem -> problem.contains("cpuWeight 7") && problem.contains("cpuWeight 50"));
  }

  @Test
  void clearLetsTheSpecifiedLimitsHoldAgain() {
    Snapshot limited = limited(running, HALF);

    Plan clear = Cluster.plan(PLANNER.plan(limited, vm("web-1"), Optional.empty()));

    Snapshot after = Enactment.of(limited, clear);
    assertThat(after.limitOverrides()).isEmpty();
    assertThat(web(after).liveLimits()).contains(VmLimits.NONE);
  }

  @Test
  void newSpecifiedLimitsAreSetLiveAndEndAnOverride() {
    Snapshot limited = limited(running, HALF);
    VmSpec changed = WEB.withLimits(weight(300));

    Plan plan = Cluster.applied(limited, List.of(changed));

    assertThat(PlanChecker.check(limited, plan)).isEmpty();
    assertThat(plan.steps())
        .extracting(step -> step.planned().action().describe())
        .containsExactly("limit web-1: cpuWeight 300");
    Snapshot after = Enactment.of(limited, plan);
    assertThat(after.limitOverrides()).isEmpty();
    assertThat(web(after).liveLimits()).contains(weight(300));
    assertThat(DriftDetector.detect(after)).isEmpty();
  }

  @Test
  void limitsOutsideOfTheSpecificationsDigestNeedNoNewDefinition() {
    Snapshot after =
        Enactment.of(running, Cluster.applied(running, List.of(WEB.withLimits(weight(300)))));

    assertThat(web(after).specDigest()).isEqualTo(web(running).specDigest());
  }

  @Test
  void aManualChangeIsDriftWithBothValuesAndApplyRepairsIt() {
    Snapshot drifted =
        Sample.with(
            running,
            Sample.with(
                running.hosts().get(host("h1")),
                Enactment.limitedLive(
                    web(running).withLimits(Optional.of(VmLimits.NONE), Optional.of(VmLimits.NONE)),
                    weight(76))));

    assertThat(DriftDetector.detect(drifted))
        .extracting(Object::toString)
        .containsExactly("h1 domain/web-1 liveLimits.cpuWeight: expected 100, found 76");
    Plan repair = Cluster.applied(drifted, List.of(WEB));
    assertThat(repair.decisions()).anyMatch(d -> d.reason().contains("its limits drifted"));
    assertThat(DriftDetector.detect(Enactment.of(drifted, repair))).isEmpty();
  }

  @Test
  void whatAgentsCannotTellIsNoDrift() {
    Snapshot unknown =
        Sample.with(
            running,
            Sample.with(
                running.hosts().get(host("h1")),
                web(running).withLimits(Optional.empty(), Optional.empty())));

    assertThat(DriftDetector.detect(unknown)).isEmpty();
  }

  @Test
  void impossibleLimitsAreRefused() {
    CpuQuota sixty = CpuQuota.percent(60);
    assertThat(
            problems(
                VmLimits.NONE.withCpu(
                    100, Optional.of(sixty), Optional.empty(), Optional.of(CpuQuota.percent(50)))))
        .containsExactly("web-1: a quota of 60% is above the one of the whole VM, 50%");
    assertThat(
            problems(VmLimits.NONE.withDevices(Map.of("vdz", LimitText.disk("iops=1")), Map.of())))
        .singleElement()
        .asString()
        .startsWith("web-1: has no disk vdz; its disks are [");
    assertThat(problems(VmLimits.NONE.withDevices(Map.of(), Map.of(9, LimitText.nic("in=1MiB")))))
        .singleElement()
        .asString()
        .startsWith("web-1: has no NIC 9;");
    assertThat(problems(VmLimits.NONE.withMemory(Optional.empty(), Optional.of(1024L * GIB))))
        .singleElement()
        .asString()
        .contains("less than the balloon's 1TiB");
    assertThat(Cluster.problems(PLANNER.plan(running, vm("nobody"), Optional.of(VmLimits.NONE))))
        .containsExactly("nobody: is not a VM that Ballast placed");
  }

  @Test
  void theCheckerRefusesWhatNoPlannerPlans() {
    Plan plan =
        Cluster.plan(
            PLANNER.plan(
                running,
                vm("web-1"),
                Optional.of(VmLimits.NONE.withMemory(Optional.of(64 * MIB), Optional.empty()))));
    VmLimits wrong =
        VmLimits.NONE
            .withCpu(
                100,
                Optional.of(CpuQuota.percent(60)),
                Optional.empty(),
                Optional.of(CpuQuota.percent(50)))
            .withMemory(Optional.empty(), Optional.of(1024L * GIB))
            .withDevices(Map.of(), Map.of(9, LimitText.nic("in=1MiB")));
    var step = plan.steps().getFirst();
    Plan bad =
        new Plan(
            plan.title(),
            plan.origin(),
            plan.parentVersion(),
            List.of(
                new PlanStep(
                    1,
                    step.host(),
                    new PlannedAction(
                        new SetLimits(vm("web-1"), wrong), step.planned().expectation()),
                    step.after())),
            List.of(),
            List.of());

    assertThat(PlanChecker.check(running, plan)).isEmpty();
    assertThat(PlanChecker.check(running, bad))
        .hasSize(3)
        .allMatch(violation -> violation.rule() == Violation.Rule.LIMITS);
  }

  private List<String> problems(VmLimits limits) {
    return Cluster.problems(PLANNER.plan(running, vm("web-1"), Optional.of(limits)));
  }
}
