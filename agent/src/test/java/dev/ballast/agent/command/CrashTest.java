package dev.ballast.agent.command;

import static dev.ballast.agent.command.AgentUnderTest.command;
import static dev.ballast.agent.command.AgentUnderTest.planned;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ballast.agent.host.libvirt.LibvirtFault;
import dev.ballast.core.action.Action;
import dev.ballast.core.action.Command;
import dev.ballast.core.action.Expectation;
import dev.ballast.core.action.Expectation.AfterEarlierSteps;
import dev.ballast.core.action.Expectation.DomainRecord;
import dev.ballast.core.action.Expectation.KsmRecord;
import dev.ballast.core.action.Final.DestroyDomain;
import dev.ballast.core.action.Final.ShutdownDomain;
import dev.ballast.core.action.Final.StartDomain;
import dev.ballast.core.action.Outcome;
import dev.ballast.core.action.PlannedAction;
import dev.ballast.core.action.Reversible.DefineDomain;
import dev.ballast.core.action.Reversible.PinCpus;
import dev.ballast.core.action.Reversible.SetKsm;
import dev.ballast.core.action.Reversible.SetLimits;
import dev.ballast.core.action.Reversible.UndefineDomain;
import dev.ballast.core.model.CpuPins;
import dev.ballast.core.model.DomainState;
import dev.ballast.core.model.KsmSettings;
import dev.ballast.core.model.ObservedDomain;
import dev.ballast.core.model.VmName;
import dev.ballast.core.topology.CpuSet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * The agent dies at every place that a command passes, one after the other, and once more at every
 * place of its recovery. Afterwards the command was applied once, or not at all, and that is what
 * is reported.
 */
class CrashTest {
  private static final VmName VM = new VmName("web");
  private static final CpuPins PINS =
      new CpuPins(List.of(CpuSet.of(2), CpuSet.of(3)), CpuSet.of(4));
  private static final KsmSettings KSM = new KsmSettings(1, 500, 50);
  private static final String DIGEST = "d".repeat(64);
  private static final String OLD_DIGEST = "c".repeat(64);

  /** No command passes so many places. */
  private static final int PLACE_LIMIT = 500;

  @TempDir private Path directory;
  private int lives;

  /** The death of the process. */
  private static final class Death extends Error {
    private static final long serialVersionUID = 1;

    Death(String place) {
      super(place, null, false, false);
    }
  }

  private static Thread.UncaughtExceptionHandler formerHandler;

  @BeforeAll
  static void deathsAreQuiet() {
    formerHandler = Thread.getDefaultUncaughtExceptionHandler();
    Thread.setDefaultUncaughtExceptionHandler(
        (thread, failure) -> {
          if (!(failure instanceof Death)) {
            failure.printStackTrace();
          }
        });
  }

  @AfterAll
  static void restoreHandler() {
    Thread.setDefaultUncaughtExceptionHandler(formerHandler);
  }

  /** Kills at the place of that number. */
  private static final class Killer {
    private final AtomicInteger passed = new AtomicInteger();
    private final int fatal;
    private volatile boolean dead;
    private volatile boolean gone;

    Killer(int fatal) {
      this.fatal = fatal;
    }

    void at(String place) {
      if (!gone && (dead || passed.incrementAndGet() == fatal)) {
        dead = true;
        throw new Death(place);
      }
    }
  }

  /** A host before the command, and the command as planned against it. */
  private record Scenario(
      String name, Consumer<FakeHost> before, Function<FakeHost, List<PlannedAction>> actions) {}

  private static List<Scenario> scenarios() {
    return List.of(
        new Scenario(
            "pin",
            host -> host.addGuest("web", OLD_DIGEST, true),
            host -> List.of(planned(new PinCpus(VM, PINS), now(host)))),
        new Scenario(
            "ksm",
            host -> {},
            host -> List.of(planned(new SetKsm(KSM), new KsmRecord(host.ksm())))),
        new Scenario("define", host -> {}, host -> List.of(define(new Expectation.NoDomain()))),
        new Scenario(
            "redefine",
            host -> host.addGuest("web", OLD_DIGEST, true).autostart = true,
            host -> List.of(define(now(host)))),
        new Scenario(
            "undefine",
            host -> host.addGuest("web", OLD_DIGEST, false).autostart = true,
            host -> List.of(planned(new UndefineDomain(VM), now(host)))),
        new Scenario(
            "limits",
            host -> LimitsTest.former(host.addGuest("web", OLD_DIGEST, true)),
            host -> List.of(planned(new SetLimits(VM, LimitsTest.FEW), now(host)))),
        new Scenario(
            "limits, then a failure",
            host -> {
              LimitsTest.former(host.addGuest("web", OLD_DIGEST, true));
              host.addGuest("old", OLD_DIGEST, false);
              host.libvirt.refuses = "pin 0";
            },
            host -> List.of(planned(new SetLimits(VM, LimitsTest.FEW), now(host)), pinOld())),
        new Scenario(
            "define, pin, ksm",
            host -> {},
            host -> List.of(define(new Expectation.NoDomain()), pinLater(), ksm(host))),
        new Scenario(
            "ksm, pin, undefine of another",
            host -> {
              host.addGuest("web", OLD_DIGEST, true);
              host.addGuest("old", OLD_DIGEST, false);
            },
            host -> List.of(ksm(host), planned(new PinCpus(VM, PINS), now(host)), undefineOld())),
        new Scenario(
            "ksm, define, then a failure",
            host -> {
              host.addGuest("old", OLD_DIGEST, false);
              host.libvirt.refuses = "pin 0";
            },
            host -> List.of(ksm(host), define(new Expectation.NoDomain()), pinOld())));
  }

