package dev.ballast.agent.command;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ballast.agent.command.AgentUnderTest.World;
import dev.ballast.agent.executor.ExecutionFault;
import dev.ballast.agent.executor.Executors;
import dev.ballast.agent.executor.Steering;
import dev.ballast.agent.host.libvirt.LibvirtFault;
import dev.ballast.core.action.Command;
import dev.ballast.core.action.Final.MigrateDomain;
import dev.ballast.core.action.Final.RevertSnapshot;
import dev.ballast.core.action.Final.SetGuestTime;
import dev.ballast.core.action.Outcome;
import dev.ballast.core.action.PlannedAction;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The process that is killed. Each line that it reads is one life of an agent: {@code DIRECTORY
 * SCENARIO FATAL}. At the fatal place the life says {@code at} and goes no further; a life that
 * comes to its end says {@code end} with what it found.
 */
final class FaultLife {
  /** A command that has not ended after so long is lost. */
  private static final long LIMIT_NANOS = 60_000_000_000L;

  private final String name;
  private final Path directory;
  private final FaultScenario scenario;
  private final int fatal;
  private final AtomicInteger passed = new AtomicInteger();
  private final CountDownLatch never = new CountDownLatch(1);
  private volatile boolean parked;
  private volatile boolean judged;

  private FaultLife(String line) {
    String[] parts = line.split(" ");
    name = parts[0];
    directory = Path.of(parts[0]);
    scenario = FaultScenario.all().get(Integer.parseInt(parts[1]));
    fatal = Integer.parseInt(parts[2]);
  }

