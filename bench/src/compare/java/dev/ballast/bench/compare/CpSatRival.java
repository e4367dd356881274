package dev.ballast.bench.compare;

import com.google.ortools.Loader;
import com.google.ortools.sat.BoolVar;
import com.google.ortools.sat.CpModel;
import com.google.ortools.sat.CpSolver;
import com.google.ortools.sat.CpSolverStatus;
import com.google.ortools.sat.IntVar;
import com.google.ortools.sat.LinearExpr;
import com.google.ortools.sat.LinearExprBuilder;
import com.google.ortools.sat.Literal;
import dev.ballast.bench.synthetic.Rival;
import dev.ballast.core.search.Problem;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * OR-tools CP-SAT on two workers. VMs of one size and no group are interchangeable: a number of
 * them per host is the variable, which makes the model an order of magnitude smaller than one
 * variable a VM and host. Least is the largest difference of a host's share of CPU in use from the
 * cluster's.
 */
public final class CpSatRival implements Rival {
  private static final int WORKERS = 2;

  /** Shares are counted in these parts. */
  private static final long SCALE = 10_000;

  /** VMs that may stand for each other, or a single VM of a group. */
  private record Kind(long cpu, long memory, int group, List<Integer> items) {}

  @Override
  public String name() {
    return "OR-tools CP-SAT 9.15";
  }

  @Override
  public int[] solve(Problem problem, int wallSeconds, long seed) {
    Loader.loadNativeLibraries();
    List<Kind> kinds = kinds(problem);
    CpModel model = new CpModel();
    IntVar[][] count = variables(model, kinds, problem);
    constrain(model, kinds, count, problem);
    CpSolver solver = new CpSolver();
    solver.getParameters().setMaxTimeInSeconds(wallSeconds);
    solver.getParameters().setNumWorkers(WORKERS);
    solver.getParameters().setRandomSeed((int) seed);
    CpSolverStatus status = solver.solve(model);
    int[] assignment = new int[problem.items()];
    Arrays.fill(assignment, -1);
    if (status == CpSolverStatus.OPTIMAL || status == CpSolverStatus.FEASIBLE) {
      for (int kind = 0; kind < count.length; kind++) {
        int next = 0;
        for (int bin = 0; bin < problem.bins(); bin++) {
          for (long n = solver.value(count[kind][bin]); n > 0; n--) {
            assignment[kinds.get(kind).items().get(next++)] = bin;
          }
        }
      }
    }
    return assignment;
  }

  private static List<Kind> kinds(Problem problem) {
    int[] sizes = new int[problem.groups()];
    for (int item = 0; item < problem.items(); item++) {
      sizes[problem.group()[item]]++;
    }
    List<Kind> kinds = new ArrayList<>();
    Map<List<Long>, Kind> alike = new TreeMap<>((a, b) -> a.toString().compareTo(b.toString()));
    for (int item = 0; item < problem.items(); item++) {
      int group = problem.group()[item];
      long cpu = problem.requirement()[item * 2];
      long memory = problem.requirement()[item * 2 + 1];
      if (sizes[group] > 1) {
        kinds.add(new Kind(cpu, memory, group, new ArrayList<>(List.of(item))));
      } else {
        alike
            .computeIfAbsent(
                List.of(cpu, memory), size -> new Kind(cpu, memory, -1, new ArrayList<>()))
            .items()
            .add(item);
      }
    }
    kinds.addAll(alike.values());
    return kinds;
  }

  private static IntVar[][] variables(CpModel model, List<Kind> kinds, Problem problem) {
    IntVar[][] count = new IntVar[kinds.size()][problem.bins()];
    for (int kind = 0; kind < count.length; kind++) {
      Kind of = kinds.get(kind);
      for (int bin = 0; bin < problem.bins(); bin++) {
        long room =
            Math.min(
                problem.capacity()[bin * 2] / of.cpu(),
                problem.capacity()[bin * 2 + 1] / of.memory());
        String name = "k" + kind + "h" + bin;
        count[kind][bin] =
            of.group() >= 0
                ? model.newBoolVar(name)
                : model.newIntVar(0, Math.min(room, of.items().size()), name);
      }
    }
    return count;
  }

  private static void constrain(
      CpModel model, List<Kind> kinds, IntVar[][] count, Problem problem) {
    for (int kind = 0; kind < count.length; kind++) {
      model.addEquality(LinearExpr.sum(count[kind]), kinds.get(kind).items().size());
    }
    long wanted = kinds.stream().mapToLong(kind -> kind.cpu() * kind.items().size()).sum();
    long all = 0;
    for (int bin = 0; bin < problem.bins(); bin++) {
      all += problem.capacity()[bin * 2];
    }
    long mean = wanted * SCALE / all;
    IntVar away = model.newIntVar(0, SCALE, "away");
    for (int bin = 0; bin < problem.bins(); bin++) {
      LinearExprBuilder memory = LinearExpr.newBuilder();
      LinearExprBuilder over = LinearExpr.newBuilder();
      LinearExprBuilder under = LinearExpr.newBuilder();
      long capacity = problem.capacity()[bin * 2];
      Map<Integer, List<Literal>> groups = new TreeMap<>();
      for (int kind = 0; kind < count.length; kind++) {
        Kind of = kinds.get(kind);
        memory.addTerm(count[kind][bin], of.memory());
        over.addTerm(count[kind][bin], of.cpu() * SCALE);
        under.addTerm(count[kind][bin], of.cpu() * SCALE);
        if (count[kind][bin] instanceof BoolVar bool) {
          groups.computeIfAbsent(of.group(), group -> new ArrayList<>()).add(bool);
        }
      }
      groups.values().forEach(model::addAtMostOne);
      model.addLessOrEqual(memory, problem.capacity()[bin * 2 + 1]);
      model.addLessOrEqual(over, capacity * SCALE);
      over.addTerm(away, -capacity);
      under.addTerm(away, capacity);
      model.addLessOrEqual(over, mean * capacity);
      model.addGreaterOrEqual(under, mean * capacity);
    }
    model.minimize(away);
  }
}