  private static PlannedAction ksm(FakeHost host) {
    return planned(new SetKsm(KSM), new KsmRecord(host.ksm()));
  }

  private static PlannedAction define(Expectation expectation) {
    return planned(new DefineDomain(VM, FakeGuest.xml("web", DIGEST), DIGEST), expectation);
  }

  private static PlannedAction pinLater() {
    return planned(new PinCpus(VM, PINS), new AfterEarlierSteps(DomainState.SHUT_OFF, DIGEST));
  }

  private static PlannedAction undefineOld() {
    return planned(
        new UndefineDomain(new VmName("old")),
        new AfterEarlierSteps(DomainState.SHUT_OFF, OLD_DIGEST));
  }

  private static PlannedAction pinOld() {
    return planned(
        new PinCpus(new VmName("old"), PINS),
        new AfterEarlierSteps(DomainState.SHUT_OFF, OLD_DIGEST));
  }

  static DomainRecord now(FakeHost host) {
    try {
      ObservedDomain domain =
          host.reader().domains().domains().stream()
              .filter(d -> d.name().equals(VM))
              .findAny()
              .orElseThrow();
      return DomainRecord.of(domain);
    } catch (LibvirtFault e) {
      throw new IllegalStateException(e);
    }
  }

  @TestFactory
  Stream<DynamicTest> killedAnywhereItIsAppliedOnceOrNotAtAll() {
    return scenarios().stream()
        .map(
            scenario ->
                DynamicTest.dynamicTest(
                    scenario.name(),
                    () -> {
                      int places = 1;
                      while (!survives(scenario, places)) {
                        assertThat(++places).isLessThan(PLACE_LIMIT);
                      }
                      assertThat(places).as("places where it died").isGreaterThan(5);
                    }));
  }

  /** Whether the command ended before the agent came to the fatal place. */
  private boolean survives(Scenario scenario, int fatal) throws IOException {
    Life life = new Life(scenario);
    Killer killer = new Killer(fatal);
    life.begin(killer);
    if (!killer.dead) {
      life.requireOneTruth("not killed");
      return true;
    }
    life.agent.die();
    life.begin(new Killer(Integer.MAX_VALUE));
    life.requireOneTruth("killed at place " + fatal);
    diesAgainWhileRecovering(scenario, fatal);
    return false;
  }

  private void diesAgainWhileRecovering(Scenario scenario, int fatal) throws IOException {
    for (int second = 1; second < PLACE_LIMIT; second++) {
      Life life = new Life(scenario);
      Killer first = new Killer(fatal);
      life.begin(first);
      life.agent.die();
      Killer again = new Killer(second);
      life.begin(again);
      if (!again.dead) {
        life.requireOneTruth("recovered");
        return;
      }
      life.agent.die();
      life.begin(new Killer(Integer.MAX_VALUE));
      life.requireOneTruth("killed at place " + fatal + ", then at place " + second);
    }
    throw new AssertionError("recovery has no end");
  }

  /**
   * A host, its agent's disk, and the command that the coordinator repeats until it is answered.
   */
  private final class Life {
    private final FakeHost host;
    private final Path state = directory.resolve("state-" + lives);
    private final Command command;
    private final String before;
    private AgentUnderTest agent;
    private Killer last = new Killer(0);

    Life(Scenario scenario) throws IOException {
      host = new FakeHost(directory.resolve("host-" + lives++));
      scenario.before().accept(host);
      before = host.picture();
      command = command(1, scenario.actions().apply(host).toArray(PlannedAction[]::new));
    }

    void begin(Killer killer) throws IOException {
      host.libvirt.points = killer::at;
      last = killer;
      agent = new AgentUnderTest(state, host, killer::at);
      agent.pipeline.submit(command);
      AgentUnderTest running = agent;
      await()
          .dontCatchUncaughtExceptions()
          .pollDelay(Duration.ZERO)
          .pollInterval(Duration.ofMillis(1))
          .until(() -> killer.dead || running.reported(1).isPresent());
    }

