package dev.ballast.agent.command;

import static dev.ballast.agent.command.AgentUnderTest.BOOT;
import static dev.ballast.agent.command.AgentUnderTest.NOW_MILLIS;
import static dev.ballast.agent.command.AgentUnderTest.clockwork;
import static dev.ballast.agent.command.AgentUnderTest.command;
import static dev.ballast.agent.command.AgentUnderTest.planned;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ballast.agent.journal.Bytes;
import dev.ballast.agent.outbox.CommandResult;
import dev.ballast.core.action.Action;
import dev.ballast.core.action.Command;
import dev.ballast.core.action.Expectation;
import dev.ballast.core.action.Expectation.AfterEarlierSteps;
import dev.ballast.core.action.Expectation.DomainRecord;
import dev.ballast.core.action.Expectation.KsmRecord;
import dev.ballast.core.action.Expectation.NoDomain;
import dev.ballast.core.action.FieldDifference;
import dev.ballast.core.action.Final.ShutdownDomain;
import dev.ballast.core.action.Final.StartDomain;
import dev.ballast.core.action.Outcome;
import dev.ballast.core.action.Outcome.Applied;
import dev.ballast.core.action.Outcome.Failed;
import dev.ballast.core.action.Outcome.NotVerifiable;
import dev.ballast.core.action.Outcome.Refused;
import dev.ballast.core.action.Outcome.Skipped;
import dev.ballast.core.action.Outcome.Unchanged;
import dev.ballast.core.action.Outcome.Undone;
import dev.ballast.core.action.Outcome.Unknown;
import dev.ballast.core.action.Outcome.WouldApply;
import dev.ballast.core.action.PlannedAction;
import dev.ballast.core.action.RefusalReason;
import dev.ballast.core.action.Reversible.DefineDomain;
import dev.ballast.core.action.Reversible.PinCpus;
import dev.ballast.core.action.Reversible.SetKsm;
import dev.ballast.core.action.Reversible.UndefineDomain;
import dev.ballast.core.model.CpuPins;
import dev.ballast.core.model.DomainState;
import dev.ballast.core.model.KsmSettings;
import dev.ballast.core.model.VmName;
import dev.ballast.core.topology.CpuSet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the pipeline refuses, repeats, checks, undoes and waits for. */
class CommandPipelineTest {
  private static final VmName VM = new VmName("web");
  private static final String DIGEST = "d".repeat(64);
  private static final KsmSettings ON = new KsmSettings(1, 500, 50);
  private static final CpuPins PINS = CpuPins.uniform(2, CpuSet.of(2));

  @TempDir private Path directory;
  private FakeHost host;
  private AgentUnderTest agent;

  @BeforeEach
  void start() throws IOException {
    host = new FakeHost(directory.resolve("host"));
    agent = new AgentUnderTest(directory.resolve("state"), host, CrashPoints.NONE);
  }

  @AfterEach
  void stop() throws IOException {
    agent.die();
  }

  private void restart() throws IOException {
    agent.die();
    agent = new AgentUnderTest(directory.resolve("state"), host, CrashPoints.NONE);
  }

  private PlannedAction ksm(KsmSettings target) {
    return planned(new SetKsm(target), new KsmRecord(host.ksm()));
  }

  private PlannedAction onWeb(Action action) {
    return planned(action, CrashTest.now(host));
  }

  private static PlannedAction define(String name) {
    return planned(
        new DefineDomain(new VmName(name), FakeHost.xml(name, DIGEST), DIGEST), new NoDomain());
  }

  private Outcome only(Command command) {
    List<Outcome> outcomes = agent.execute(command);
    assertThat(outcomes).hasSize(1);
    return outcomes.getFirst();
  }

