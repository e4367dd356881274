package dev.ballast.agent.command;

import static dev.ballast.agent.command.AgentUnderTest.BOOT;
import static dev.ballast.agent.command.AgentUnderTest.NOW_MILLIS;
import static dev.ballast.agent.command.AgentUnderTest.clockwork;
import static dev.ballast.agent.command.AgentUnderTest.command;
import static dev.ballast.agent.command.AgentUnderTest.planned;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ballast.agent.journal.Bytes;
import dev.ballast.agent.outbox.CommandResult;
import dev.ballast.core.action.Command;
import dev.ballast.core.action.Expectation.AfterEarlierSteps;
import dev.ballast.core.action.Outcome;
import dev.ballast.core.action.Outcome.Applied;
import dev.ballast.core.action.Outcome.Refused;
import dev.ballast.core.action.Outcome.Unknown;
import dev.ballast.core.action.PlannedAction;
import dev.ballast.core.action.RefusalReason;
import dev.ballast.core.action.Reversible.PinCpus;
import dev.ballast.core.model.DomainState;
import dev.ballast.core.model.KsmSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** What is decided of a command before anything is looked at, and what is remembered of it. */
class AdmissionTest extends PipelineFixture {
  private static Command with(Command c, long term, long stampMillis, String boot, long deadline) {
    return new Command(
        c.id(),
        term,
        stampMillis,
        boot,
        deadline,
        c.dryRun(),
        c.confirmWithinMillis(),
        c.actions());
  }

  @Test
  void remembersTheHighestTermOverARestart() throws IOException {
    only(with(command(1, ksm(ON)), 9, NOW_MILLIS, BOOT, 10_000));
    restart();

    refused(only(with(command(2, ksm(ON)), 8, NOW_MILLIS, BOOT, 10_000)), RefusalReason.OLD_TERM);
    assertThat(agent.log.highestTerm()).isEqualTo(9);
  }

  @Test
  void aLeaderThatWasOnlyHeardFencesItsPredecessor() {
    agent.pipeline.leader(5, 15_000);

    refused(only(command(1, ksm(ON))), RefusalReason.OLD_TERM);
    assertThat(host.ksm().run()).isZero();
  }

  @Test
  void refusesAStampOlderThanTheLease() {
    agent.pipeline.leader(1, 3_000);
    agent.nowMillis.addAndGet(3_001);

    refused(only(command(1, ksm(ON))), RefusalReason.EXPIRED);
  }

  @Test
  void takesAStampAsOldAsTheLease() {
    agent.pipeline.leader(1, 3_000);
    agent.nowMillis.addAndGet(3_000);

    assertThat(only(command(1, ksm(ON)))).isInstanceOf(Applied.class);
  }

  @Test
  void refusesAStampOlderThanTheDeadlineAndOneOfAnotherBootOrOfTheFuture() {
    agent.nowMillis.addAndGet(501);
    refused(only(with(command(1, ksm(ON)), 1, NOW_MILLIS, BOOT, 500)), RefusalReason.EXPIRED);
    refused(only(with(command(2, ksm(ON)), 1, NOW_MILLIS, "x", 9_000)), RefusalReason.EXPIRED);
    refused(
        only(with(command(3, ksm(ON)), 1, NOW_MILLIS + 999, BOOT, 9_000)), RefusalReason.EXPIRED);
    assertThat(host.ksm().run()).isZero();
  }

  @Test
  void answersAKnownIdFromMemoryEvenWhenItsStampIsOldByNow() throws IOException {
    Command command = command(1, ksm(ON));
    Outcome first = only(command);
    agent.nowMillis.addAndGet(1_000_000);

    assertThat(only(command)).isEqualTo(first).isInstanceOf(Applied.class);
    restart();
    assertThat(only(command)).isEqualTo(first);
  }

  @Test
  void repeatsThatArriveJustWhenACommandEndsDoNotRunItAgain() {
    host.addGuest("web", DIGEST, true);
    host.libvirt.refuses = "define";
    PlannedAction pin =
        planned(new PinCpus(VM, PINS), new AfterEarlierSteps(DomainState.RUNNING, DIGEST));
    agent.execute(command(1, pin, define("other")));
    int writesOfOne = host.libvirt.writes;

    for (long id = 2; id <= 100; id++) {
      Command command = command(id, pin, define("other"));
      do {
        agent.pipeline.submit(command);
      } while (agent.reported(id).isEmpty());
      agent.execute(command);
    }

    assertThat(host.libvirt.writes).isEqualTo(100 * writesOfOne);
  }