    void requireOneTruth(String story) throws IOException {
      last.gone = true;
      List<Outcome> outcomes = agent.reported(1).orElseThrow();
      String after = host.picture();
      boolean applied = outcomes.stream().allMatch(Outcome::reachedTarget);
      if (applied) {
        assertThat(after).as("%s: %s", story, outcomes).isNotEqualTo(before);
        assertThat(targetHolds()).as("%s: %s", story, after).isTrue();
      } else {
        assertThat(after).as("%s: %s", story, outcomes).isEqualTo(before);
        assertThat(outcomes)
            .as(story)
            .noneMatch(o -> o instanceof Outcome.Applied || o instanceof Outcome.NeedsAttention);
      }
      int writes = host.libvirt.writes;
      assertThat(agent.execute(command)).as("%s, asked again", story).isEqualTo(outcomes);
      assertThat(host.libvirt.writes).as("%s, asked again", story).isEqualTo(writes);
      agent.die();
      deleteFiles();
    }

    /** The reserve of a thousand journals would fill the disk. */
    private void deleteFiles() throws IOException {
      try (Stream<Path> files = Files.list(state)) {
        for (Path file : files.toList()) {
          Files.delete(file);
        }
      }
    }

    /** A new command of the same actions finds nothing left to do. */
    private boolean targetHolds() {
      Command again = command(2, command.actions().toArray(PlannedAction[]::new));
      return agent.execute(again).stream().allMatch(Outcome.Unchanged.class::isInstance);
    }
  }

  @Test
  void aStartThatLibvirtCarriedOutIsFoundApplied() throws IOException {
    List<Outcome> outcomes = killedDuring("after create", host -> {}, new StartDomain(VM), false);

    assertThat(outcomes).singleElement().isInstanceOf(Outcome.Applied.class);
  }

  @Test
  void aStartThatNeverReachedLibvirtIsFoundNotApplied() throws IOException {
    List<Outcome> outcomes = killedDuring("before create", host -> {}, new StartDomain(VM), false);

    assertThat(outcomes).singleElement().isInstanceOf(Outcome.Failed.class);
  }

  @Test
  void aShutdownIsUnknownAfterwardsWhateverTheGuestDid() throws IOException {
    ShutdownDomain shutdown = new ShutdownDomain(VM, 5_000);

    assertThat(killedDuring("before shutdown", host -> {}, shutdown, true))
        .singleElement()
        .isInstanceOf(Outcome.Unknown.class);
    assertThat(killedDuring("after shutdown", host -> {}, shutdown, true))
        .singleElement()
        .isInstanceOf(Outcome.Unknown.class);
  }

  @Test
  void aDestroyIsFoundByTheStateOfTheDomain() throws IOException {
    assertThat(killedDuring("after destroy", host -> {}, new DestroyDomain(VM), true))
        .singleElement()
        .isInstanceOf(Outcome.Applied.class);
    assertThat(killedDuring("before destroy", host -> {}, new DestroyDomain(VM), true))
        .singleElement()
        .isInstanceOf(Outcome.Failed.class);
  }

  @Test
  void whatNeitherSidePlannedIsLeftToPeople() throws IOException {
    List<Outcome> outcomes =
        killedDuring(
            "after pin 0",
            host -> host.guests.get("web").configPins.put(1, CpuSet.of(7)),
            new PinCpus(VM, PINS),
            true);

    assertThat(outcomes)
        .singleElement()
        .isInstanceOfSatisfying(
            Outcome.NeedsAttention.class, o -> assertThat(o.detail()).contains("now:", "before:"));
  }

  /** The agent dies at that write; then that happens to the host; what does the next life say? */
  private List<Outcome> killedDuring(
      String place, Consumer<FakeHost> meanwhile, Action action, boolean active)
      throws IOException {
    FakeHost host = new FakeHost(directory.resolve("host-" + lives));
    Path state = directory.resolve("state-" + lives++);
    host.addGuest("web", OLD_DIGEST, active);
    Command command = command(1, planned(action, now(host)));
    Killer killer = new Killer(Integer.MAX_VALUE);
    host.libvirt.points =
        at -> {
          if (at.equals(place)) {
            killer.dead = true;
            throw new Death(at);
          }
        };
    AgentUnderTest first = new AgentUnderTest(state, host, CrashPoints.NONE);
    first.pipeline.submit(command);
    await().dontCatchUncaughtExceptions().until(() -> killer.dead);
    first.die();
    host.libvirt.points = at -> {};
    meanwhile.accept(host);
    int writes = host.libvirt.writes;
    AgentUnderTest second = new AgentUnderTest(state, host, CrashPoints.NONE);
    List<Outcome> outcomes = second.awaitResult(1);
    assertThat(host.libvirt.writes).as("nothing is run again").isEqualTo(writes);
    second.die();
    return outcomes;
  }
}
