package dev.ballast.bench.roadef;

import dev.ballast.bench.Figures;
import dev.ballast.bench.InputException;
import dev.ballast.bench.Measurement;
import dev.ballast.core.search.Annealing;
import dev.ballast.core.search.Problem;
import dev.ballast.core.search.State;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.DoubleSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code ballast-bench roadef}: rebalances one instance of the challenge. */
@Command(
    name = "roadef",
    description = "Rebalances an instance of Google's machine reassignment (ROADEF/EURO 2012).",
    mixinStandardHelpOptions = true)
public final class RoadefCommand implements Callable<Integer> {
  @Option(names = "--model", required = true, description = "model file, plain or .xz")
  private @Nullable Path model;

  @Option(names = "--assignment", required = true, description = "initial assignment, plain or .xz")
  private @Nullable Path assignment;

  @Option(names = "--out", description = "where to write the assignment found")
  private @Nullable Path out;

  @ArgGroup(multiplicity = "1")
  private @Nullable Budget budget;

  @Option(names = "--seed", defaultValue = "1", description = "default ${DEFAULT-VALUE}")
  private long seed;

  @Option(
      names = {"-o", "--output"},
      defaultValue = "TABLE",
      description = "table or json")
  private Figures.Format format = Figures.Format.TABLE;

  @Spec private @Nullable CommandSpec spec;

  /** How long to search. */
  static final class Budget {
    @Option(names = "--seconds", description = "wall time; the result depends on the machine")
    private @Nullable Double seconds;

    @Option(names = "--steps", description = "moves tried; the same result on every machine")
    private @Nullable Long steps;
  }

  @Override
  public Integer call() {
    Problem problem = RoadefReader.read(given(model), given(assignment));
    Measurement measurement = new Measurement();
    Annealing annealing =
        new Annealing(problem, problem.initial(), new Annealing.Schedule(1e7, 1e3, 1e8), seed);
    long initialCost = annealing.bestCost();
    annealing.run(progress(given(budget), annealing));
    int[] best = annealing.best();
    Map<String, Object> figures = new LinkedHashMap<>();
    figures.put("cost", annealing.bestCost());
    figures.put("initialCost", initialCost);
    figures.put("moves", new State(problem, best).moves());
    figures.put("steps", annealing.steps());
    measurement.addTo(figures);
    write(best);
    Figures.print(figures, format, given(spec).commandLine().getOut());
    return 0;
  }

  private static DoubleSupplier progress(Budget budget, Annealing annealing) {
    if (budget.steps != null) {
      double steps = budget.steps;
      return () -> annealing.steps() / steps;
    }
    double seconds = given(budget.seconds);
    long start = System.nanoTime();
    return () -> (System.nanoTime() - start) / 1e9 / seconds;
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
