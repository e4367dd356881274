package dev.ballast.coordinator.execution;

import static dev.ballast.coordinator.execution.TestPlans.FRONT;
import static dev.ballast.coordinator.execution.TestPlans.REAR;
import static dev.ballast.coordinator.execution.TestPlans.plan;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ballast.coordinator.store.OperationState;
import dev.ballast.coordinator.store.StoredOperation;
import dev.ballast.core.action.Command;
import dev.ballast.core.model.HostName;
import dev.ballast.core.plan.Plan;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kills the coordinator wherever it touches the world and looks what the next one makes of it. */
class RestartTest {
  private static final long BOUND_MILLIS = 30_000;
  private static final int POINT_LIMIT = 200;

  @TempDir private Path base;

  private Bench bench(int point) throws Exception {
    Bench bench = new Bench(Files.createDirectory(base.resolve("at-" + point)));
    FakeAgent h1 = bench.addHost("h1");
    FakeAgent h2 = bench.addHost("h2");
    h1.addRunning("a", FRONT);
    h1.addRunning("b", FRONT);
    h2.addRunning("c", FRONT);
    return bench;
  }

  private static Plan threeCommands() {
    return plan().pin("h1", "a").pin("h1", "b").pin("h2", "c", 2).ksmOff("h1", 3).build();
  }

  /** Runs the plan, dying at that point; says whether it died. */
  private static boolean runUntil(Bench bench, int point) {
    String planId = bench.addPlan(threeCommands());
    bench.killAt(point);
    try {
      bench.start(planId, false);
      return false;
    } catch (KillSwitch.Killed e) {
      return true;
    }
  }

  private static void restartAndWait(Bench bench) {
    bench.restart();
    bench.loop.advance(BOUND_MILLIS);
  }

  private static void assertNothingRanTwice(FakeAgent agent, String direction) {
    Set<String> seen = new HashSet<>();
    for (Command command : agent.executed) {
      for (var planned : command.actions()) {
        assertThat(seen.add(planned.action().describe())).as(direction).isTrue();
      }
    }
  }

  @Test
  void killedAnywhereAnOperationIsAppliedOnceAndRemembered() throws Exception {
    int kills = 0;
    for (int point = 1; point < POINT_LIMIT; point++) {
      try (Bench bench = bench(point)) {
        if (!runUntil(bench, point)) {
          break;
        }
        kills++;
        restartAndWait(bench);
        List<StoredOperation> operations = bench.operations();
        if (operations.isEmpty()) {
          assertThat(bench.agents.values()).allMatch(agent -> agent.executed.isEmpty());
          continue;
        }
        assertThat(operations)
            .singleElement()
            .as("killed at " + point)
            .extracting(StoredOperation::state)
            .isEqualTo(OperationState.APPLIED);
        assertThat(bench.assignments).hasSize(3);
        assertThat(bench.agents.get(new HostName("h2")).pins("c")).contains(REAR);
        bench.agents.values().forEach(agent -> assertNothingRanTwice(agent, "at most once"));
      }
    }
    assertThat(kills).isGreaterThan(15);
  }

  @Test
  void killedAnywhereAFailingOperationIsUndoneAsAWhole() throws Exception {
    int kills = 0;
    for (int point = 1; point < POINT_LIMIT; point++) {
      try (Bench bench = bench(point)) {
        FakeAgent h1 = bench.agents.get(new HostName("h1"));
        h1.failing.add(threeCommands().steps().get(3).planned().action().describe());
        if (!runUntil(bench, point)) {
          break;
        }
        kills++;
        restartAndWait(bench);
        List<StoredOperation> operations = bench.operations();
        if (operations.isEmpty()) {
          continue;
        }
        assertThat(operations)
            .singleElement()
            .as("killed at " + point)
            .extracting(StoredOperation::state)
            .isEqualTo(OperationState.UNDONE);
        assertThat(bench.assignments).isEmpty();
        assertThat(h1.pins("a")).contains(FRONT);
        assertThat(h1.pins("b")).contains(FRONT);
        assertThat(bench.agents.get(new HostName("h2")).pins("c")).contains(FRONT);
        bench.agents.values().forEach(agent -> assertNothingRanTwice(agent, "at most once"));
      }
    }
    assertThat(kills).isGreaterThan(20);
  }

  @Test
  void aHostThatStaysAwayAfterTheRestartEndsInNeedsAttention() throws Exception {
    try (Bench bench = bench(0)) {
      bench.silent.add(new HostName("h2"));
      String id = bench.start(bench.addPlan(threeCommands()), false);
      bench.connected.remove(new HostName("h2"));
      restartAndWait(bench);

      assertThat(bench.state(id)).isEqualTo(OperationState.NEEDS_ATTENTION);
      assertThat(bench.operation(id).detail()).contains("on h2").contains("step 3");
      assertThat(bench.agents.get(new HostName("h1")).pins("a")).contains(FRONT);
    }
  }

  @Test
  void whatIsSentAfterTheRestartAwaitsItsConfirmationAsTheOperatorSaid() throws Exception {
    try (Bench bench = bench(0)) {
      bench.silent.add(new HostName("h1"));
      bench.start(bench.addPlan(threeCommands()), false, Optional.of(7_000L));
      FakeAgent h2 = bench.agents.get(new HostName("h2"));
      assertThat(h2.executed).isEmpty();
      bench.silent.clear();
      restartAndWait(bench);

      assertThat(h2.executed).isNotEmpty();
      assertThat(h2.executed)
          .allSatisfy(command -> assertThat(command.confirmWithinMillis()).contains(7_000L));
    }
  }

  @Test
  void aDryRunIsNotTakenUpAgain() throws Exception {
    try (Bench bench = bench(0)) {
      bench.silent.add(new HostName("h1"));
      String id = bench.start(bench.addPlan(threeCommands()), true);
      restartAndWait(bench);

      assertThat(bench.state(id)).isEqualTo(OperationState.FAILED);
      assertThat(bench.operation(id).detail()).contains("nothing was changed");
    }
  }
}
