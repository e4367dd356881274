package dev.ballast.core.planning;

import static dev.ballast.core.sample.Sample.GIB;
import static dev.ballast.core.sample.Sample.snapshot;
import static dev.ballast.core.sample.Sample.spec;
import static dev.ballast.core.sample.Sample.vm;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ballast.core.check.PlanChecker;
import dev.ballast.core.model.CpuPins;
import dev.ballast.core.model.Snapshot;
import dev.ballast.core.model.VmSpec;
import dev.ballast.core.plan.Plan;
import dev.ballast.core.sample.Cluster;
import dev.ballast.core.sample.Enactment;
import dev.ballast.core.sample.Sample;
import dev.ballast.core.sample.SpecDraft;
import dev.ballast.core.topology.CpuSet;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class PinPlannerTest {
  private static final PinPlanner PLANNER = new PinPlanner();
  private static final VmSpec WEB = spec("web-1", UnaryOperator.identity());

  private final Snapshot running =
      Cluster.running(
          snapshot(Sample.view("h1", Sample.flat(4, 8 * GIB))),
          WEB,
          spec("db-1", SpecDraft::dedicated));

  @Test
  void anOperatorsPinsAreAnOverrideThatApplyKeeps() {
    Plan plan = Cluster.plan(PLANNER.plan(running, vm("web-1"), on(2)));
    Snapshot pinned = Enactment.of(running, plan);

    assertThat(PlanChecker.check(running, plan)).isEmpty();
    assertThat(pinned.assignments().get(vm("web-1")).override()).isTrue();
    Plan again = Cluster.applied(pinned, List.of(WEB, spec("db-1", SpecDraft::dedicated)));
    assertThat(again.steps()).isEmpty();
    assertThat(again.decisions())
        .anyMatch(d -> d.reason().contains("keeps the pins that an operator set"));
  }

  @Test
  void onceLeavesNoOverride() {
    Plan plan = Cluster.plan(PLANNER.plan(running, vm("web-1"), on(2), true));

    assertThat(Enactment.of(running, plan).assignments().get(vm("web-1")).override()).isFalse();
  }

  @Test
  void rollbackEndsTheOverride() {
    Plan plan = Cluster.plan(PLANNER.plan(running, vm("web-1"), on(2)));
    Snapshot pinned = Enactment.of(running, plan);

    Plan back = Cluster.plan(new RollbackPlanner().plan(pinned, Enactment.operation("op-1", plan)));

    assertThat(PlanChecker.check(pinned, back)).isEmpty();
    assertThat(Enactment.of(pinned, back).assignments()).isEqualTo(running.assignments());
  }

  @Test
  void cpusThatAreNotThereOrNotFreeAreRefused() {
    assertThat(problems("web-1", on(4)))
        .containsExactly("web-1: h1 has no CPUs 4; its CPUs are 0-3");
    assertThat(problems("web-1", CpuPins.uniform(2, CpuSet.of(2))))
        .containsExactly("web-1: has 1 vCPUs, the pins are for 2");
    CpuSet own = running.assignments().get(vm("db-1")).pins().allVcpuCpus();
    assertThat(problems("web-1", CpuPins.uniform(1, own)))
        .singleElement()
        .asString()
        .contains("CPUs " + own + " belong to db-1");
    assertThat(problems("nobody", on(1)))
        .containsExactly("nobody: is not a VM that Ballast placed");
  }

  private List<String> problems(String name, CpuPins pins) {
    return Cluster.problems(PLANNER.plan(running, vm(name), pins));
  }

  private static CpuPins on(int cpu) {
    return CpuPins.uniform(1, CpuSet.of(cpu));
  }
}
