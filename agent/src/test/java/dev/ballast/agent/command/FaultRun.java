package dev.ballast.agent.command;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Kills agents and looks what became of host and command. A process holds some lives at once; when
 * each of them stands at its fatal place, or has ended, the process gets SIGKILL; the next process
 * takes the dead ones up where they lie. A round is one command with its host, its journal and all
 * its deaths.
 *
 * <p>Arguments: a directory, the number of rounds, then the java command of a process. First every
 * place of every scenario is fatal once; then so many rounds more, each killed a second time while
 * it recovers, or at any moment. The last line counts.
 */
final class FaultRun {
  /** So many lives in a process. */
  private static final int LANES = 16;

  /** A process that says nothing for so long is given up. */
  private static final long SILENCE_MILLIS = 90_000;

  /** How each line of a process ends; one without it was cut off by its death. */
  static final String WHOLE = " .";

  /** Within so long of their beginning rounds are killed at any moment. */
  private static final int ANY_MOMENT_MILLIS = 60;

  private final Path directory;
  private final List<String> java;
  private final List<FaultScenario> scenarios = FaultScenario.all();
  private final Random random = new Random(1);
  private final Map<String, TreeMap<String, Integer>> table = new TreeMap<>();
  private final Map<Integer, Integer> placesOf = new HashMap<>();
  private final PrintStream out = System.out;
  private final boolean control;

  /** Started before they are needed. */
  private Child spare;

  private Child next;
  private int lastRound;
  private int rounds;
  private int kills;
  private int lost;
  private int doubled;
  private int attention;

  /** A command, its host, and the places where it is still to die. */
  private final class Round {
    private final int scenario;
    private final Deque<Integer> deaths;
    private final Path home;
    private int died;

    Round(int scenario, Integer... fatal) {
      this.scenario = scenario;
      deaths = new ArrayDeque<>(List.of(fatal));
      home = directory.resolve("round-" + lastRound++);
    }

    String line() {
      return home + " " + scenario + " " + (deaths.isEmpty() ? 0 : deaths.peek());
    }

    void die() throws IOException {
      deaths.poll();
      died++;
      if (control) {
        Files.deleteIfExists(home.resolve("state/journal"));
      }
    }
  }

  private FaultRun(Path directory, List<String> java, boolean control) throws IOException {
    this.directory = directory;
    this.java = java;
    this.control = control;
    spare = new Child();
    next = new Child();
  }

  public static void main(String[] arguments) throws IOException, InterruptedException {
    Path directory = Path.of(arguments[0]);
    int wanted = Integer.parseInt(arguments[1]);
    List<String> java = List.of(arguments).subList(2, arguments.length);
    FaultRun control = new FaultRun(directory, java, true);
    control.everyPlace(List.of(9));
    control.end();
    if (control.doubled + control.lost == 0) {
      System.out.println(
          "control: without their journals no round went wrong: this proves nothing");
      System.exit(1);
    }
    System.out.println(
        "control: with the journal deleted at each death, "
            + control.doubled
            + " of "
            + control.rounds
            + " starts ran twice, "
            + control.lost
            + " were lost");
    FaultRun run = new FaultRun(directory, java, false);
    run.everyPlace(Stream.iterate(0, i -> i + 1).limit(run.scenarios.size()).toList());
    run.more(wanted);
    run.end();
    run.report();
    System.exit(run.lost + run.doubled == 0 ? 0 : 1);
  }

  private void everyPlace(List<Integer> which) throws IOException, InterruptedException {
    List<Round> unharmed = new ArrayList<>();
    which.forEach(scenario -> unharmed.add(new Round(scenario)));
    play(unharmed, 0);
    List<Round> fatal = new ArrayList<>();
    for (int scenario : which) {
      for (int place = 1; place <= placesOf.getOrDefault(scenario, 0); place++) {
        fatal.add(new Round(scenario, place));
      }
    }
    play(fatal, 0);
  }

  /** At random, with the same seed always: a second death in recovery, or death at any moment. */
  private void more(int wanted) throws IOException, InterruptedException {
    while (rounds < wanted) {
      List<Round> next = new ArrayList<>();
      boolean anyMoment = random.nextInt(4) == 0;
      for (int i = 0; i < 4 * LANES && rounds + i < wanted; i++) {
        int scenario = random.nextInt(scenarios.size());
        int places = placesOf.getOrDefault(scenario, 1);
        next.add(
            anyMoment
                ? new Round(scenario)
                : new Round(scenario, 1 + random.nextInt(places), 1 + random.nextInt(8)));
      }
      play(next, anyMoment ? ANY_MOMENT_MILLIS : 0);
    }
  }

