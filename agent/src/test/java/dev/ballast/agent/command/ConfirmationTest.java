package dev.ballast.agent.command;

import static dev.ballast.agent.command.AgentUnderTest.BOOT;
import static dev.ballast.agent.command.AgentUnderTest.NOW_MILLIS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ballast.agent.command.AgentUnderTest.World;
import dev.ballast.core.action.Command;
import dev.ballast.core.action.Final.StartDomain;
import dev.ballast.core.action.Outcome;
import dev.ballast.core.action.Outcome.Applied;
import dev.ballast.core.action.Outcome.NeedsAttention;
import dev.ballast.core.action.Outcome.Unchanged;
import dev.ballast.core.action.Outcome.Undone;
import dev.ballast.core.action.PlannedAction;
import dev.ballast.core.action.RefusalReason;
import dev.ballast.core.action.Reversible.PinCpus;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Commit-confirmed: what is not confirmed in time is undone, whatever happens meanwhile. */
class ConfirmationTest extends PipelineFixture {
  private static final long WITHIN_MILLIS = 5_000;
  private static final Optional<String> NO_ROUTE = Optional.of("no route to the coordinator");

  private final AtomicInteger asked = new AtomicInteger();

  private static Command confirmed(PlannedAction... actions) {
    return new Command(
        1, 1, NOW_MILLIS, BOOT, 10_000, false, Optional.of(WITHIN_MILLIS), Arrays.asList(actions));
  }

  private void begin(World world) throws IOException {
    agent.die();
    agent = new AgentUnderTest(directory.resolve("state"), host, world);
  }

  private static World world() {
    return World.of(CrashPoints.NONE);
  }

  /** No answer; a second passes with each attempt. */
  private Confirmer unreachable() {
    return (id, term, nonce, within) -> {
      asked.incrementAndGet();
      agent.nowMillis.addAndGet(1_000);
      return NO_ROUTE;
    };
  }

  private void guest() {
    host.addGuest("web", "c".repeat(64), true);
  }

  @Test
  void whatIsConfirmedStays() throws IOException {
    List<String> nonces = new ArrayList<>();
    begin(
        world()
            .with(
                (id, term, nonce, within) -> {
                  nonces.add(id + " " + term + " " + nonce);
                  assertThat(host.ksm()).as("asked after the change").isEqualTo(ON);
                  return Optional.empty();
                }));

    assertThat(only(confirmed(ksm(ON)))).isInstanceOf(Applied.class);

    assertThat(nonces)
        .singleElement()
        .satisfies(text -> assertThat(text).matches("1 1 [0-9a-f]{32}"));
    assertThat(host.ksm()).isEqualTo(ON);
  }

  @Test
  void whatIsNotConfirmedInTimeIsUndoneByTheAgentAlone() throws IOException {
    guest();
    String before = host.picture();
    begin(world().with(unreachable()));

    List<Outcome> outcomes = agent.execute(confirmed(onWeb(new PinCpus(VM, PINS)), ksm(ON)));

    assertThat(outcomes)
        .hasSize(2)
        .allSatisfy(
            outcome ->
                assertThat(outcome)
                    .isInstanceOfSatisfying(
                        Undone.class,
                        undone ->
                            assertThat(undone.cause())
                                .contains("not confirmed within 5000 ms", "no route")));
    assertThat(host.picture()).isEqualTo(before);
    assertThat(asked).as("asked again and again").hasValueGreaterThan(2);
  }

  @Test
  void aConfirmationAfterTheTimeComesTooLate() throws IOException {
    begin(
        world()
            .with(
                (id, term, nonce, within) -> {
                  agent.nowMillis.addAndGet(WITHIN_MILLIS);
                  return Optional.empty();
                }));

    assertThat(only(confirmed(ksm(ON))))
        .isInstanceOfSatisfying(
            Undone.class, undone -> assertThat(undone.cause()).contains("too late"));
    assertThat(host.ksm().run()).isZero();
  }