  @Test
  void aRepeatIsNotAnsweredBeforeTheObjectsAreFree() throws IOException {
    agent.die();
    Command first = command(1, ksm(ON));
    List<Boolean> early = new CopyOnWriteArrayList<>();
    agent =
        new AgentUnderTest(
            directory.resolve("state"),
            host,
            place -> {
              if (place.equals("after outcome") && early.isEmpty()) {
                agent.pipeline.submit(first);
                agent.pipeline.query(99);
                agent.awaitResult(99);
                early.add(agent.reported(1).isPresent());
              }
            });

    assertThat(only(first)).isInstanceOf(Applied.class);
    assertThat(early).containsExactly(false);
  }

  @Test
  void refusesAKnownIdWithOtherContent() {
    only(command(1, ksm(ON)));

    refused(only(command(1, ksm(new KsmSettings(0, 7, 7)))), RefusalReason.ILLEGAL);
    assertThat(host.ksm()).isEqualTo(ON);
  }

  @Test
  void refusesIdsThatItHasForgotten() {
    for (long id = 1; id <= CommandLog.RESULT_LIMIT + 1; id++) {
      Outcome refused = new Refused(RefusalReason.BUSY, "", List.of());
      agent.log.refuse(new CommandResult(id, 1, List.of(refused)), Bytes.EMPTY);
      agent.log.acknowledged(id);
    }

    refused(only(command(1, ksm(ON))), RefusalReason.TOO_OLD);
  }

  @Test
  void refusesAnUnreadableCommandOnceAndForAll() {
    agent.pipeline.submitUnreadable(1, 1, 2, "no such action");

    assertThat(agent.awaitResult(1)).hasSize(2).allMatch(Refused.class::isInstance);
    refused(agent.awaitResult(1).getFirst(), RefusalReason.UNSUPPORTED);
  }

  @Test
  void anObserverRefusesEverything() throws IOException {
    agent.die();
    agent =
        new AgentUnderTest(directory.resolve("other"), host, CrashPoints.NONE, true, clockwork());

    refused(only(command(1, ksm(ON))), RefusalReason.FROZEN);
    refused(only(command(2, true, ksm(ON))), RefusalReason.FROZEN);
  }

  @Test
  void aFreezeOfAVmHoldsForItAlone() throws IOException {
    host.addGuest("web", DIGEST, true);
    agent.freeze.freeze(Optional.of(VM), "mine");

    refused(only(command(1, onWeb(new PinCpus(VM, PINS)))), RefusalReason.FROZEN);
    assertThat(only(command(2, ksm(ON)))).isInstanceOf(Applied.class);
    agent.freeze.unfreeze(Optional.of(VM));
    assertThat(only(command(3, onWeb(new PinCpus(VM, PINS))))).isInstanceOf(Applied.class);
  }

  @Test
  void withoutAJournalNothingIsTouched() throws IOException {
    agent.die();
    Path damaged = Files.createDirectories(directory.resolve("damaged"));
    Files.copy(directory.resolve("state/journal"), damaged.resolve("journal"));
    agent = new AgentUnderTest(damaged, host, CrashPoints.NONE);
    only(command(1, ksm(ON)));
    only(command(2, ksm(new KsmSettings(0, 100, 20))));
    agent.die();
    byte[] bytes = Files.readAllBytes(damaged.resolve("journal"));
    bytes[30] ^= 1;
    Files.write(damaged.resolve("journal"), bytes);
    agent = new AgentUnderTest(damaged, host, CrashPoints.NONE);

    refused(only(command(3, ksm(ON))), RefusalReason.NO_JOURNAL);
    assertThat(host.ksm().run()).isZero();
  }

  @Test
  void aQueryIsAnsweredByTheRecordOrByUnknown() {
    Outcome done = only(command(1, ksm(ON)));

    agent.pipeline.query(1);
    assertThat(agent.awaitResult(1)).containsExactly(done);
    agent.pipeline.query(77);
    assertThat(agent.awaitResult(77)).singleElement().isInstanceOf(Unknown.class);
  }

  @Test
  void resultsAreReportedAgainUntilTheyAreAcknowledged() throws IOException {
    Outcome done = only(command(1, ksm(ON)));
    restart();
    assertThat(agent.awaitResult(1)).containsExactly(done);

    agent.pipeline.acknowledged(1);
    agent.pipeline.query(2);
    agent.awaitResult(2);
    restart();
    agent.pipeline.query(2);
    agent.awaitResult(2);
    assertThat(agent.reported(1)).isEmpty();
  }
}
