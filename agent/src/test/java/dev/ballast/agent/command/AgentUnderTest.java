package dev.ballast.agent.command;

import static org.awaitility.Awaitility.await;

import dev.ballast.agent.executor.Executors;
import dev.ballast.agent.executor.MigrationPolicy;
import dev.ballast.agent.executor.Waiting;
import dev.ballast.agent.host.clock.BootClock;
import dev.ballast.agent.journal.Journal;
import dev.ballast.agent.outbox.CommandResult;
import dev.ballast.agent.outbox.Outbox;
import dev.ballast.agent.stream.WireFormat;
import dev.ballast.core.action.Action;
import dev.ballast.core.action.Command;
import dev.ballast.core.action.Expectation;
import dev.ballast.core.action.Outcome;
import dev.ballast.core.action.PlannedAction;
import dev.ballast.core.model.HostName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** One life of an agent's command pipeline, on a real journal and a fake host. */
final class AgentUnderTest {
  static final String BOOT = "boot-1";
  static final MigrationPolicy POLICY = new MigrationPolicy(new HostName("h1"), true, true, false);
  static final long NOW_MILLIS = 1_000_000;

  final Outbox outbox = new Outbox();
  final CommandPipeline pipeline;
  final CommandLog log;
  final FreezeList freeze;
  final AtomicLong nowMillis;

  /** What the agent restored at its start. */
  final int restored;

  private final String bootId;

  private final Journal journal;
  private final Map<Long, CommandResult> results = new ConcurrentHashMap<>();

  /**
   * What an agent finds around it.
   *
   * @param confirmer the coordinator, when it is asked for a confirmation
   * @param bootId the boot of the host
   * @param nowMillis the stamp at the agent's start
   */
  record World(
      CrashPoints crashes,
      boolean observeOnly,
      Waiting waiting,
      MigrationPolicy policy,
      Confirmer confirmer,
      String bootId,
      long nowMillis) {
    static World of(CrashPoints crashes) {
      return new World(
          crashes,
          false,
          clockwork(),
          POLICY,
          (id, term, nonce, within) -> Optional.empty(),
          BOOT,
          NOW_MILLIS);
    }

    World with(Confirmer other) {
      return new World(crashes, observeOnly, waiting, policy, other, bootId, nowMillis);
    }

    World at(String otherBoot, long otherMillis) {
      return new World(crashes, observeOnly, waiting, policy, confirmer, otherBoot, otherMillis);
    }
  }

  AgentUnderTest(Path state, FakeHost host, CrashPoints crashes) throws IOException {
    this(state, host, World.of(crashes));
  }

  AgentUnderTest(Path state, FakeHost host, MigrationPolicy policy) throws IOException {
    this(
        state,
        host,
        new World(
            CrashPoints.NONE,
            false,
            clockwork(),
            policy,
            (id, term, nonce, within) -> Optional.empty(),
            BOOT,
            NOW_MILLIS));
  }

  AgentUnderTest(
      Path state, FakeHost host, CrashPoints crashes, boolean observeOnly, Waiting waiting)
      throws IOException {
    this(
        state,
        host,
        new World(
            crashes,
            observeOnly,
            waiting,
            POLICY,
            (id, term, nonce, within) -> Optional.empty(),
            BOOT,
            NOW_MILLIS));
  }

  AgentUnderTest(Path state, FakeHost host, World world) throws IOException {
    this(state, host, world, new AtomicLong());
  }

  /**
   * @param nowMillis becomes the host's clock
   */
  AgentUnderTest(Path state, FakeHost host, World world, AtomicLong nowMillis) throws IOException {
    this.nowMillis = nowMillis;
    Files.createDirectories(state);
    bootId = world.bootId();
    nowMillis.set(world.nowMillis());
    WireFormat format = new WireFormat();
    Journal.Opened opened = Journal.open(state);
    journal = opened.journal();
    log = new CommandLog(opened, format);
    freeze = new FreezeList(state);
    Executors executors = new Executors(world.waiting(), world.policy());
    VolatileState kept = new VolatileState(state, format, bootId);
    restored =
        new Restoration(kept, executors, host.reader(), host.writer(), freeze, world.observeOnly())
            .run();
    pipeline =
        new CommandPipeline(
            new CommandPipeline.Parts(
                log,
                format,
                executors,
                host.reader(),
                host.writer(),
                freeze,
                clock(),
                world.waiting(),
                outbox,
                world.observeOnly(),
                kept,
                world.confirmer(),
                world.crashes()));
    pipeline.start();
  }

  private BootClock clock() {
    return new BootClock() {
      @Override
      public long stampMillis() {
        return nowMillis.get();
      }

      @Override
      public String bootId() {
        return bootId;
      }
    };
  }

  /** Time that passes only by waiting. */
  static Waiting clockwork() {
    AtomicLong nanos = new AtomicLong();
    return new Waiting() {
      @Override
      public long nanos() {
        return nanos.get();
      }

      @Override
      public void pause(Duration duration) throws InterruptedException {
        nanos.addAndGet(duration.toNanos());
        if (Thread.interrupted()) {
          throw new InterruptedException();
        }
      }
    };
  }

  static Command command(long id, PlannedAction... actions) {
    return command(id, false, actions);
  }

  static Command command(long id, boolean dryRun, PlannedAction... actions) {
    return new Command(
        id, 1, NOW_MILLIS, BOOT, 10_000, dryRun, Optional.empty(), Arrays.asList(actions));
  }

  static PlannedAction planned(Action action, Expectation expectation) {
    return new PlannedAction(action, expectation);
  }

  List<Outcome> execute(Command command) {
    results.remove(command.id());
    pipeline.submit(command);
    return awaitResult(command.id());
  }

  /** As after a lost connection: nothing of what was reported arrived. */
  void forget() {
    var _ = reported(0);
    results.clear();
  }

  /** What has been reported of the command, when it has. */
  Optional<List<Outcome>> reported(long id) {
    for (Optional<Outbox.Item> item = outbox.poll(); item.isPresent(); item = outbox.poll()) {
      if (item.get() instanceof Outbox.Item.Result(CommandResult result)) {
        results.put(result.commandId(), result);
      }
    }
    return Optional.ofNullable(results.get(id)).map(CommandResult::outcomes);
  }

  List<Outcome> awaitResult(long id) {
    await()
        .dontCatchUncaughtExceptions()
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(2))
        .atMost(Duration.ofSeconds(30))
        .until(() -> reported(id).isPresent());
    return new ArrayList<>(reported(id).orElseThrow());
  }

  /** The process is gone: nothing of it writes any more. */
  void die() throws IOException {
    journal.close();
    pipeline.stop(Duration.ZERO);
  }
}
