package dev.ballast.agent.command;

import static dev.ballast.agent.command.AgentUnderTest.command;
import static dev.ballast.agent.command.AgentUnderTest.planned;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ballast.agent.executor.MigrationPolicy;
import dev.ballast.agent.host.libvirt.DomainXml;
import dev.ballast.agent.host.libvirt.MigrationRequest;
import dev.ballast.agent.outbox.Outbox;
import dev.ballast.core.action.Command;
import dev.ballast.core.action.Final.MigrateDomain;
import dev.ballast.core.action.MigrationLimits;
import dev.ballast.core.action.Outcome;
import dev.ballast.core.action.Outcome.Applied;
import dev.ballast.core.action.Outcome.Failed;
import dev.ballast.core.action.Outcome.NeedsAttention;
import dev.ballast.core.action.Outcome.Refused;
import dev.ballast.core.action.Outcome.Unknown;
import dev.ballast.core.action.PlannedAction;
import dev.ballast.core.action.RefusalReason;
import dev.ballast.core.model.CommandProgress;
import dev.ballast.core.model.CpuPins;
import dev.ballast.core.model.HostName;
import dev.ballast.core.topology.CpuSet;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Live migration as the agent of the source sees it. */
class MigrationTest extends PipelineFixture {
  private static final String URI = "qemu+tls://h2/system";
  private static final int FOR_EVER = Integer.MAX_VALUE;
  private static final CpuPins TARGET_PINS =
      new CpuPins(List.of(CpuSet.of(12), CpuSet.parse("13-14")), CpuSet.of(15));
  private static final MigrationLimits LIMITS = new MigrationLimits(5L << 20, 250, true, 20_000);

  private static MigrateDomain migrate() {
    return new MigrateDomain(VM, new HostName("h2"), URI, TARGET_PINS, LIMITS);
  }

  private void guest() {
    host.addGuest("web", DIGEST, true);
  }

  private Outcome migrateWeb() {
    return only(command(1, onWeb(migrate())));
  }

  @Test
  void asksLibvirtForTheTargetsPinsInBothConfigurations() throws Exception {
    guest();

    assertThat(migrateWeb()).isInstanceOf(Applied.class);

    assertThat(host.guests).isEmpty();
    MigrationRequest request = Objects.requireNonNull(host.migration.request);
    assertThat(request.targetUri()).isEqualTo(URI);
    assertThat(request.bandwidthBytesPerSecond()).isEqualTo(5L << 20);
    assertThat(request.autoConverge()).isTrue();
    assertThat(request.tls()).isTrue();
    assertThat(request.unsafe()).isFalse();
    assertThat(host.migration.downtimeMillis).isEqualTo(250);
    for (String xml : List.of(request.targetXml(), request.persistentXml())) {
      DomainXml target = DomainXml.parse(xml);
      assertThat(target.vcpuPins())
          .containsEntry(0, CpuSet.of(12))
          .containsEntry(1, CpuSet.parse("13-14"));
      assertThat(target.emulatorPin()).contains(CpuSet.of(15));
      assertThat(target.specDigest()).contains(DIGEST);
    }
  }

  @Test
  void tellsHowFarItIs() {
    guest();
    List<CommandProgress> told = new CopyOnWriteArrayList<>();
    AtomicBoolean ended = new AtomicBoolean();
    agent.outbox.onAvailable(
        () -> {
          for (Optional<Outbox.Item> item = agent.outbox.poll();
              item.isPresent();
              item = agent.outbox.poll()) {
            switch (item.get()) {
              case Outbox.Item.Progress(CommandProgress progress) -> told.add(progress);
              case Outbox.Item.Result ignored -> ended.set(true);
              case Outbox.Item ignored -> {}
            }
          }
        });

    agent.pipeline.submit(command(1, onWeb(migrate())));
    await().untilTrue(ended);

    assertThat(told)
        .as("at once, then a second later")
        .hasSize(2)
        .first()
        .isEqualTo(
            new CommandProgress(1, 1_500, 128L << 20, 40L << 20, 88L << 20, 5L << 20, 3, 20));
  }

  @Test
  void abortsOnRequestAndLeavesTheGuestRunning() {
    guest();
    host.migration.looks = FOR_EVER;
    agent.pipeline.submit(command(1, onWeb(longer())));

    agent.pipeline.abort(1, 1);

    assertThat(agent.awaitResult(1))
        .singleElement()
        .isInstanceOfSatisfying(
            Failed.class, o -> assertThat(o.error()).contains("aborted on request"));
    assertThat(host.guests.get("web").active).isTrue();
    assertThat(host.guests.get("web").paused).isFalse();
  }

