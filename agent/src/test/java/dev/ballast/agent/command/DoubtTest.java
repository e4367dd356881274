package dev.ballast.agent.command;

import static dev.ballast.agent.command.AgentUnderTest.command;
import static dev.ballast.agent.command.AgentUnderTest.planned;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ballast.agent.host.libvirt.PinScope;
import dev.ballast.core.action.Action;
import dev.ballast.core.action.Command;
import dev.ballast.core.action.Expectation.AfterEarlierSteps;
import dev.ballast.core.action.Final.DestroyDomain;
import dev.ballast.core.action.Final.StartDomain;
import dev.ballast.core.action.Outcome;
import dev.ballast.core.action.Outcome.Applied;
import dev.ballast.core.action.Outcome.Failed;
import dev.ballast.core.action.Outcome.NeedsAttention;
import dev.ballast.core.action.Outcome.Refused;
import dev.ballast.core.action.Outcome.Undone;
import dev.ballast.core.action.PlannedAction;
import dev.ballast.core.action.RefusalReason;
import dev.ballast.core.action.Reversible.PinCpus;
import dev.ballast.core.action.Reversible.UndefineDomain;
import dev.ballast.core.model.DomainState;
import dev.ballast.core.topology.CpuSet;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Where the agent cannot know what is so, or somebody acts at the same time: no VM is lost. */
class DoubtTest extends PipelineFixture {
  private void at(String place, Runnable meanwhile) {
    host.libvirt.points =
        reached -> {
          if (reached.equals(place)) {
            host.libvirt.points = later -> {};
            meanwhile.run();
          }
        };
  }

  @ParameterizedTest
  @ValueSource(strings = {"migration", "post-copy", "post-copy failed"})
  void aPausedCopyOfAMigrationThatHasNotEndedIsNeverDestroyed(String reason) {
    host.addGuest("web", DIGEST, true).paused = true;
    host.migration.reason = reason;

    refused(only(command(1, onWeb(new DestroyDomain(VM)))), RefusalReason.ILLEGAL);

    assertThat(host.guests.get("web").active).isTrue();
    host.migration.reason = "user";
    assertThat(only(command(2, onWeb(new DestroyDomain(VM))))).isInstanceOf(Applied.class);
  }

  @Test
  void aCopyWhosePagesStillComeFromTheOtherHostIsNeverDestroyed() {
    host.addGuest("web", DIGEST, true);
    host.migration.reason = "post-copy";

    refused(only(command(1, onWeb(new DestroyDomain(VM)))), RefusalReason.ILLEGAL);

    assertThat(host.guests.get("web").active).isTrue();
  }

  @Test
  void aGuestThatIsJustMigratedIsNotDestroyed() {
    host.addGuest("web", DIGEST, true);
    host.migration.orphanLooks = 1_000;

    assertThat(only(command(1, onWeb(new DestroyDomain(VM)))))
        .isInstanceOfSatisfying(
            Refused.class, o -> assertThat(o.detail()).contains("has not ended"));

    assertThat(host.guests.get("web").active).isTrue();
  }

  @Test
  void anUndoNeverUndefinesAGuestThatWasStartedMeanwhile() {
    host.addGuest("other", DIGEST, false);
    host.libvirt.refuses = "pin 0";
    at("before pin 0", () -> host.guests.get("web").setLive(true));

    List<Outcome> outcomes =
        agent.execute(
            command(
                1,
                define("web"),
                planned(
                    new PinCpus(VM, PINS), new AfterEarlierSteps(DomainState.SHUT_OFF, DIGEST))));

    assertThat(outcomes.getFirst())
        .isInstanceOfSatisfying(
            NeedsAttention.class, o -> assertThat(o.detail()).contains("started meanwhile"));
    assertThat(host.guests.get("web").persistent).isTrue();
  }

  @Test
  void aGuestThatWasStartedJustBeforeItWasUndefinedIsDefinedAgain() {
    host.addGuest("web", DIGEST, false).autostart = true;
    at("before undefine", () -> host.guests.get("web").setLive(true));

    assertThat(only(command(1, onWeb(new UndefineDomain(VM))))).isInstanceOf(Failed.class);

    assertThat(host.guests.get("web").persistent).isTrue();
    assertThat(host.guests.get("web").xml).contains(DIGEST);
  }

