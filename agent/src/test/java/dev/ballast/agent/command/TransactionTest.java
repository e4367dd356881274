package dev.ballast.agent.command;

import static dev.ballast.agent.command.AgentUnderTest.command;
import static dev.ballast.agent.command.AgentUnderTest.planned;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ballast.core.action.Expectation;
import dev.ballast.core.action.Expectation.AfterEarlierSteps;
import dev.ballast.core.action.Expectation.DomainRecord;
import dev.ballast.core.action.Expectation.NoDomain;
import dev.ballast.core.action.FieldDifference;
import dev.ballast.core.action.Final.DestroyDomain;
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
import dev.ballast.core.action.Reversible.UndefineDomain;
import dev.ballast.core.model.CpuPins;
import dev.ballast.core.model.DomainState;
import dev.ballast.core.model.OtherOwner;
import dev.ballast.core.topology.CpuSet;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** What the pipeline checks, applies, undoes and waits for. */
class TransactionTest extends PipelineFixture {
  @Test
  void aFreezeTakesEffectBeforeTheNextActionOfARunningCommand() throws IOException {
    host.addGuest("web", DIGEST, true);
    host.libvirt.points =
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
    int writes = host.libvirt.writes;

    assertThat(only(command(2, planned(new PinCpus(VM, PINS), seen))))
        .isInstanceOf(Unchanged.class);
    assertThat(
            only(
                command(
                    3,
                    planned(
                        new DefineDomain(VM, FakeGuest.xml("web", DIGEST), DIGEST),
                        new NoDomain()))))
        .isInstanceOf(Unchanged.class);
    assertThat(host.libvirt.writes).isEqualTo(writes);
  }

  @Test
  void anEditThatKeptOurDigestIsNotTakenForOurDefinition() {
    host.addGuest("web", DIGEST, false);
    FakeGuest guest = host.guests.get("web");
    guest.xml = guest.xml.replace("32768", "65536");

    Outcome outcome = only(command(1, define("web")));

    refused(outcome, RefusalReason.STALE);
  }

  @Test
  void leavesOtherOwnersDomainsAlone() {
    host.addGuest("web", DIGEST, false);
    FakeGuest guest = host.guests.get("web");
    guest.xml = guest.xml.replaceAll("<metadata>.*</metadata>", "<metadata></metadata>");
    guest.mark = "";
    guest.uuid = "00000000-0000-4000-8000-000000000002";

    refused(only(command(1, onWeb(define("web").action()))), RefusalReason.OTHER_OWNER);
    refused(only(command(2, onWeb(new UndefineDomain(VM)))), RefusalReason.OTHER_OWNER);
  }

  @Test
  void anAdoptedDomainIsRedefinedUnderItsOwnUuid() {
    host.addGuest("web", DIGEST, true);
    FakeGuest guest = host.guests.get("web");
    guest.xml = guest.xml.replaceAll("<metadata>.*</metadata>", "<metadata></metadata>");
    guest.mark = "";

    refused(only(command(1, onWeb(new UndefineDomain(VM)))), RefusalReason.ILLEGAL);
    assertThat(only(command(2, onWeb(define("web").action())))).isInstanceOf(Applied.class);
    assertThat(host.guests.get("web").xml).contains(DIGEST);
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
    host.libvirt.refuses = "define";

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
    host.libvirt.obedient = false;

    assertThat(only(command(1, onWeb(new PinCpus(VM, PINS))))).isInstanceOf(Failed.class);
  }

  @Test
  void undoSparesWhatSomebodyElseHasChangedMeanwhile() {
    host.addGuest("web", DIGEST, true);
    host.libvirt.refuses = "define";
    host.libvirt.points =
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
    assertThat(host.libvirt.writes).isZero();
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
    host.libvirt.hangs = "create";
    host.libvirt.hangTakesEffect = true;

    assertThat(only(command(1, onWeb(new StartDomain(VM))))).isInstanceOf(Applied.class);
  }

  @Test
  void aTimedOutCallWithoutEffectFails() {
    host.addGuest("web", DIGEST, false);
    host.libvirt.hangs = "create";

    assertThat(only(command(1, onWeb(new StartDomain(VM))))).isInstanceOf(Failed.class);
  }