  /** So long that only an abort ends it: the fake clock runs fast. */
  private static MigrateDomain longer() {
    MigrationLimits day = new MigrationLimits(0, 250, true, 86_400_000);
    return new MigrateDomain(VM, new HostName("h2"), URI, TARGET_PINS, day);
  }

  @Test
  void ignoresAbortsOfADeposedLeaderAndOfWhatDoesNotRun() {
    guest();
    agent.pipeline.leader(3, 15_000);
    agent.pipeline.abort(7, 3);

    PlannedAction planned = onWeb(migrate());
    agent.pipeline.submit(
        new Command(
            1,
            3,
            AgentUnderTest.NOW_MILLIS,
            AgentUnderTest.BOOT,
            10_000,
            false,
            Optional.empty(),
            List.of(planned)));
    agent.pipeline.abort(1, 2);

    assertThat(agent.awaitResult(1)).singleElement().isInstanceOf(Applied.class);
    assertThat(host.migration.aborts()).isZero();
  }

  @Test
  void givesUpAfterItsTimeWithTheGuestUnharmed() {
    guest();
    host.migration.looks = FOR_EVER;

    assertThat(migrateWeb())
        .isInstanceOfSatisfying(
            Failed.class,
            o ->
                assertThat(o.error()).contains("not done within 20 s", "88 of 128 MiB", "5 MiB/s"));
    assertThat(host.migration.aborts()).isPositive();
    assertThat(host.guests.get("web").active).isTrue();
  }

  @Test
  void holdsTheDomainWhileLibvirtDoesNotGiveUp() {
    guest();
    host.migration.looks = FOR_EVER;
    host.migration.heedsAbort = false;

    assertThat(migrateWeb())
        .isInstanceOfSatisfying(
            Failed.class, o -> assertThat(o.error()).contains("did not give up in 60 s"));
    assertThat(host.migration.aborts()).isGreaterThan(10);
  }

  @Test
  void saysWhyLibvirtRefused() {
    guest();
    host.migration.end = FakeMigration.End.REFUSED;

    assertThat(migrateWeb())
        .isInstanceOfSatisfying(
            Failed.class, o -> assertThat(o.error()).contains("the target refused it"));
    assertThat(host.guests.get("web").active).isTrue();
  }

  @Test
  void leavesAPausedGuestToWhoLooksAtBothHosts() {
    guest();
    host.migration.end = FakeMigration.End.LEFT_PAUSED;

    assertThat(migrateWeb())
        .isInstanceOfSatisfying(
            NeedsAttention.class,
            o -> assertThat(o.detail()).contains("PAUSED (migration)", "look at h2"));
    assertThat(host.guests.get("web").paused).isTrue();
  }

  @Test
  void doesNotTrustASourceThatWasStartedAgainAfterTheSwitchOver() {
    guest();
    host.migration.end = FakeMigration.End.STARTED_AGAIN;

    assertThat(migrateWeb())
        .isInstanceOfSatisfying(
            NeedsAttention.class,
            o -> assertThat(o.detail()).contains("RUNNING (migration canceled)", "look at h2"));
  }

  @Test
  void doesNotKnowWhereAGuestIsThatLeftWithoutAnAnswer() {
    guest();
    host.migration.end = FakeMigration.End.GONE_WITHOUT_ANSWER;

    assertThat(migrateWeb())
        .isInstanceOfSatisfying(
            Unknown.class, o -> assertThat(o.detail()).contains("has left this host; look at h2"));
  }

  @Test
  void neverCallsAGuestUnharmedThatLibvirtSaysRunsOnTheTarget() {
    guest();
    host.migration.end = FakeMigration.End.SAID_DONE_YET_HERE;

    assertThat(migrateWeb())
        .isInstanceOfSatisfying(
            NeedsAttention.class, o -> assertThat(o.detail()).contains("yet it is here"));
  }

  @Test
  void aFreezeDoesNotAbortWhatRuns() throws IOException {
    guest();
    host.migration.looks = 40;
    host.libvirt.points =
        place -> {
          if (place.equals("after migrate")) {
            freeze();
          }
        };

    assertThat(migrateWeb()).isInstanceOf(Applied.class);
    assertThat(host.migration.aborts()).isZero();
  }