  private void play(List<Round> all, int anyMomentMillis) throws IOException, InterruptedException {
    Deque<Round> waiting = new ArrayDeque<>(all);
    Child child = spare;
    while (!waiting.isEmpty()) {
      Map<String, Round> batch = new HashMap<>();
      while (batch.size() < LANES && !waiting.isEmpty()) {
        Round round = waiting.poll();
        batch.put(round.home.toString(), round);
      }
      boolean anyMoment = anyMomentMillis > 0 && batch.values().stream().allMatch(r -> r.died == 0);
      if (anyMoment) {
        child.warm();
      }
      child.begin(batch.values());
      if (anyMoment) {
        child.killAfter(random.nextInt(anyMomentMillis));
      }
      if (!serve(child, batch)) {
        child.kill();
      }
      boolean dead = child.isKilled();
      for (Round round : batch.values()) {
        round.die();
        waiting.addFirst(round);
      }
      if (dead) {
        child = next;
        next = new Child();
      }
    }
    spare = child;
  }

  /**
   * Reads until each life stands or has ended; false when one stands. Ended ones leave the batch.
   */
  private boolean serve(Child child, Map<String, Round> batch)
      throws IOException, InterruptedException {
    int standing = 0;
    while (standing < batch.size()) {
      String line = child.read();
      if (line == null) {
        return true;
      }
      if (!line.endsWith(WHOLE)) {
        continue;
      }
      String[] parts = line.split(" ", 3);
      if (parts[0].equals("at")) {
        standing++;
      } else if (parts[0].equals("end")) {
        Round round = batch.remove(parts[1]);
        if (round != null) {
          count(round, parts[2]);
        }
      }
    }
    return standing == 0;
  }

  private void count(Round round, String text) throws IOException {
    rounds++;
    String verdict = text.split(" ", 2)[0];
    String name = scenarios.get(round.scenario).name();
    table.computeIfAbsent(name, key -> new TreeMap<>()).merge(verdict, 1, Integer::sum);
    kills += round.died;
    switch (verdict) {
      case "lost" -> lost++;
      case "doubled" -> doubled++;
      case "attention" -> attention++;
      default -> {
        // counted in the table
      }
    }
    if ((verdict.equals("lost") || verdict.equals("doubled")) && !control) {
      out.println(name + " in " + round.home + ": " + text);
      return;
    }
    if (round.died == 0) {
      placesOf.putIfAbsent(
          round.scenario, Integer.parseInt(text.replaceAll("(?s).*\\| places (\\d+) .*", "$1")));
    }
    delete(round.home);
  }

  /** What the processes log. */
  private Path log() {
    return directory.resolve("log");
  }

  static void delete(Path home) throws IOException {
    try (Stream<Path> files = Files.walk(home)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  private void end() throws InterruptedException {
    spare.kill();
    next.kill();
  }

  private void report() {
    table.forEach((name, verdicts) -> out.printf("%-32s %s%n", name, verdicts));
    out.println("deaths " + kills);
    out.println(
        "rounds "
            + rounds
            + ", lost "
            + lost
            + ", doubled "
            + doubled
            + ", needs-attention "
            + attention);
  }

  /** A process with lives in it. */
  private final class Child {
    private final Process process;
    private final BufferedReader in;

    Child() throws IOException {
      process =
          new ProcessBuilder(java)
              .redirectError(ProcessBuilder.Redirect.appendTo(log().toFile()))
              .start();
      in = process.inputReader(StandardCharsets.UTF_8);
    }

    void begin(Iterable<Round> batch) throws IOException {
      StringBuilder lines = new StringBuilder();
      batch.forEach(round -> lines.append(round.line()).append('\n'));
      process.getOutputStream().write(lines.toString().getBytes(StandardCharsets.UTF_8));
      process.getOutputStream().flush();
    }

    /** One life to its end, so that the next ones take their usual time. */
    void warm() throws IOException, InterruptedException {
      Round round = new Round(0);
      begin(List.of(round));
      String line = read();
      if (line == null || !line.startsWith("end")) {
        throw new IOException("the process did not warm up: " + line);
      }
      delete(round.home);
    }

    String read() throws IOException, InterruptedException {
      long start = System.nanoTime();
      while (!in.ready() && process.isAlive()) {
        if (TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start) > SILENCE_MILLIS) {
          throw new IOException("a process has said nothing for " + SILENCE_MILLIS + " ms");
        }
        // A blocking read could not be given up, and a pipe tells nobody when it has something.
        Thread.sleep(1);
      }
      return in.readLine();
    }

    void killAfter(int millis) throws InterruptedException {
      // The moment of death is what is being varied; nothing is waited for.
      Thread.sleep(millis);
      kill();
    }

    /** SIGKILL; by the handle, because the process itself would close what is still to be read. */
    void kill() throws InterruptedException {
      var _ = process.toHandle().destroyForcibly();
      process.waitFor();
    }

    boolean isKilled() {
      return !process.isAlive();
    }
  }
}