  private static void refused(Outcome outcome, RefusalReason reason) {
    assertThat(outcome)
        .isInstanceOfSatisfying(Refused.class, o -> assertThat(o.reason()).isEqualTo(reason));
  }

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
  void refusesCommitConfirmed() {
    Command c = command(1, ksm(ON));
    Command confirmed =
        new Command(1, 1, c.stampMillis(), BOOT, 10_000, false, Optional.of(5_000L), c.actions());

    refused(only(confirmed), RefusalReason.UNSUPPORTED);
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
  void aFreezeTakesEffectBeforeTheNextActionOfARunningCommand() throws IOException {
    host.addGuest("web", DIGEST, true);
    host.points =
        place -> {
          if (place.equals("after pin emulator")) {
            freezeHost();
          }
        };

    List<Outcome> outcomes = agent.execute(command(1, onWeb(new PinCpus(VM, PINS)), ksm(ON)));

    refused(outcomes.get(1), RefusalReason.FROZEN);
    assertThat(outcomes.get(0))
        .as("no undo while frozen")
        .isInstanceOf(Outcome.NeedsAttention.class);
    assertThat(host.ksm().run()).isZero();
  }

  private void freezeHost() {
    try {
      agent.freeze.freeze(Optional.empty(), "stop");
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void namesTheFieldsThatDiffer() {
    host.addGuest("web", DIGEST, true);
    DomainRecord seen = CrashTest.now(host);
    host.guests.get("web").configPins.put(0, CpuSet.of(5));

    Outcome outcome = only(command(1, planned(new PinCpus(VM, PINS), seen)));

    refused(outcome, RefusalReason.STALE);
    assertThat(((Refused) outcome).differences())
        .containsExactly(
            new FieldDifference("configPins", "2 x 0-7 emulator 0-7", "5|0-7 emulator 0-7"));
  }

  @Test
  void whatIsAtItsTargetIsUnchangedHoweverItGotThere() {
    host.addGuest("web", DIGEST, true);
    DomainRecord seen = CrashTest.now(host);
    only(command(1, planned(new PinCpus(VM, PINS), seen)));
    int writes = host.writes;

    assertThat(only(command(2, planned(new PinCpus(VM, PINS), seen))))
        .isInstanceOf(Unchanged.class);
    assertThat(
            only(
                command(
                    3,
                    planned(
                        new DefineDomain(VM, FakeHost.xml("web", DIGEST), DIGEST),
                        new NoDomain()))))
        .isInstanceOf(Unchanged.class);
    assertThat(host.writes).isEqualTo(writes);
  }

  @Test
  void anEditThatKeptOurDigestIsNotTakenForOurDefinition() {
    host.addGuest("web", DIGEST, false);
    FakeHost.Guest guest = host.guests.get("web");
    guest.xml = guest.xml.replace("32768", "65536");

    Outcome outcome = only(command(1, define("web")));

    refused(outcome, RefusalReason.STALE);
  }

  @Test
  void leavesOtherOwnersDomainsAlone() {
    host.addGuest("web", DIGEST, false);
    FakeHost.Guest guest = host.guests.get("web");
    guest.xml = guest.xml.replaceAll("<metadata>.*</metadata>", "<metadata></metadata>");
    guest.mark = "";

    refused(only(command(1, onWeb(define("web").action()))), RefusalReason.OTHER_OWNER);
    refused(only(command(2, onWeb(new UndefineDomain(VM)))), RefusalReason.OTHER_OWNER);
  }

  @Test
  void aTransientDomainIsNeverMadePersistent() {
    host.addGuest("web", DIGEST, true).persistent = false;

    refused(only(command(1, onWeb(define("web").action()))), RefusalReason.ILLEGAL);
    refused(only(command(2, onWeb(new PinCpus(VM, PINS)))), RefusalReason.ILLEGAL);
  }

  @Test
  void neverLosesAManagedSaveImageNorUndefinesWhatRuns() {
    host.addGuest("web", DIGEST, false).managedSave = true;
    refused(only(command(1, onWeb(new UndefineDomain(VM)))), RefusalReason.ILLEGAL);

    host.addGuest("web", DIGEST, true);
    refused(only(command(2, onWeb(new UndefineDomain(VM)))), RefusalReason.ILLEGAL);
    assertThat(host.guests).containsKey("web");
  }

  @Test
  void refusesPinsToCpusThatAreNotOnlineAndForAnotherNumberOfVcpus() {
    host.addGuest("web", DIGEST, true);

    refused(
        only(command(1, onWeb(new PinCpus(VM, CpuPins.uniform(2, CpuSet.of(8)))))),
        RefusalReason.ILLEGAL);
    refused(
        only(command(2, onWeb(new PinCpus(VM, CpuPins.uniform(3, CpuSet.of(1)))))),
        RefusalReason.ILLEGAL);
  }

  @Test
  void checksEveryExpectationBeforeTheFirstAction() {
    List<Outcome> outcomes =
        agent.execute(
            command(
                1,
                ksm(ON),
                planned(
                    new PinCpus(VM, PINS), new AfterEarlierSteps(DomainState.SHUT_OFF, DIGEST))));

    assertThat(outcomes.get(0)).isInstanceOf(Skipped.class);
    refused(outcomes.get(1), RefusalReason.STALE);
    assertThat(host.ksm().run()).isZero();
  }

  @Test
  void aFailureUndoesEarlierActionsInReverse() {
    host.addGuest("web", DIGEST, true);
    String before = host.picture();
    host.refuses = "define";

    List<Outcome> outcomes =
        agent.execute(command(1, onWeb(new PinCpus(VM, PINS)), ksm(ON), define("new")));

    assertThat(outcomes.get(0)).isInstanceOf(Undone.class);
    assertThat(outcomes.get(1)).isInstanceOf(Undone.class);
    assertThat(outcomes.get(2))
        .isInstanceOfSatisfying(
            Failed.class, o -> assertThat(o.error()).contains("refused by the test"));
    assertThat(host.picture()).isEqualTo(before);
  }

  @Test
  void aWriteThatDoesNotTakeIsSeenByLookingAfterwards() {
    host.addGuest("web", DIGEST, true);
    host.obedient = false;

    assertThat(only(command(1, onWeb(new PinCpus(VM, PINS))))).isInstanceOf(Failed.class);
  }

  @Test
  void undoSparesWhatSomebodyElseHasChangedMeanwhile() {
    host.addGuest("web", DIGEST, true);
    host.refuses = "define";
    host.points =
        place -> {
          if (place.equals("before define")) {
            host.guests.get("web").configPins.put(0, CpuSet.of(6));
          }
        };

    List<Outcome> outcomes = agent.execute(command(1, onWeb(new PinCpus(VM, PINS)), define("new")));

    assertThat(outcomes.get(0)).isInstanceOf(Outcome.NeedsAttention.class);
    assertThat(host.guests.get("web").configPins).containsEntry(0, CpuSet.of(6));
  }

  @Test
  void aDryRunUsesWhatEarlierStepsWillLeaveAndWritesNothing() {
    String before = host.picture();
    PlannedAction pin =
        planned(new PinCpus(VM, PINS), new AfterEarlierSteps(DomainState.SHUT_OFF, DIGEST));
    PlannedAction pinned =
        planned(
            new PinCpus(VM, CpuPins.uniform(2, CpuSet.of(1))),
            new DomainRecord(
                "00000000-0000-4000-8000-000000000001",
                DomainState.SHUT_OFF,
                "only libvirt will tell",
                Optional.of(PINS),
                Optional.empty()));

    List<Outcome> outcomes = agent.execute(command(1, true, define("web"), pin, pinned, pinned));

    assertThat(outcomes.get(0)).isInstanceOf(WouldApply.class);
    assertThat(outcomes.get(1)).isInstanceOf(WouldApply.class);
    assertThat(outcomes.get(2)).isEqualTo(new NotVerifiable(2));
    assertThat(outcomes.get(3)).isInstanceOf(Unchanged.class);
    assertThat(host.writes).isZero();
    assertThat(host.picture()).isEqualTo(before);
  }

  @Test
  void aDryRunSaysWhatItWouldRefuse() {
    List<Outcome> outcomes =
        agent.execute(command(1, true, ksm(ON), planned(new PinCpus(VM, PINS), new NoDomain())));

    assertThat(outcomes.get(0)).isInstanceOf(WouldApply.class);
    refused(outcomes.get(1), RefusalReason.ILLEGAL);
  }

  @Test
  void aTimedOutCallThatTookEffectIsApplied() {
    host.addGuest("web", DIGEST, false);
    host.hangs = "create";
    host.hangTakesEffect = true;

    assertThat(only(command(1, onWeb(new StartDomain(VM))))).isInstanceOf(Applied.class);
  }

  @Test
  void aTimedOutCallWithoutEffectFails() {
    host.addGuest("web", DIGEST, false);
    host.hangs = "create";

    assertThat(only(command(1, onWeb(new StartDomain(VM))))).isInstanceOf(Failed.class);
  }

  @Test
  void aTimedOutShutdownIsUnknown() {
    host.addGuest("web", DIGEST, true);
    host.hangs = "shutdown";

    assertThat(only(command(1, onWeb(new ShutdownDomain(VM, 5_000))))).isInstanceOf(Unknown.class);
  }

  @Test
  void anObjectStaysLockedUntilLibvirtIsIdleAgain() {
    host.addGuest("web", DIGEST, true);
    host.hangs = "pin 1";
    host.idle = false;
    PlannedAction pin = onWeb(new PinCpus(VM, PINS));
    agent.pipeline.submit(command(1, pin));
    await().until(() -> host.hangs.isEmpty());

    refused(only(command(2, pin)), RefusalReason.BUSY);
    assertThat(agent.reported(1)).isEmpty();

    host.idle = true;
    assertThat(agent.awaitResult(1)).singleElement().isInstanceOf(Failed.class);
    assertThat(host.guests.get("web").configPins).containsEntry(0, FakeHost.ONLINE);
    assertThat(only(command(3, pin))).isInstanceOf(Applied.class);
  }

  @Test
  void aGuestThatDoesNotPowerOffIsLeftRunning() {
    host.addGuest("web", DIGEST, true);
    host.obedient = false;

    assertThat(only(command(1, onWeb(new ShutdownDomain(VM, 60_000)))))
        .isInstanceOfSatisfying(
            Failed.class, o -> assertThat(o.error()).contains("60 s", "left running"));
    assertThat(host.guests.get("web").active).isTrue();
  }

  @Test
  void withoutLibvirtOnlyDomainsAreOutOfReach() {
    host.addGuest("web", DIGEST, true);
    PlannedAction pin = onWeb(new PinCpus(VM, PINS));
    host.reachable = false;

    refused(only(command(1, pin)), RefusalReason.MISSING_CAPABILITY);
    assertThat(only(command(2, ksm(ON)))).isInstanceOf(Applied.class);
  }

  @Test
  void commandsOnOtherObjectsGoOnBesideOneThatHangs() throws InterruptedException {
    host.addGuest("web", DIGEST, true);
    CountDownLatch hold = new CountDownLatch(1);
    CountDownLatch held = new CountDownLatch(1);
    host.points =
        place -> {
          if (place.equals("before pin 0")) {
            held.countDown();
            awaitLatch(hold);
          }
        };
    agent.pipeline.submit(command(1, onWeb(new PinCpus(VM, PINS))));
    held.await();

    assertThat(only(command(2, ksm(ON)))).isInstanceOf(Applied.class);

    hold.countDown();
    assertThat(agent.awaitResult(1)).singleElement().isInstanceOf(Applied.class);
  }

  private static void awaitLatch(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
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

  @Test
  void theRecordedExpectationOfNoDomainIsStaleOnceThereIsOne() {
    host.addGuest("web", "c".repeat(64), false);

    Outcome outcome =
        only(command(1, planned(define("web").action(), (Expectation) new NoDomain())));

    refused(outcome, RefusalReason.STALE);
  }
}