  private void freeze() {
    try {
      agent.freeze.freeze(Optional.empty(), "test");
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  record Obstacle(String name, Consumer<FakeHost> on, String told) {
    @Override
    public String toString() {
      return name;
    }
  }

  static List<Obstacle> obstacles() {
    return List.of(
        new Obstacle("off", host -> host.guests.get("web").active = false, "SHUT_OFF"),
        new Obstacle("paused", host -> host.guests.get("web").paused = true, "PAUSED"),
        new Obstacle("transient", host -> host.guests.get("web").persistent = false, "transient"),
        new Obstacle("job", host -> host.libvirt.idle = false, "worked on by libvirt"),
        new Obstacle("snapshots", host -> host.migration.snapshots = 2, "2 snapshots"),
        new Obstacle(
            "device",
            host -> host.migration.liveDevices = "<hostdev type='pci'/>",
            "device of this host: <hostdev type='pci'>"),
        new Obstacle(
            "network function",
            host -> host.migration.liveDevices = "<interface type='hostdev'/>",
            "device of this host: <interface type='hostdev'>"));
  }

  @ParameterizedTest
  @MethodSource("obstacles")
  void refusesWhatCannotLeave(Obstacle obstacle) {
    guest();
    obstacle.on().accept(host);

    assertThat(migrateWeb())
        .isInstanceOfSatisfying(
            Refused.class,
            o -> {
              assertThat(o.reason()).isEqualTo(RefusalReason.ILLEGAL);
              assertThat(o.detail()).contains(obstacle.told());
            });
    assertThat(host.migration.request).isNull();
  }

  @Test
  void refusesWithoutAConfigurationOrToItselfOrWithOtherPins() throws IOException {
    guest();
    refused(only(command(1, onWeb(to("h1", TARGET_PINS)))), RefusalReason.ILLEGAL);
    refused(
        only(command(2, onWeb(to("h2", CpuPins.uniform(3, CpuSet.of(1)))))), RefusalReason.ILLEGAL);

    agent.die();
    agent =
        new AgentUnderTest(
            directory.resolve("state"), host, MigrationPolicy.none(new HostName("h1")));
    refused(only(command(3, onWeb(migrate()))), RefusalReason.MISSING_CAPABILITY);
    assertThat(host.migration.request).isNull();
  }

  private static MigrateDomain to(String target, CpuPins pins) {
    return new MigrateDomain(VM, new HostName(target), URI, pins, LIMITS);
  }

  @Test
  void isNotUnchangedWhereTheDomainIsNotHere() {
    guest();
    PlannedAction planned = onWeb(migrate());
    host.guests.clear();

    assertThat(only(command(1, planned))).isInstanceOf(Refused.class);
  }

  @Test
  void aDryRunAsksForNothing() {
    guest();

    assertThat(agent.execute(command(1, true, onWeb(migrate()))))
        .singleElement()
        .isInstanceOf(Outcome.WouldApply.class);
    assertThat(host.migration.request).isNull();
  }

  /** Wherever the agent dies, libvirt is asked once at most, and what is said is what holds. */
  @Test
  void killedAnywhereItIsAskedForOnceAtMost() throws IOException {
    int places = 0;
    for (boolean died = true; died; places++) {
      assertThat(places).isLessThan(50);
      died = diesAt(places + 1);
    }
    assertThat(places).isGreaterThan(7);
  }

  private boolean diesAt(int fatal) throws IOException {
    FakeHost mortal = new FakeHost(directory.resolve("host-" + fatal));
    Path state = directory.resolve("state-" + fatal);
    mortal.addGuest("web", DIGEST, true);
    AtomicInteger passed = new AtomicInteger();
    AtomicInteger asked = new AtomicInteger();
    AtomicBoolean dead = new AtomicBoolean();
    CrashPoints deadly =
        place -> {
          if (dead.get() || passed.incrementAndGet() == fatal) {
            dead.set(true);
            throw new IllegalStateException("the process dies at " + place);
          }
        };
    mortal.libvirt.points =
        place -> {
          deadly.at(place);
          asked.addAndGet(place.equals("after migrate") ? 1 : 0);
        };
    Command command = command(1, planned(migrate(), CrashTest.now(mortal)));
    AgentUnderTest first = new AgentUnderTest(state, mortal, deadly);
    first.pipeline.submit(command);
    await()
        .pollInterval(Duration.ofMillis(5))
        .until(() -> dead.get() || first.reported(1).isPresent());
    first.die();
    mortal.migration.forget();
    mortal.libvirt.points = place -> asked.addAndGet(place.equals("after migrate") ? 1 : 0);
    AgentUnderTest second = new AgentUnderTest(state, mortal, CrashPoints.NONE);
    second.pipeline.submit(command);
    Outcome outcome = second.awaitResult(1).getFirst();
    second.die();
    assertThat(asked.get()).as("asked, dead at place %s: %s", fatal, outcome).isLessThan(2);
    assertThat(outcome)
        .as("dead at place %s", fatal)
        .isInstanceOf(mortal.guests.isEmpty() ? arrived(outcome) : Failed.class);
    return dead.get();
  }

  private static Class<? extends Outcome> arrived(Outcome outcome) {
    return outcome instanceof Applied ? Applied.class : Unknown.class;
  }

  // --- the agent dies in the middle; libvirt goes on

  /** The next life's outcome; before it, libvirt ends what was begun, in that way. */
  private Outcome recovered(int looks, FakeMigration.End end) throws IOException {
    return recovered(looks, end, migrate(), () -> {});
  }

  private Outcome recovered(
      int looks, FakeMigration.End end, MigrateDomain action, Runnable meanwhile)
      throws IOException {
    guest();
    host.libvirt.points =
        place -> {
          if (place.equals("after migrate")) {
            throw new IllegalStateException("the process dies here");
          }
        };
    agent.pipeline.submit(command(1, planned(action, CrashTest.now(host))));
    await().until(() -> host.migration.request != null);
    agent.die();
    host.libvirt.points = place -> {};
    host.migration.forget();
    host.migration.orphanEnd = end;
    host.migration.orphanLooks = looks;
    int writes = host.libvirt.writes;
    agent = new AgentUnderTest(directory.resolve("state"), host, CrashPoints.NONE);
    meanwhile.run();
    List<Outcome> outcomes = agent.awaitResult(1);
    assertThat(host.libvirt.writes).as("nothing is run again or touched").isEqualTo(writes);
    assertThat(host.migration.request).as("nor begun").isNull();
    assertThat(host.migration.downtimeMillis).as("nor set again").isZero();
    assertThat(outcomes).hasSize(1);
    return outcomes.getFirst();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 6})
  void aGuestThatLeftMeanwhileIsLookedForOnTheTarget(int looks) throws IOException {
    assertThat(recovered(looks, FakeMigration.End.ARRIVES))
        .isInstanceOfSatisfying(
            Unknown.class,
            o -> assertThat(o.detail()).contains("restarted", "left this host; look at h2"));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 6})
  void aGuestThatRunsHereWithoutAJobWasNotMigrated(int looks) throws IOException {
    assertThat(recovered(looks, FakeMigration.End.REFUSED)).isInstanceOf(Failed.class);
    assertThat(host.guests.get("web").active).isTrue();
  }