  @Test
  void aRecoveryWaitsForLibvirtAndHoldsItsObjectMeanwhile() throws IOException {
    host.addGuest("web", DIGEST, true);
    Command pin = command(1, onWeb(new PinCpus(VM, PINS)));
    Command another = command(2, onWeb(new PinCpus(VM, PINS)));
    agent.die();
    dieAt("after apply 0", pin);
    int writes = host.libvirt.writes;
    host.libvirt.reachable = false;

    restart();
    agent.pipeline.submit(pin);
    refused(only(another), RefusalReason.BUSY);
    assertThat(only(command(3, ksm(ON)))).isInstanceOf(Applied.class);
    assertThat(agent.reported(1)).as("nothing is said of what nobody could look at").isEmpty();

    host.libvirt.reachable = true;
    assertThat(agent.awaitResult(1)).singleElement().isInstanceOf(Applied.class);
    assertThat(host.libvirt.writes).isEqualTo(writes);
  }

  private void dieAt(String fatal, Command command) throws IOException {
    AtomicBoolean dead = new AtomicBoolean();
    agent =
        new AgentUnderTest(
            directory.resolve("state"),
            host,
            place -> {
              if (place.equals(fatal)) {
                dead.set(true);
                throw new IllegalStateException("dies at " + place);
              }
            });
    agent.pipeline.submit(command);
    await().untilTrue(dead);
  }

  @Test
  void whatTookTooLongToLookAtIsNotBegun() {
    host.addGuest("web", DIGEST, true);
    Command pin = command(1, onWeb(new PinCpus(VM, PINS)));
    host.libvirt.looks = () -> agent.nowMillis.addAndGet(20_000);

    refused(only(pin), RefusalReason.EXPIRED);

    assertThat(host.libvirt.writes).isZero();
  }

  @Test
  void anUndoThatHangsIsLookedAtAgainBeforeAnythingIsWritten() {
    host.addGuest("web", DIGEST, true);
    String before = host.picture();
    host.libvirt.refuses = "define";
    at(
        "before define",
        () -> {
          host.libvirt.hangs = "pin emulator";
          host.libvirt.hangTakesEffect = true;
        });

    assertThat(agent.execute(command(1, onWeb(new PinCpus(VM, PINS)), define("new"))).getFirst())
        .isInstanceOf(Undone.class);

    assertThat(host.libvirt.hangs).as("it hung").isEmpty();
    assertThat(host.picture()).isEqualTo(before);
  }

  @Test
  void aCallThatTakesEffectJustAfterLibvirtLookedIdleIsSeen() {
    host.addGuest("web", DIGEST, true);
    PlannedAction pin = onWeb(new PinCpus(VM, PINS));
    host.libvirt.hangs = "pin 1";
    AtomicInteger looks = new AtomicInteger();
    host.libvirt.looks =
        () -> {
          if (host.libvirt.hangs.isEmpty() && looks.incrementAndGet() == 3) {
            FakeGuest guest = host.guests.get("web");
            guest.pin(1, CpuSet.of(2), PinScope.LIVE);
            guest.pin(1, CpuSet.of(2), PinScope.CONFIG);
            guest.pinEmulator(CpuSet.of(2), PinScope.LIVE);
            guest.pinEmulator(CpuSet.of(2), PinScope.CONFIG);
          }
        };

    assertThat(only(command(1, pin))).isInstanceOf(Applied.class);
  }

  @Test
  void theStateOfAVirtualTpmIsNotLost() {
    FakeGuest guest = host.addGuest("web", DIGEST, false);
    guest.xml = guest.xml.replace("</domain>", "<tpm model='tpm-crb'/></domain>");

    refused(only(command(1, onWeb(new UndefineDomain(VM)))), RefusalReason.ILLEGAL);

    assertThat(host.guests).containsKey("web");
  }

  @Test
  void aPausedGuestIsNotStarted() {
    host.addGuest("web", DIGEST, true).paused = true;

    refused(only(command(1, onWeb(new StartDomain(VM)))), RefusalReason.ILLEGAL);

    assertThat(host.libvirt.writes).isZero();
  }

  static List<Action> writes() {
    return List.of(
        define("web").action(), new UndefineDomain(VM), new StartDomain(VM), new PinCpus(VM, PINS));
  }

  @ParameterizedTest
  @MethodSource("writes")
  void aWriteThatDoesNotTakeIsNeverSaidToBeApplied(Action action) {
    host.addGuest("web", "c".repeat(64), false);
    host.libvirt.obedient = false;

    assertThat(only(command(1, onWeb(action)))).isInstanceOf(Failed.class);
  }
}
