package dev.ballast.bench.roadef;

import dev.ballast.bench.Figures;
import dev.ballast.bench.InputException;
import dev.ballast.bench.Measurement;
import dev.ballast.core.search.Budget;
import dev.ballast.core.search.Problem;
import dev.ballast.core.search.Rebalancing;
import dev.ballast.core.search.State;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code ballast-bench roadef}: rebalances one instance of the challenge. */
@Command(
    name = "roadef",
    description = "Rebalances an instance of Google's machine reassignment (ROADEF/EURO 2012).",
    mixinStandardHelpOptions = true)
public final class RoadefCommand implements Callable<Integer> {
  private static final int THREAD_LIMIT = 64;
  private static final double SECONDS_LIMIT = 86_400;

  @Option(names = "--model", required = true, description = "model file, plain or .xz")
  private @Nullable Path model;

  @Option(names = "--assignment", required = true, description = "initial assignment, plain or .xz")
  private @Nullable Path assignment;

  @Option(names = "--out", description = "where to write the assignment found")
  private @Nullable Path out;

  @ArgGroup(multiplicity = "1")
  private @Nullable Limit limit;

  @Option(names = "--threads", defaultValue = "1", description = "default ${DEFAULT-VALUE}")
  private int threads;

  @Option(names = "--seed", defaultValue = "1", description = "default ${DEFAULT-VALUE}")
  private long seed;

  @Option(
      names = {"-o", "--output"},
      defaultValue = "TABLE",
      description = "table or json")
  private Figures.Format format = Figures.Format.TABLE;

  @Spec private @Nullable CommandSpec spec;

  /** How long to search. */
  static final class Limit {
    @Option(names = "--seconds", description = "wall time; the result depends on the machine")
    private @Nullable Double seconds;

    @Option(
        names = "--cpu-seconds",
        description = "processor time over all threads, for a machine that others use too")
    private @Nullable Double cpuSeconds;

    @Option(names = "--steps", description = "moves tried; the same result on every machine")
    private @Nullable Long steps;
  }

  @Override
  public Integer call() {
    Problem problem = RoadefReader.read(given(model), given(assignment));
    Measurement measurement = new Measurement();
    State start = new State(problem, problem.initial());
    if (!start.fits()) {
      throw new InputException(
          assignment
              + ": machine "
              + start.firstOverflowing()
              + " has too little room for its processes; the initial assignment must be feasible");
    }
    Rebalancing.Result result = new Rebalancing(problem, threads(), seed).run(budget(given(limit)));
    Map<String, Object> figures = new LinkedHashMap<>();
    figures.put("cost", result.cost());
    figures.put("initialCost", start.cost());
    figures.put("moves", new State(problem, result.assignment()).moves());
    figures.put("steps", result.steps());
    measurement.addTo(figures);
    write(result.assignment());
    Figures.print(figures, format, given(spec).commandLine().getOut());
    return 0;
  }

  private int threads() {
    if (threads < 1 || threads > THREAD_LIMIT) {
      throw usage("--threads " + threads + ": choose 1 to " + THREAD_LIMIT);
    }
    return threads;
  }

  private Budget budget(Limit limit) {
    if (limit.steps != null) {
      if (limit.steps < 1) {
        throw usage("--steps " + limit.steps + ": choose 1 or more");
      }
      return new Budget.Steps(limit.steps);
    }
    if (limit.cpuSeconds != null) {
      double seconds = limited("--cpu-seconds", limit.cpuSeconds);
      return new Budget.Time(seconds, Measurement::processCpuNanos);
    }
    return new Budget.Time(limited("--seconds", given(limit.seconds)), System::nanoTime);
  }

  private double limited(String option, double seconds) {
    if (!(seconds > 0 && seconds <= SECONDS_LIMIT)) {
      throw usage(option + " " + seconds + ": choose more than 0 and at most " + SECONDS_LIMIT);
    }
    return seconds;
  }

  private ParameterException usage(String message) {
    return new ParameterException(given(spec).commandLine(), message);
  }

  private void write(int[] best) {
    if (out == null) {
      return;
    }
    String line = Arrays.stream(best).mapToObj(Integer::toString).collect(Collectors.joining(" "));
    try {
      Files.writeString(out, line + "\n");
    } catch (IOException e) {
      throw new InputException(out + ": cannot be written (" + e + "); choose another --out", e);
    }
  }

  private static <T> T given(@Nullable T value) {
    if (value == null) {
      throw new IllegalStateException("picocli fills required options");
    }
    return value;
  }
}