  @Test
  void aSourceThatWasStartedAgainMeanwhileIsNotTrusted() throws IOException {
    assertThat(recovered(6, FakeMigration.End.STARTED_AGAIN))
        .isInstanceOfSatisfying(
            NeedsAttention.class,
            o -> assertThat(o.detail()).contains("RUNNING (migration canceled)"));
  }

  @Test
  void aGuestThatIsPausedHereIsLeftAlone() throws IOException {
    assertThat(recovered(6, FakeMigration.End.LEFT_PAUSED))
        .isInstanceOfSatisfying(
            NeedsAttention.class, o -> assertThat(o.detail()).contains("PAUSED (migration)"));
    assertThat(host.guests.get("web").paused).isTrue();
  }

  @Test
  void aGuestThatIsOffHereIsLookedForOnTheTarget() throws IOException {
    assertThat(recovered(6, FakeMigration.End.LEFT_OFF))
        .isInstanceOfSatisfying(
            Unknown.class, o -> assertThat(o.detail()).contains("before it is started"));
    assertThat(host.guests.get("web").active).isFalse();
  }

  @Test
  void aMigrationThatDoesNotEndIsGivenToPeople() throws IOException {
    assertThat(recovered(FOR_EVER, FakeMigration.End.ARRIVES))
        .isInstanceOfSatisfying(
            NeedsAttention.class,
            o -> assertThat(o.detail()).contains("still works on it after 20 s"));
    assertThat(host.migration.aborts()).isZero();
  }

  @Test
  void whatAnEarlierProcessBeganCanBeAborted() throws IOException {
    Outcome outcome =
        recovered(FOR_EVER, FakeMigration.End.REFUSED, longer(), () -> agent.pipeline.abort(1, 1));

    assertThat(outcome).isInstanceOf(Failed.class);
    assertThat(host.migration.aborts()).isPositive();
    assertThat(host.guests.get("web").active).isTrue();
  }
}