  @Test
  void aLaterAttemptMaySucceed() throws IOException {
    begin(
        world()
            .with(
                (id, term, nonce, within) ->
                    asked.incrementAndGet() < 3 ? NO_ROUTE : Optional.empty()));

    assertThat(only(confirmed(ksm(ON)))).isInstanceOf(Applied.class);
    assertThat(asked).hasValue(3);
  }

  @Test
  void nobodyIsAskedAboutWhatWasNotChanged() throws IOException {
    begin(world().with(unreachable()));
    assertThat(only(AgentUnderTest.command(7, ksm(ON)))).isInstanceOf(Applied.class);

    Command again =
        new Command(
            8, 1, NOW_MILLIS, BOOT, 10_000, false, Optional.of(WITHIN_MILLIS), List.of(ksm(ON)));
    assertThat(only(again)).isInstanceOf(Unchanged.class);
    assertThat(asked).hasValue(0);
  }

  @Test
  void finalActionsAndEternitiesAreRefused() {
    host.addGuest("web", DIGEST, false);

    refused(only(confirmed(onWeb(new StartDomain(VM)))), RefusalReason.ILLEGAL);
    Command forLong =
        new Command(
            2, 1, NOW_MILLIS, BOOT, 10_000, false, Optional.of(3_600_001L), List.of(ksm(ON)));
    refused(only(forLong), RefusalReason.ILLEGAL);
    assertThat(host.libvirt.writes).isZero();
  }

  /** The agent dies while it awaits the confirmation. */
  private void dieWhileAwaiting() throws IOException {
    CountDownLatch waits = new CountDownLatch(1);
    CountDownLatch never = new CountDownLatch(1);
    begin(
        world()
            .with(
                (id, term, nonce, within) -> {
                  waits.countDown();
                  never.await();
                  return Optional.empty();
                }));
    agent.pipeline.submit(confirmed(ksm(ON)));
    await().atMost(Duration.ofSeconds(20)).until(() -> waits.getCount() == 0);
    assertThat(host.ksm()).isEqualTo(ON);
  }

  @Test
  void afterItsOwnRestartTheAgentGoesOnAsking() throws IOException {
    dieWhileAwaiting();

    begin(world().with((id, term, nonce, within) -> Optional.empty()).at(BOOT, NOW_MILLIS + 4_000));

    assertThat(agent.awaitResult(1)).singleElement().isInstanceOf(Applied.class);
    assertThat(host.ksm()).isEqualTo(ON);
  }

  @Test
  void afterItsOwnRestartTheAgentUndoesWhenTheTimeIsOver() throws IOException {
    dieWhileAwaiting();

    begin(world().with(unreachable()).at(BOOT, NOW_MILLIS + 3_600_000));

    assertThat(agent.awaitResult(1)).singleElement().isInstanceOf(Undone.class);
    assertThat(host.ksm().run()).isZero();
    assertThat(asked).as("undone first, not asked").hasValue(0);
  }

  @Test
  void inAnotherBootTheTimeIsOver() throws IOException {
    dieWhileAwaiting();

    begin(world().with(unreachable()).at("boot-2", 10));

    assertThat(agent.awaitResult(1)).singleElement().isInstanceOf(Undone.class);
    assertThat(host.ksm().run()).isZero();
    assertThat(asked).hasValue(0);
  }

  @Test
  void whatCannotBeUndoneIsSaidWithWhatStands() throws IOException {
    begin(
        world()
            .with(
                (id, term, nonce, within) -> {
                  agent.nowMillis.addAndGet(WITHIN_MILLIS);
                  freeze();
                  return NO_ROUTE;
                }));

    assertThat(only(confirmed(ksm(ON))))
        .isInstanceOfSatisfying(
            NeedsAttention.class,
            outcome ->
                assertThat(outcome.detail()).contains("is not undone", "no route", "frozen"));
    assertThat(host.ksm()).isEqualTo(ON);
  }

  private void freeze() {
    try {
      agent.freeze.freeze(Optional.empty(), "by hand");
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