  @Test
  void aTimedOutShutdownIsUnknown() {
    host.addGuest("web", DIGEST, true);
    host.libvirt.hangs = "shutdown";

    assertThat(only(command(1, onWeb(new ShutdownDomain(VM, 5_000))))).isInstanceOf(Unknown.class);
  }

  @Test
  void anObjectStaysLockedUntilLibvirtIsIdleAgain() {
    host.addGuest("web", DIGEST, true);
    host.libvirt.hangs = "pin 1";
    host.libvirt.idle = false;
    PlannedAction pin = onWeb(new PinCpus(VM, PINS));
    agent.pipeline.submit(command(1, pin));
    await().until(() -> host.libvirt.hangs.isEmpty());

    refused(only(command(2, pin)), RefusalReason.BUSY);
    assertThat(agent.reported(1)).isEmpty();

    host.libvirt.idle = true;
    assertThat(agent.awaitResult(1)).singleElement().isInstanceOf(Failed.class);
    assertThat(host.guests.get("web").configPins).containsEntry(0, FakeHost.ONLINE);
    assertThat(only(command(3, pin))).isInstanceOf(Applied.class);
  }

  @Test
  void aGuestThatDoesNotPowerOffIsLeftRunning() {
    host.addGuest("web", DIGEST, true);
    host.libvirt.obedient = false;

    assertThat(only(command(1, onWeb(new ShutdownDomain(VM, 60_000)))))
        .isInstanceOfSatisfying(
            Failed.class, o -> assertThat(o.error()).contains("60 s", "left running"));
    assertThat(host.guests.get("web").active).isTrue();
  }

  @Test
  void withoutLibvirtOnlyDomainsAreOutOfReach() {
    host.addGuest("web", DIGEST, true);
    PlannedAction pin = onWeb(new PinCpus(VM, PINS));
    host.libvirt.reachable = false;

    refused(only(command(1, pin)), RefusalReason.MISSING_CAPABILITY);
    assertThat(only(command(2, ksm(ON)))).isInstanceOf(Applied.class);
  }

  @Test
  void commandsOnOtherObjectsGoOnBesideOneThatHangs() throws InterruptedException {
    host.addGuest("web", DIGEST, true);
    CountDownLatch hold = new CountDownLatch(1);
    CountDownLatch held = new CountDownLatch(1);
    host.libvirt.points =
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
  void theRecordedExpectationOfNoDomainIsStaleOnceThereIsOne() {
    host.addGuest("web", "c".repeat(64), false);

    Outcome outcome =
        only(command(1, planned(define("web").action(), (Expectation) new NoDomain())));

    refused(outcome, RefusalReason.STALE);
  }

  @Test
  void ksmOfAHostWithKsmtunedIsNotTouched() {
    host.otherOwners = Set.of(OtherOwner.KSMTUNED);

    Outcome outcome = only(command(1, ksm(ON)));

    refused(outcome, RefusalReason.OTHER_OWNER);
    assertThat(((Refused) outcome).detail()).contains("ksmtuned sets KSM on this host");
    assertThat(host.libvirt.writes).isZero();
  }

  @Test
  void pinsOfAHostWithNumadAreNotTouched() {
    host.addGuest("web", DIGEST, true);
    host.otherOwners = Set.of(OtherOwner.NUMAD);

    refused(only(command(1, onWeb(new PinCpus(VM, PINS)))), RefusalReason.OTHER_OWNER);
    assertThat(host.libvirt.writes).isZero();
  }

  @Test
  void aDomainWithNovasMarkIsNotTouched() {
    FakeGuest guest = host.addGuest("web", DIGEST, true);
    guest.xml =
        guest.xml.replace(
            "<metadata>",
            "<metadata><n:instance xmlns:n='http://openstack.org/xmlns/libvirt/nova/1.1'/>");

    refused(only(command(1, onWeb(new PinCpus(VM, PINS)))), RefusalReason.OTHER_OWNER);
    refused(only(command(2, onWeb(new DestroyDomain(VM)))), RefusalReason.OTHER_OWNER);
    assertThat(host.libvirt.writes).isZero();
  }
}