  public static void main(String[] arguments) throws IOException, InterruptedException {
    if (arguments.length > 0) {
      System.out.println(FaultScenario.all().size());
      return;
    }
    List<Thread> lives = new ArrayList<>();
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      FaultLife life = new FaultLife(line);
      lives.add(Thread.ofPlatform().start(life::run));
    }
    for (Thread life : lives) {
      life.join();
    }
    System.exit(0);
  }

  /** One line with an end of its own: the process may be killed while it writes. */
  private static synchronized void say(String what, String name, String rest) {
    System.out.println(what + " " + name + " " + rest.replace('\n', ' ') + FaultRun.WHOLE);
    System.out.flush();
  }

  private void run() {
    try {
      live();
    } catch (IOException | RuntimeException | LibvirtFault | ExecutionFault e) {
      say("end", name, "lost " + e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void place(String place) {
    if (judged) {
      return;
    }
    if (parked || passed.incrementAndGet() == fatal) {
      if (!parked) {
        parked = true;
        say("at", name, place);
      }
      try {
        never.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void live() throws IOException, InterruptedException, LibvirtFault, ExecutionFault {
    LedgerHost first = fresh("before");
    String before = first.picture();
    Command command = command(scenario.actions().apply(first));
    Path home = directory.resolve("host");
    if (!Files.exists(home)) {
      fresh("host.new");
      Files.move(directory.resolve("host.new"), home, StandardCopyOption.ATOMIC_MOVE);
    }
    LedgerHost host = new LedgerHost(home, scenario.before());
    host.places = this::place;
    AtomicLong now = new AtomicLong();
    World world = World.of(host::pass).with((id, term, nonce, within) -> answer(now));
    AgentUnderTest agent = new AgentUnderTest(directory.resolve("state"), host, world, now);
    agent.pipeline.submit(command);
    Optional<List<Outcome>> outcomes = await(agent);
    if (outcomes.isEmpty()) {
      return;
    }
    judged = true;
    int writes = host.writesSeen();
    Optional<List<Outcome>> again = repeat(agent, command);
    String verdict = verdict(host, before, command, outcomes.get());
    if (!again.equals(outcomes) || host.writesSeen() != writes) {
      verdict = "doubled asked again it answered " + again;
    }
    agent.die();
    say("end", name, verdict + " | places " + passed + " | " + outcomes.get());
  }

  /** A host as it is before the command; what a killed process left half made is made anew. */
  private LedgerHost fresh(String name) throws IOException {
    Path home = directory.resolve(name);
    if (Files.exists(home)) {
      FaultRun.delete(home);
    }
    return new LedgerHost(home, scenario.before());
  }

  private Command command(List<PlannedAction> actions) {
    Command plain = AgentUnderTest.command(1, actions.toArray(PlannedAction[]::new));
    return scenario.commit() == FaultScenario.Commit.PLAIN
        ? plain
        : new Command(
            plain.id(),
            plain.term(),
            plain.stampMillis(),
            plain.stampBootId(),
            plain.deadlineMillis(),
            false,
            Optional.of(5_000L),
            actions);
  }

  /** The coordinator's; where there is none, time passes. */
  private Optional<String> answer(AtomicLong now) {
    if (scenario.commit() == FaultScenario.Commit.CONFIRMED) {
      return Optional.empty();
    }
    now.addAndGet(2_000);
    return Optional.of("no route");
  }

  private Optional<List<Outcome>> await(AgentUnderTest agent) throws InterruptedException {
    long start = System.nanoTime();
    while (!parked && System.nanoTime() - start < LIMIT_NANOS) {
      Optional<List<Outcome>> outcomes = agent.reported(1);
      if (outcomes.isPresent()) {
        return outcomes;
      }
      // Either the outcome or the fatal place comes first; bounded by the limit above.
      Thread.sleep(1);
    }
    if (!parked) {
      throw new IllegalStateException("no outcome");
    }
    return Optional.empty();
  }

  private Optional<List<Outcome>> repeat(AgentUnderTest agent, Command command)
      throws InterruptedException {
    agent.forget();
    agent.pipeline.submit(command);
    return await(agent);
  }

  private String verdict(LedgerHost host, String before, Command command, List<Outcome> outcomes)
      throws IOException, LibvirtFault, ExecutionFault {
    Optional<String> doubled = doubled(host.lines());
    if (doubled.isPresent()) {
      return "doubled " + doubled.get();
    }
    boolean asBefore = host.picture().equals(before);
    boolean atTarget = atTarget(host, command);
    if (outcomes.stream().anyMatch(Outcome.NeedsAttention.class::isInstance)) {
      return "attention";
    }
    if (outcomes.stream().anyMatch(Outcome.Unknown.class::isInstance)) {
      return asBefore || atTarget ? "unknown" : "lost neither before nor target:" + host.picture();
    }
    if (outcomes.stream().allMatch(Outcome::reachedTarget)) {
      return atTarget ? "applied" : "lost said to be applied:" + host.picture();
    }
    boolean claimsMore = outcomes.stream().anyMatch(Outcome.Applied.class::isInstance);
    return asBefore && !claimsMore
        ? "not-applied"
        : "lost said not to be applied: " + host.picture();
  }

  /**
   * Each action is begun once, and nothing that an action wrote is written again in a later life.
   */
  private static Optional<String> doubled(List<JsonNode> lines) {
    Map<String, Integer> lifeOf = new HashMap<>();
    Map<String, Integer> begun = new HashMap<>();
    for (JsonNode line : lines) {
      if (line.has("begin") && begun.merge(line.path("begin").asText(), 1, Integer::sum) > 1) {
        return Optional.of("begun twice: " + line);
      }
      if (!line.path("phase").asText().startsWith("apply") || line.has("begin")) {
        continue;
      }
      int life = line.path("life").asInt();
      Integer earlier =
          lifeOf.putIfAbsent(
              line.path("phase").asText()
                  + line.path("method")
                  + line.path("arguments")
                  + line.path("kernel")
                  + line.path("ovs")
                  + line.path("storage"),
              life);
      if (earlier != null && earlier != life) {
        return Optional.of("written twice: " + line);
      }
    }
    return Optional.empty();
  }

  private static boolean atTarget(LedgerHost host, Command command)
      throws IOException, LibvirtFault, ExecutionFault {
    Executors executors = new Executors(AgentUnderTest.clockwork(), AgentUnderTest.POLICY);
    for (PlannedAction planned : command.actions()) {
      var executor = executors.of(planned.action(), new Steering(1, progress -> {}));
      boolean reached =
          switch (planned.action()) {
            case MigrateDomain migrate -> !host.guests.containsKey(migrate.vm().value());
            // Nothing but its own write tells.
            case SetGuestTime ignored -> host.hasWritten("setGuestTime");
            case RevertSnapshot ignored -> host.hasWritten("revertSnapshot");
            default -> executor.atTarget(executor.observe(host.reader()));
          };
      if (!reached) {
        return false;
      }
    }
    return true;
  }
}
