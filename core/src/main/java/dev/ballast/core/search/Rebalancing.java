package dev.ballast.core.search;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

/**
 * The best assignment found from a problem's initial one: a trial of several cooling schedules, the
 * best of them at length on each thread with a seed of its own, then a cold polish of the best.
 *
 * <p>Threads meet only between these stages, and ties fall to the first: with a budget in {@link
 * Budget.Steps} the same problem, seed and number of threads give the same assignment.
 */
public final class Rebalancing {
  private static final Budget.Slice TRIAL = new Budget.Slice(0, 0.2);
  private static final Budget.Slice MAIN = new Budget.Slice(0.2, 0.9);
  private static final Budget.Slice POLISH = new Budget.Slice(0.9, 1);

  /** More threads than this would only repeat each other's work. */
  private static final int THREAD_LIMIT = 64;

  /** Schedules in units of the initial cost per item: start, end, λ, priced. */
  private static final List<Annealing.Schedule> TRIED =
      List.of(
          new Annealing.Schedule(1, 1e-2, 100, true),
          new Annealing.Schedule(0.3, 1e-2, 300, false),
          new Annealing.Schedule(10, 1e-3, 1000, false),
          new Annealing.Schedule(1, 1e-5, 1000, false),
          new Annealing.Schedule(0.1, 1e-4, 1000, true),
          new Annealing.Schedule(0.1, 1e-4, 1000, false),
          new Annealing.Schedule(10, 1e-2, 0, false));

  /** The polish starts at this many end temperatures of the main stage. */
  private static final double POLISH_HEAT = 3;

  private final Problem problem;
  private final int threads;
  private final long seed;

  /**
   * What a search found.
   *
   * @param steps moves tried over all threads
   */
  @SuppressWarnings("ArrayRecordComponent") // as large as the problem's own arrays
  public record Result(int[] assignment, long cost, long steps) {}

  @SuppressWarnings("ArrayRecordComponent") // shared by the tasks of a stage, never changed
  private record Task(Annealing.Schedule schedule, int[] start, long seed, Budget.Slice slice) {}

  private record Outcome(Task task, Result result) {}

  public Rebalancing(Problem problem, int threads, long seed) {
    if (threads < 1 || threads > THREAD_LIMIT) {
      throw new IllegalArgumentException("1 to " + THREAD_LIMIT + " threads, not " + threads);
    }
    this.problem = problem;
    this.threads = threads;
    this.seed = seed;
  }

  /** Searches until the budget is spent. */
  public Result run(Budget budget) {
    try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
      long start = budget.now();
      SplitMix seeds = new SplitMix(seed);
      int[] initial = problem.initial();
      List<Outcome> trials = runAll(trials(initial, seeds), budget, start, pool);
      Annealing.Schedule winner = best(trials).task().schedule();
      List<Outcome> mains = runAll(same(winner, initial, seeds, MAIN), budget, start, pool);
      List<Outcome> seen = new ArrayList<>(trials);
      seen.addAll(mains);
      int[] reached = best(seen).result().assignment();
      Annealing.Schedule cold =
          new Annealing.Schedule(
              winner.endTemperature() * POLISH_HEAT, winner.endTemperature() / 10, 0, false);
      seen.addAll(runAll(same(cold, reached, seeds, POLISH), budget, start, pool));
      Result best = best(seen).result();
      long steps = seen.stream().mapToLong(outcome -> outcome.result().steps()).sum();
      return new Result(best.assignment(), best.cost(), steps);
    }
  }

  private static Outcome best(List<Outcome> outcomes) {
    return outcomes.stream()
        .min(Comparator.comparingLong(outcome -> outcome.result().cost()))
        .orElseThrow();
  }

  /** By thread, the tried schedules that it runs one after the other. */
  private List<List<Task>> trials(int[] start, SplitMix seeds) {
    double unit =
        Math.max(1, new State(problem, start).cost() / (double) Math.max(1, problem.items()));
    List<List<Task>> byThread = new ArrayList<>();
    for (int thread = 0; thread < threads; thread++) {
      int first = thread;
      int[] own =
          IntStream.range(0, TRIED.size())
              .filter(i -> i % threads == first % TRIED.size())
              .toArray();
      List<Task> tasks = new ArrayList<>();
      for (int i = 0; i < own.length; i++) {
        Annealing.Schedule relative = TRIED.get(own[i]);
        Annealing.Schedule schedule =
            new Annealing.Schedule(
                relative.startTemperature() * unit,
                relative.endTemperature() * unit,
                relative.holdWeight() * unit,
                relative.priced());
        tasks.add(new Task(schedule, start, seeds.next(), TRIAL.part(i, own.length)));
      }
      byThread.add(tasks);
    }
    return byThread;
  }

  private List<List<Task>> same(
      Annealing.Schedule schedule, int[] start, SplitMix seeds, Budget.Slice slice) {
    return IntStream.range(0, threads)
        .mapToObj(_ -> List.of(new Task(schedule, start, seeds.next(), slice)))
        .toList();
  }

  private List<Outcome> runAll(
      List<List<Task>> byThread, Budget budget, long startNanos, ExecutorService pool) {
    List<Future<List<Outcome>>> running =
        byThread.stream()
            .map(tasks -> pool.submit(() -> runEach(tasks, budget, startNanos)))
            .toList();
    List<Outcome> outcomes = new ArrayList<>();
    for (Future<List<Outcome>> each : running) {
      outcomes.addAll(get(each));
    }
    return outcomes;
  }

  private List<Outcome> runEach(List<Task> tasks, Budget budget, long startNanos) {
    List<Outcome> outcomes = new ArrayList<>();
    for (Task task : tasks) {
      Annealing annealing = new Annealing(problem, task.start(), task.schedule(), task.seed());
      annealing.run(budget.progress(task.slice(), threads, startNanos, annealing::steps));
      outcomes.add(
          new Outcome(task, new Result(annealing.best(), annealing.bestCost(), annealing.steps())));
    }
    return outcomes;
  }

  private static <T> T get(Future<T> future) {
    try {
      return future.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("a search failed", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("the search was interrupted", e);
    }
  }
}
