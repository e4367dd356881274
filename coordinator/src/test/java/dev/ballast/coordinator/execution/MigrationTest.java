package dev.ballast.coordinator.execution;

import static dev.ballast.coordinator.execution.TestPlans.FRONT;
import static dev.ballast.coordinator.execution.TestPlans.plan;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ballast.coordinator.cluster.ClusterEvent.ObservationReported;
import dev.ballast.coordinator.cluster.ClusterEvent.ProgressReported;
import dev.ballast.coordinator.store.OperationState;
import dev.ballast.core.action.MigrationLimits;
import dev.ballast.core.action.Outcome;
import dev.ballast.core.model.Assignment;
import dev.ballast.core.model.CommandProgress;
import dev.ballast.core.model.HostName;
import dev.ballast.core.model.VmName;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MigrationTest {
  private static final HostName H1 = new HostName("h1");
  private static final HostName H2 = new HostName("h2");
  private static final VmName A = new VmName("a");
  private static final VmName B = new VmName("b");
  private static final String MOVE_A =
      "migrate a to h2 (" + MigrationLimits.DEFAULT.describe() + ")";

  @TempDir private Path stateDir;
  private Bench bench;
  private FakeAgent h1;
  private FakeAgent h2;

  @BeforeEach
  void setUp() {
    bench = new Bench(stateDir);
    h1 = bench.addHost("h1");
    h2 = bench.addHost("h2");
    for (VmName vm : new VmName[] {A, B}) {
      h1.addRunning(vm.value(), FRONT);
      bench.assignments.put(vm, new Assignment(vm, H1, FRONT, false));
    }
  }

  @AfterEach
  void tearDown() {
    bench.close();
  }

  private void look() {
    bench.tell(new ObservationReported(H2, TestHosts.observation()));
  }

  private HostName assigned(VmName vm) {
    return bench.assignments.get(vm).host();
  }

  @Test
  void aMigrationMovesTheAssignment() {
    String id = bench.run(plan().migrate("h1", "h2", "a").build());

    assertThat(bench.state(id)).isEqualTo(OperationState.APPLIED);
    assertThat(assigned(A)).isEqualTo(H2);
    assertThat(h2.domains).containsKey(A);
  }

  @Test
  void itHoldsTheVmOnBothHosts() {
    bench.silent.add(H1);
    bench.run(plan().migrate("h1", "h2", "a").build());

    assertThatThrownBy(() -> bench.run(plan().pin("h2", "a").build()))
        .isInstanceOf(ExecutionRefused.class)
        .hasMessageContaining("domain/a on h2 is held by op-1");
  }

  @Test
  void itsTargetMustBeThereAndUnfrozen() {
    bench.disconnect(H2);

    assertThatThrownBy(() -> bench.run(plan().migrate("h1", "h2", "a").build()))
        .isInstanceOf(ExecutionRefused.class)
        .hasMessageContaining("h2 is not connected");
  }

  @Test
  void ofSeveralThoseThatWereDoneAreRemembered() {
    h1.failing.add("migrate b to h2 (" + MigrationLimits.DEFAULT.describe() + ")");

    String id = bench.run(plan().migrate("h1", "h2", "a").migrate("h1", "h2", "b", 1).build());

    assertThat(bench.state(id)).isEqualTo(OperationState.FAILED);
    assertThat(assigned(A)).isEqualTo(H2);
    assertThat(assigned(B)).isEqualTo(H1);
  }

  @Test
  void oneThatNobodyCanTellOfIsResolvedByLookingAtBothHosts() {
    h1.doubtful.add(MOVE_A);

    String id = bench.run(plan().migrate("h1", "h2", "a").build());
    assertThat(bench.state(id)).isEqualTo(OperationState.NEEDS_ATTENTION);
    assertThat(assigned(A)).isEqualTo(H1);
    look();

    assertThat(assigned(A)).isEqualTo(H2);
    assertThat(bench.outcome(id, 1)).isInstanceOf(Outcome.Applied.class);
    assertThat(bench.state(id)).isEqualTo(OperationState.APPLIED);
    assertThat(bench.events())
        .anyMatch(text -> text.contains("resolved by looking at both hosts: it runs on h2"));
  }

  @Test
  void alsoAfterTheCoordinatorsRestart() {
    h1.doubtful.add(MOVE_A);
    bench.run(plan().migrate("h1", "h2", "a").build());

    bench.restart();
    bench.loop.run();
    bench.connect(H1);
    bench.connect(H2);
    look();

    assertThat(assigned(A)).isEqualTo(H2);
  }

  @Test
  void oneThatTakesLongIsAwaitedAfterTheCoordinatorsRestart() {
    bench.silent.add(H1);
    String id = bench.run(plan().migrate("h1", "h2", "a").build());
    bench.restart();
    bench.connect(H1);
    bench.loop.advance(60_000);
    assertThat(bench.state(id)).isEqualTo(OperationState.RUNNING);

    bench.report(H1, 1, List.of(new Outcome.Applied("on h1", 1)));
    bench.loop.run();

    assertThat(bench.state(id)).isEqualTo(OperationState.APPLIED);
    assertThat(assigned(A)).isEqualTo(H2);
  }

  @Test
  void twoCopiesAreLeftToPeople() {
    h1.doubtful.add(MOVE_A);
    String id = bench.run(plan().migrate("h1", "h2", "a").build());
    h1.addRunning("a", FRONT);

    look();

    assertThat(assigned(A)).isEqualTo(H1);
    assertThat(bench.outcome(id, 1)).isInstanceOf(Outcome.Unknown.class);
  }

  @Test
  void aSourceThatIsAwayIsAwaited() {
    h1.doubtful.add(MOVE_A);
    bench.run(plan().migrate("h1", "h2", "a").build());
    bench.disconnect(H1);

    look();
    assertThat(assigned(A)).isEqualTo(H1);
    bench.connect(H1);
    bench.loop.run();

    assertThat(assigned(A)).isEqualTo(H2);
  }

  @Test
  void itsProgressIsTold() {
    bench.silent.add(H1);
    String id = bench.run(plan().migrate("h1", "h2", "a").build());

    bench.tell(
        new ProgressReported(
            H1, new CommandProgress(1, 2_000, 128L << 20, 28L << 20, 100L << 20, 0, 2, 20)));

    Progress last = bench.progress.getLast();
    assertThat(last.operationId()).isEqualTo(id);
    assertThat(last.stepState()).isEqualTo("running");
    assertThat(last.text()).isEqualTo("100 MiB of 128 MiB left, pass 2, slowed by 20 %, 2 s");
  }

  @Test
  void anAbortAsksTheAgentAndSendsNothingMore() {
    bench.silent.add(H1);
    String id = bench.run(plan().migrate("h1", "h2", "a").migrate("h1", "h2", "b", 1).build());

    var answer = bench.executor.abort(id, "ann");
    bench.loop.run();

    assertThat(answer.join())
        .isEqualTo("op-1 sends nothing more; 1 migration is asked to be given up");
    assertThat(bench.aborted).containsExactly("h1 1");
    bench.silent.clear();
    bench.report(H1, 1, List.of(new Outcome.Failed("given up as asked")));
    bench.loop.run();
    assertThat(bench.state(id)).isEqualTo(OperationState.FAILED);
    assertThat(assigned(B)).isEqualTo(H1);
    assertThat(h1.executed).hasSize(1);
  }

  @Test
  void whatDoesNotRunCannotBeAborted() {
    var answer = bench.executor.abort("op-9", "ann");
    bench.loop.run();

    assertThatThrownBy(answer::join)
        .isInstanceOf(CompletionException.class)
        .hasMessageContaining("op-9 does not run");
  }
}
