package dev.ballast.coordinator.execution;

import static dev.ballast.coordinator.execution.TestPlans.FRONT;
import static dev.ballast.coordinator.execution.TestPlans.OTHER;
import static dev.ballast.coordinator.execution.TestPlans.REAR;
import static dev.ballast.coordinator.execution.TestPlans.plan;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ballast.coordinator.execution.ExecutionRefused.Kind;
import dev.ballast.coordinator.store.OperationState;
import dev.ballast.core.action.Command;
import dev.ballast.core.action.ObjectKey;
import dev.ballast.core.action.Outcome;
import dev.ballast.core.model.Assignment;
import dev.ballast.core.model.DomainState;
import dev.ballast.core.model.HostName;
import dev.ballast.core.model.VmName;
import dev.ballast.core.plan.DesiredChange;
import dev.ballast.core.plan.Origin;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExecutorTest {
  private static final HostName H1 = new HostName("h1");
  private static final HostName H2 = new HostName("h2");

  @TempDir private Path stateDir;
  private Bench bench;
  private FakeAgent h1;
  private FakeAgent h2;

  @BeforeEach
  void setUp() {
    bench = new Bench(stateDir);
    h1 = bench.addHost("h1");
    h2 = bench.addHost("h2");
    h1.addRunning("a", FRONT);
    h1.addRunning("b", FRONT);
    h2.addRunning("c", FRONT);
  }

  @AfterEach
  void tearDown() {
    bench.close();
  }

  private static List<String> actions(Command command) {
    return command.actions().stream().map(planned -> planned.action().describe()).toList();
  }

  @Test
  void reversibleStepsOfAHostAreOneCommandAndFinalOnesStandAlone() {
    String id =
        bench.run(
            plan()
                .pin("h1", "a")
                .ksmOff("h1")
                .define("h1", "new", 2)
                .start("h1", "new", 3)
                .pin("h2", "c", 4)
                .build());

    assertThat(bench.state(id)).isEqualTo(OperationState.APPLIED);
    assertThat(h1.executed.stream().map(ExecutorTest::actions).map(List::size).toList())
        .containsExactly(3, 1);
    assertThat(h1.domains.get(new VmName("new")).state()).isEqualTo(DomainState.RUNNING);
    assertThat(h2.pins("c")).contains(REAR);
    assertThat(bench.assignments.keySet())
        .extracting(VmName::value)
        .containsExactly("a", "c", "new");
  }

  @Test
  void aStepWaitsForItsDependencyOnAnotherHost() {
    bench.silent.add(H1);
    bench.run(plan().pin("h1", "a").pin("h2", "c", 1).ksmOff("h2").build());

    assertThat(h2.executed).hasSize(1);
    assertThat(actions(h2.executed.getFirst())).singleElement().asString().contains("KSM");

    bench.report(H1, 1, h1.journal.get(1L));
    bench.loop.run();
    assertThat(h2.executed).hasSize(2);
  }

  @Test
  void aFailureInTheMiddleUndoesTheRestInReverse() {
    h2.failing.add(plan().pin("h2", "c").build().steps().getFirst().planned().action().describe());
    String id =
        bench.run(
            plan().pin("h1", "a").pin("h1", "b", 1).pin("h2", "c", 2).ksmOff("h2", 3).build());

    assertThat(bench.state(id)).isEqualTo(OperationState.UNDONE);
    assertThat(actions(h1.executed.getLast()))
        .extracting(text -> text.substring(0, 6))
        .containsExactly("pin b:", "pin a:");
    assertThat(h1.pins("a")).contains(FRONT);
    assertThat(h1.pins("b")).contains(FRONT);
    assertThat(h2.ksm).isEqualTo(FakeAgent.KSM_BEFORE);
    assertThat(bench.assignments).isEmpty();
    assertThat(bench.outcome(id, 1)).isInstanceOf(Outcome.Undone.class);
    assertThat(bench.outcome(id, 3)).isInstanceOf(Outcome.Failed.class);
    assertThat(bench.operation(id).detail()).contains("step 3").contains("undone: 1, 2");
  }

  @Test
  void whatIsFinalStandsAndIsSaid() {
    h2.addRunning("moved", OTHER);
    String id =
        bench.run(
            plan()
                .pin("h1", "a")
                .define("h1", "new")
                .start("h1", "new", 2)
                .pin("h2", "moved", 3)
                .build());

    assertThat(bench.state(id)).isEqualTo(OperationState.FAILED);
    assertThat(h1.domains.get(new VmName("new")).state()).isEqualTo(DomainState.RUNNING);
    assertThat(h1.pins("a")).contains(FRONT);
    assertThat(bench.operation(id).detail())
        .contains("stands: step 2 (define new")
        .contains("step 3 (start new) on h1: it is final")
        .contains("STALE");
    assertThat(bench.assignments.keySet()).extracting(VmName::value).containsExactly("new");
  }

  @Test
  void aStaleFirstStepIsRefusedAndNothingIsToBeUndone() {
    h1.addRunning("a", OTHER);
    String id = bench.run(plan().pin("h1", "a").build());

    assertThat(bench.state(id)).isEqualTo(OperationState.REFUSED);
    assertThat(bench.operation(id).detail()).contains("livePins");
    assertThat(bench.assignments).isEmpty();
  }

  @Test
  void anUndoThatFailsNeedsAttention() {
    bench.silent.add(H2);
    String id = bench.run(plan().pin("h1", "a").pin("h2", "c").build());
    h1.addRunning("a", OTHER);
    bench.report(H2, 1, List.of(new Outcome.Failed("as told")));
    bench.loop.run();

    assertThat(bench.state(id)).isEqualTo(OperationState.NEEDS_ATTENTION);
    assertThat(bench.operation(id).detail()).contains("look at: step 1").contains("its undo");
  }

  @Test
  void aLostHostEndsTheOperationInBoundedTime() {
    bench.silent.add(H2);
    String id = bench.run(plan().pin("h1", "a").pin("h2", "c").build());
    bench.disconnect(H2);
    bench.loop.advance(59_000);
    assertThat(bench.state(id)).isEqualTo(OperationState.RUNNING);
    bench.loop.advance(2_000);

    assertThat(bench.state(id)).isEqualTo(OperationState.NEEDS_ATTENTION);
    assertThat(bench.operation(id).detail()).contains("h2").contains("step 2");
    assertThat(h1.pins("a")).contains(FRONT);
  }

  @Test
  void aLostHostThatComesBackInTimeGoesOn() {
    bench.swallowing.add(H2);
    String id = bench.run(plan().pin("h2", "c").build());
    bench.disconnect(H2);
    bench.loop.advance(30_000);
    bench.swallowing.clear();
    bench.connect(H2);
    bench.loop.run();

    assertThat(bench.state(id)).isEqualTo(OperationState.APPLIED);
    assertThat(h2.executed).hasSize(1);
  }

  @Test
  void anAgentThatNeverAnswersEndsTheOperationInBoundedTime() {
    bench.silent.add(H1);
    String id = bench.run(plan().pin("h1", "a").build());
    bench.loop.advance(40_000);

    assertThat(bench.state(id)).isEqualTo(OperationState.NEEDS_ATTENTION);

    bench.report(H1, 1, h1.journal.get(1L));
    bench.loop.run();
    assertThat(bench.outcome(id, 1)).isInstanceOf(Outcome.Applied.class);
    assertThat(bench.events()).anyMatch(text -> text.startsWith("late outcome of step 1"));
  }

  @Test
  void repeatedAndUnknownOutcomesChangeNothing() {
    String id = bench.run(plan().pin("h1", "a").build());
    bench.report(H1, 1, List.of(new Outcome.Failed("never mind")));
    bench.report(H1, 99, List.of(new Outcome.Failed("what?")));
    bench.loop.run();

    assertThat(bench.state(id)).isEqualTo(OperationState.APPLIED);
    assertThat(bench.outcome(id, 1)).isInstanceOf(Outcome.Applied.class);
    assertThat(bench.events()).anyMatch(text -> text.contains("command 99"));
  }

  @Test
  void oneOperationHoldsAnObject() {
    bench.silent.add(H1);
    String first = bench.run(plan().pin("h1", "a").build());

    assertThat(bench.executor.isHeld(H1, ObjectKey.domain(new VmName("a")))).isTrue();
    assertThat(bench.executor.isHeld(H2, ObjectKey.domain(new VmName("a")))).isFalse();
    assertThatThrownBy(() -> bench.run(plan().pin("h1", "a").build()))
        .isInstanceOfSatisfying(
            ExecutionRefused.class, e -> assertThat(e.kind()).isEqualTo(Kind.PRECONDITION))
        .hasMessageContaining(first)
        .hasMessageContaining("domain/a on h1");

    bench.report(H1, 1, h1.journal.get(1L));
    bench.loop.run();
    assertThat(bench.executor.isHeld(H1, ObjectKey.domain(new VmName("a")))).isFalse();
  }

  @Test
  void operationsAboutOtherObjectsOfAHostGoOnBesideEachOtherUpToALimit() {
    bench.silent.add(H1);
    String first = bench.run(plan().pin("h1", "a").build());
    String second = bench.run(plan().pin("h1", "b").build());
    bench.run(plan().ksmOff("h1").build());

    assertThat(h1.executed).hasSize(Bench.HOST_COMMAND_LIMIT);
    bench.report(H1, 2, h1.journal.get(2L));
    bench.loop.run();
    assertThat(h1.executed).hasSize(Bench.HOST_COMMAND_LIMIT + 1);
    assertThat(bench.state(second)).isEqualTo(OperationState.APPLIED);
    assertThat(bench.state(first)).isEqualTo(OperationState.RUNNING);
  }

  @Test
  void eachOfAHostsCommandsThatNeverArrivedIsSentAgain() {
    bench.swallowing.add(H1);
    String first = bench.run(plan().pin("h1", "a").build());
    String second = bench.run(plan().pin("h1", "b").build());

    bench.disconnect(H1);
    bench.swallowing.clear();
    bench.connect(H1);
    bench.loop.run();
    assertThat(h1.executed).hasSize(2);
    assertThat(bench.state(first)).isEqualTo(OperationState.APPLIED);
    assertThat(bench.state(second)).isEqualTo(OperationState.APPLIED);
  }

  @Test
  void aHostTakesPartInOneMigrationAtATime() {
    bench.silent.add(H1);
    bench.run(plan().migrate("h1", "h2", "a").build());
    String second = bench.run(plan().migrate("h2", "h1", "c").build());

    assertThat(h2.executed).isEmpty();
    bench.report(H1, 1, h1.journal.get(1L));
    bench.loop.run();
    assertThat(h2.executed).hasSize(1);
    assertThat(bench.state(second)).isEqualTo(OperationState.APPLIED);
  }

  @Test
  void anOperatorGoesBeforeABalancerThatHasNotBegun() {
    bench.silent.add(H1);
    bench.run(plan().ksmOff("h1").build());
    bench.run(plan().pin("h1", "b").build());
    String balancers = bench.run(plan().by(Origin.BALANCER).pin("h1", "a").build());
    String operators = bench.run(plan().pin("h1", "a").build());

    assertThat(bench.state(balancers)).isEqualTo(OperationState.REFUSED);
    assertThat(bench.operation(balancers).detail()).contains("operator");
    bench.silent.clear();
    bench.report(H1, 1, h1.journal.get(1L));
    bench.loop.run();
    assertThat(bench.state(operators)).isEqualTo(OperationState.APPLIED);
  }

  @Test
  void aBalancerThatHasBegunIsNotCutOff() {
    bench.silent.add(H1);
    String balancers = bench.run(plan().by(Origin.BALANCER).pin("h1", "a").build());

    assertThatThrownBy(() -> bench.run(plan().pin("h1", "a").build()))
        .hasMessageContaining(balancers);
  }

  @Test
  void aBalancerNeverGoesBeforeAnOperator() {
    bench.silent.add(H1);
    bench.run(plan().ksmOff("h1").build());
    bench.run(plan().pin("h1", "b").build());
    String operators = bench.run(plan().pin("h1", "a").build());

    assertThatThrownBy(() -> bench.run(plan().by(Origin.BALANCER).pin("h1", "a").build()))
        .hasMessageContaining(operators);
  }

  @Test
  void aDryRunAsksEveryAgentAndChangesNothing() {
    String planId =
        bench.addPlan(
            plan()
                .pin("h1", "a")
                .define("h1", "new")
                .start("h1", "new", 2)
                .pin("h2", "c", 3)
                .build());
    String id = bench.start(planId, true);

    assertThat(bench.state(id)).isEqualTo(OperationState.VERIFIED);
    assertThat(bench.outcome(id, 1)).isInstanceOf(Outcome.WouldApply.class);
    assertThat(bench.outcome(id, 3)).isEqualTo(new Outcome.NotVerifiable(2));
    assertThat(bench.outcome(id, 4)).isInstanceOf(Outcome.WouldApply.class);
    assertThat(h1.pins("a")).contains(FRONT);
    assertThat(h1.executed).allMatch(Command::dryRun);
    assertThat(bench.assignments).isEmpty();
    assertThat(bench.start(planId, false)).isNotEqualTo(id);
  }

  @Test
  void aDryRunNamesWhatAnAgentWouldRefuse() {
    h2.addRunning("c", OTHER);
    String id = bench.start(bench.addPlan(plan().pin("h1", "a").pin("h2", "c").build()), true);

    assertThat(bench.state(id)).isEqualTo(OperationState.REFUSED);
    assertThat(bench.operation(id).detail()).contains("step 2").contains("livePins");
  }

  @Test
  void obstaclesAreToldBeforeAnythingIsStored() {
    bench.connected.remove(H1);
    assertThatThrownBy(() -> bench.run(plan().pin("h1", "a").build()))
        .hasMessageContaining("h1 is not connected");
    bench.connected.add(H1);
    bench.observeOnly.add(H1);
    assertThatThrownBy(() -> bench.run(plan().pin("h1", "a").build()))
        .hasMessageContaining("observe-only");
    bench.observeOnly.clear();
    bench.frozenVms.add(new VmName("a"));
    assertThatThrownBy(() -> bench.run(plan().pin("h1", "a").build()))
        .hasMessageContaining("VM a is frozen");
    assertThatThrownBy(() -> bench.start("plan-77", false)).hasMessageContaining("plan-77");

    assertThat(bench.operations()).isEmpty();
    assertThat(h1.executed).isEmpty();
  }

  @Test
  void aPlanIsStaleWhenWhatItTouchesWasDecidedAnew() {
    Assignment former = new Assignment(new VmName("a"), H1, FRONT, false);
    String planId =
        bench.addPlan(
            plan().pin("h1", "a").inverse(new DesiredChange.PutAssignment(former)).build());
    bench.assignments.put(former.vm(), former.withPins(REAR));

    assertThatThrownBy(() -> bench.start(planId, false))
        .isInstanceOfSatisfying(
            ExecutionRefused.class, e -> assertThat(e.kind()).isEqualTo(Kind.STALE))
        .hasMessageContaining("the assignment of a");
    bench.assignments.put(former.vm(), former);
    assertThat(bench.state(bench.start(planId, false))).isEqualTo(OperationState.APPLIED);
  }

  @Test
  void aPlanIsExecutedOnce() {
    String planId = bench.addPlan(plan().pin("h1", "a").build());
    bench.start(planId, false);

    assertThatThrownBy(() -> bench.start(planId, false)).hasMessageContaining("executed already");
  }

  @Test
  void aFreezeStopsWhatIsLeftAndTakesNothingBack() {
    bench.silent.add(H1);
    String id = bench.run(plan().pin("h1", "a").pin("h2", "c", 1).build());
    bench.frozen = true;
    bench.report(H1, 1, h1.journal.get(1L));
    bench.loop.run();

    assertThat(bench.state(id)).isEqualTo(OperationState.FAILED);
    assertThat(bench.operation(id).detail()).contains("frozen").contains("stands: step 1");
    assertThat(h1.pins("a")).contains(REAR);
    assertThat(h2.executed).isEmpty();
  }

  @Test
  void aWrongNumberOfOutcomesNeedsAttention() {
    bench.silent.add(H1);
    String id = bench.run(plan().pin("h1", "a").build());
    bench.report(H1, 1, List.of(new Outcome.Unchanged(), new Outcome.Unchanged()));
    bench.loop.run();

    assertThat(bench.state(id)).isEqualTo(OperationState.NEEDS_ATTENTION);
  }

  @Test
  void aWatcherSeesEveryStepToTheEnd() {
    bench.run(plan().pin("h1", "a").pin("h2", "c", 1).build());

    assertThat(bench.progress.stream().map(p -> p.step() + " " + p.stepState()).toList())
        .containsExactly("0 ", "1 sent", "1 applied", "2 sent", "2 applied", "0 ");
    assertThat(bench.progress.getLast().state()).isEqualTo(OperationState.APPLIED);
    assertThat(bench.progress.getLast().stepsDone()).isEqualTo(2);
  }
}
