package dev.ballast.agent.command;

import static dev.ballast.agent.command.AgentUnderTest.command;
import static dev.ballast.agent.command.AgentUnderTest.planned;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ballast.core.action.Action;
import dev.ballast.core.action.Command;
import dev.ballast.core.action.Expectation.KsmRecord;
import dev.ballast.core.action.Expectation.NoDomain;
import dev.ballast.core.action.Outcome;
import dev.ballast.core.action.Outcome.Refused;
import dev.ballast.core.action.PlannedAction;
import dev.ballast.core.action.RefusalReason;
import dev.ballast.core.action.Reversible.DefineDomain;
import dev.ballast.core.action.Reversible.SetKsm;
import dev.ballast.core.model.CpuPins;
import dev.ballast.core.model.KsmSettings;
import dev.ballast.core.model.VmName;
import dev.ballast.core.topology.CpuSet;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A pipeline on a real journal and a fake host, and short words for what tests do with it. */
abstract class PipelineFixture {
  static final VmName VM = new VmName("web");
  static final String DIGEST = "d".repeat(64);
  static final KsmSettings ON = new KsmSettings(1, 500, 50);
  static final CpuPins PINS = CpuPins.uniform(2, CpuSet.of(2));

  @TempDir Path directory;
  FakeHost host;
  AgentUnderTest agent;

  @BeforeEach
  void start() throws IOException {
    host = new FakeHost(directory.resolve("host"));
    agent = new AgentUnderTest(directory.resolve("state"), host, CrashPoints.NONE);
  }

  @AfterEach
  void stop() throws IOException {
    agent.die();
  }

  void restart() throws IOException {
    agent.die();
    agent = new AgentUnderTest(directory.resolve("state"), host, CrashPoints.NONE);
  }

  PlannedAction ksm(KsmSettings target) {
    return planned(new SetKsm(target), new KsmRecord(host.ksm()));
  }

  PlannedAction onWeb(Action action) {
    return planned(action, CrashTest.now(host));
  }

  static PlannedAction define(String name) {
    return planned(
        new DefineDomain(new VmName(name), FakeGuest.xml(name, DIGEST), DIGEST), new NoDomain());
  }

  Outcome only(Command command) {
    List<Outcome> outcomes = agent.execute(command);
    assertThat(outcomes).hasSize(1);
    return outcomes.getFirst();
  }

  static void refused(Outcome outcome, RefusalReason reason) {
    assertThat(outcome)
        .isInstanceOfSatisfying(Refused.class, o -> assertThat(o.reason()).isEqualTo(reason));
  }
}
