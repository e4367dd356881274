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
 * The best assignment found from a problem's initial one, in stages: a short trial of the schedules
 * that keep to capacity; the best of them and those that {@linkplain Annealing.Relaxed relax} it
 * too, side by side; the best two of these again, at length, for what wins a short run need not win
 * a long one; reheatings of the best assignment so far, colder and colder, by turns keeping to
 * capacity and not; a cold polish.
 *
 * <p>Threads meet only between these stages, and ties fall to the first: with a budget in {@link
 * Budget.Steps} the same problem, seed and number of threads give the same assignment.
 */
public final class Rebalancing {
  private static final Budget.Slice TRIAL = new Budget.Slice(0, 0.06);
  private static final Budget.Slice KINDS = new Budget.Slice(0.06, 0.22);
  private static final Budget.Slice MAIN = new Budget.Slice(0.22, 0.85);
  private static final Budget.Slice REHEATS = new Budget.Slice(0.85, 0.97);
  private static final Budget.Slice POLISH = new Budget.Slice(0.97, 1);

  /** So many schedules run at length. */
  private static final int FINALISTS = 2;

  /** How often the best is heated anew, every other time with capacity relaxed too. */
  private static final int REHEAT_COUNT = 6;

  /** A reheating that keeps to capacity starts at this many end temperatures of the winner. */
  private static final double REHEAT = 30;

  /** The same where capacity is relaxed, at prices that let it be exceeded only a little. */
  private static final double PRICED_REHEAT = 3;

  private static final double REHEAT_PRICE = 10;

  /** λ of a reheating, in its start temperatures. */
  private static final double REHEAT_HOLD = 12;

  /** More threads than this would only repeat each other's work. */
  private static final int THREAD_LIMIT = 64;

  /** Schedules that keep to capacity, in units of the initial cost per item. */
  private static final List<Annealing.Schedule> KEEPING =
      List.of(
          new Annealing.Schedule(10, 3e-2, 300, Annealing.Relaxed.GROUPS, 1),
          new Annealing.Schedule(10, 1e-2, 300, Annealing.Relaxed.GROUPS, 1),
          new Annealing.Schedule(10, 1e-3, 1000, Annealing.Relaxed.NOTHING, 1),
          new Annealing.Schedule(0.1, 1e-3, 300, Annealing.Relaxed.NOTHING, 1));

  /** Those that may exceed it, at a price, in the same units; they show their worth at length. */
  private static final List<Annealing.Schedule> PRICED =
      List.of(
          new Annealing.Schedule(0.1, 1e-3, 300, Annealing.Relaxed.CAPACITY, 3),
          new Annealing.Schedule(1, 1e-2, 5, Annealing.Relaxed.EVERYTHING, 3),
          new Annealing.Schedule(10, 1e-2, 20, Annealing.Relaxed.EVERYTHING, 3));

  /** The polish starts at this many end temperatures of the winner. */
  private static final double POLISH_HEAT = 3;

  private final Problem problem;
  private final Reach reach;
  private final boolean hasTransient;
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
    this.reach = new Reach(problem);
    boolean any = false;
    for (boolean isTransient : problem.isTransient()) {
      any |= isTransient;
    }
    this.hasTransient = any;
    this.threads = threads;
    this.seed = seed;
  }

  /** Searches until the budget is spent. */
  public Result run(Budget budget) {
    try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
      long start = budget.now();
      SplitMix seeds = new SplitMix(seed);
      int[] initial = problem.initial();
      double unit = costPerItem();
      List<Annealing.Schedule> keeping = KEEPING.stream().map(s -> s.inUnits(unit)).toList();
      List<Outcome> seen = runAll(dealt(keeping, initial, seeds, TRIAL), budget, start, pool);
      List<Annealing.Schedule> kinds = new ArrayList<>();
      kinds.add(best(seen).task().schedule());
      PRICED.stream().filter(this::concerns).forEach(s -> kinds.add(s.inUnits(unit)));
      List<Outcome> rivals = runAll(dealt(kinds, initial, seeds, KINDS), budget, start, pool);
      seen.addAll(rivals);
      List<Outcome> finals =
          runAll(dealt(bestSchedules(rivals), initial, seeds, MAIN), budget, start, pool);
      seen.addAll(finals);
      Annealing.Schedule winner = best(finals).task().schedule();
      for (int round = 0; round < REHEAT_COUNT; round++) {
        Annealing.Schedule again = reheat(winner.endTemperature() / (1 << (round / 2)), round);
        int[] from = best(seen).result().assignment();
        Budget.Slice slice = REHEATS.part(round, REHEAT_COUNT);
        seen.addAll(runAll(same(again, from, seeds, slice), budget, start, pool));
      }
      int[] reached = best(seen).result().assignment();
      Annealing.Schedule cold =
          new Annealing.Schedule(
              winner.endTemperature() * POLISH_HEAT,
              winner.endTemperature() / 10,
              0,
              Annealing.Relaxed.NOTHING,
              1);
      seen.addAll(runAll(same(cold, reached, seeds, POLISH), budget, start, pool));
      Result best = best(seen).result();
      long steps = seen.stream().mapToLong(outcome -> outcome.result().steps()).sum();
      return new Result(best.assignment(), best.cost(), steps);
    }
  }

  /** Without transient resources there is no transient capacity to hold dear. */
  private boolean concerns(Annealing.Schedule schedule) {
    return schedule.relaxed() != Annealing.Relaxed.CAPACITY || hasTransient;
  }

  private static Annealing.Schedule reheat(double end, int round) {
    boolean keeping = round % 2 == 0;
    double heat = end * (keeping ? REHEAT : PRICED_REHEAT);
    return new Annealing.Schedule(
        heat,
        keeping ? end : end * 2 / 3,
        heat * REHEAT_HOLD,
        keeping ? Annealing.Relaxed.GROUPS : Annealing.Relaxed.EVERYTHING,
        keeping ? 1 : REHEAT_PRICE);
  }

  private double costPerItem() {
    double cost = new State(problem, problem.initial()).cost();
    return Math.max(1, cost / Math.max(1, problem.items()));
  }

  private static Outcome best(List<Outcome> outcomes) {
    return outcomes.stream()
        .min(Comparator.comparingLong(outcome -> outcome.result().cost()))
        .orElseThrow();
  }

  private static List<Annealing.Schedule> bestSchedules(List<Outcome> outcomes) {
    return outcomes.stream()
        .sorted(Comparator.comparingLong(outcome -> outcome.result().cost()))
        .map(outcome -> outcome.task().schedule())
        .distinct()
        .limit(FINALISTS)
        .toList();
  }

  /** The schedules dealt out to the threads, each of which runs its own one after the other. */
  private List<List<Task>> dealt(
      List<Annealing.Schedule> schedules, int[] start, SplitMix seeds, Budget.Slice slice) {
    List<List<Task>> byThread = new ArrayList<>();
    for (int thread = 0; thread < threads; thread++) {
      int first = thread % schedules.size();
      int[] own = IntStream.range(0, schedules.size()).filter(i -> i % threads == first).toArray();
      List<Task> tasks = new ArrayList<>();
      for (int i = 0; i < own.length; i++) {
        tasks.add(new Task(schedules.get(own[i]), start, seeds.next(), slice.part(i, own.length)));
      }
      byThread.add(tasks);
    }
    return byThread;
  }

  /** One schedule on all threads, with different seeds. */
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
      Annealing annealing =
          new Annealing(problem, reach, task.start(), task.schedule(), task.seed());
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
