package dev.ballast.coordinator.execution;

import static dev.ballast.coordinator.execution.TestPlans.FRONT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ballast.coordinator.Fixtures;
import dev.ballast.core.action.Action;
import dev.ballast.core.action.Expectation.AfterEarlierSteps;
import dev.ballast.core.action.Expectation.DomainRecord;
import dev.ballast.core.action.Outcome;
import dev.ballast.core.action.PlannedAction;
import dev.ballast.core.action.Reversible.DefineDomain;
import dev.ballast.core.action.Reversible.PinCpus;
import dev.ballast.core.model.Assignment;
import dev.ballast.core.model.CpuPins;
import dev.ballast.core.model.DomainState;
import dev.ballast.core.model.HostName;
import dev.ballast.core.model.HostView;
import dev.ballast.core.model.Snapshot;
import dev.ballast.core.model.VmName;
import dev.ballast.core.model.VmSpec;
import dev.ballast.core.plan.DesiredChange;
import dev.ballast.core.plan.Origin;
import dev.ballast.core.plan.Plan;
import dev.ballast.core.plan.PlanStep;
import dev.ballast.core.topology.CpuSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class UndoTest {
  private static final HostName H1 = new HostName("h1");
  private static final VmName WEB = new VmName("web");
  private static final Outcome APPLIED = new Outcome.Applied("as it was", 1);

  /** Redefines a running VM and pins what the new definition made of it. */
  private static Plan redefine(List<DesiredChange> inverse) {
    Action define = new DefineDomain(WEB, "<domain new/>", "new");
    Action pin = new PinCpus(WEB, TestPlans.REAR);
    return new Plan(
        "redefine",
        Origin.OPERATOR,
        1,
        List.of(
            new PlanStep(
                1,
                H1,
                new PlannedAction(
                    define,
                    new DomainRecord(
                        "uuid",
                        DomainState.RUNNING,
                        "config",
                        Optional.of(FRONT),
                        Optional.of(FRONT))),
                new TreeSet<>()),
            new PlanStep(
                2,
                H1,
                new PlannedAction(pin, new AfterEarlierSteps(DomainState.RUNNING, "new")),
                new TreeSet<>(List.of(1)))),
        List.of(),
        List.of(),
        inverse);
  }

  private static Snapshot snapshot() {
    TreeMap<HostName, HostView> hosts = new TreeMap<>();
    hosts.put(H1, TestHosts.view(H1, true, false));
    return TestHosts.snapshot(hosts, new TreeMap<>(), false, new TreeSet<>());
  }

  @Test
  void aFormerDefinitionIsRenderedFromTheInverse() {
    VmSpec former = Fixtures.spec(WEB);
    Plan plan =
        redefine(
            List.of(
                new DesiredChange.PutSpec(former),
                new DesiredChange.PutAssignment(
                    new Assignment(WEB, H1, CpuPins.uniform(2, CpuSet.of(0)), false))));
    Undo undo =
        Undo.of(plan, Map.of(1, APPLIED, 2, APPLIED), new InverseDefinition(UndoTest::snapshot));

    assertThat(undo.tasks())
        .singleElement()
        .satisfies(
            task -> {
              assertThat(task.step()).isEqualTo(1);
              assertThat(task.planned().action()).isInstanceOf(DefineDomain.class);
              assertThat(((DefineDomain) task.planned().action()).xml()).contains("<name>web<");
              assertThat(task.planned().expectation())
                  .isEqualTo(new AfterEarlierSteps(DomainState.RUNNING, "new"));
            });
    assertThat(undo.covered()).containsEntry(2, 1);
    assertThat(undo.standing()).isEmpty();
  }

  @Test
  void whatBallastDidNotDefineCannotBeDefinedAgainAndIsSaid() {
    Undo undo =
        Undo.of(
            redefine(List.of()),
            Map.of(1, APPLIED, 2, APPLIED),
            new InverseDefinition(UndoTest::snapshot));

    assertThat(undo.tasks()).isEmpty();
    assertThat(undo.standing()).containsOnlyKeys(1, 2);
  }

  @Test
  void whatWasNotAppliedIsNotUndone() {
    Undo undo =
        Undo.of(
            TestPlans.plan().pin("h1", "a").ksmOff("h1").build(),
            Map.of(1, new Outcome.Unchanged(), 2, APPLIED),
            (plan, host, vm) -> Optional.empty());

    assertThat(undo.tasks()).extracting(Task::step).containsExactly(2);
  }

  @Test
  void anObjectInDoubtIsNotTouched() {
    Undo undo =
        Undo.of(
            TestPlans.plan().define("h1", "new").start("h1", "new", 1).build(),
            Map.of(1, APPLIED, 2, new Outcome.Unknown("lost")),
            (plan, host, vm) -> Optional.empty());

    assertThat(undo.tasks()).isEmpty();
    assertThat(undo.standing().get(1)).contains("in doubt");
  }

  @Test
  void undoGoesBackAcrossHostsInReverse() {
    Undo undo =
        Undo.of(
            TestPlans.plan().pin("h1", "a").pin("h2", "c", 1).ksmOff("h1", 2).build(),
            Map.of(1, APPLIED, 2, new Outcome.Unchanged(), 3, APPLIED),
            (plan, host, vm) -> Optional.empty());

    assertThat(undo.tasks()).extracting(Task::step).containsExactly(3, 1);
    assertThat(undo.tasks().getLast().after()).containsExactly(3);
  }
}
