package dev.ballast.bench.roadef;

import dev.ballast.bench.InputException;
import dev.ballast.core.search.Problem;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.tukaani.xz.XZInputStream;

/** Reads the challenge's files, plain or {@code .xz}: integers separated by white space. */
final class RoadefReader implements AutoCloseable {
  /** No count in a file may be larger; the challenge's largest is 50,000. */
  private static final int COUNT_LIMIT = 10_000_000;

  private final Path file;
  private final InputStream in;
  private long position;

  private RoadefReader(Path file) {
    this.file = file;
    try {
      InputStream raw = new BufferedInputStream(Files.newInputStream(file), 1 << 16);
      this.in =
          file.toString().endsWith(".xz")
              ? new BufferedInputStream(new XZInputStream(raw), 1 << 16)
              : raw;
    } catch (IOException e) {
      throw new InputException(file + ": cannot be read (" + e + "); check the path", e);
    }
  }

  @Override
  public void close() {
    try {
      in.close();
    } catch (IOException e) {
      throw new InputException(file + ": cannot be closed: " + e, e);
    }
  }

  /** The problem of a model and its initial assignment. */
  static Problem read(Path model, Path assignment) {
    try (RoadefReader reader = new RoadefReader(model)) {
      return reader.model(assignment);
    }
  }

  /** An assignment of that many items to that many bins. */
  static int[] readAssignment(Path file, int items, int bins) {
    try (RoadefReader reader = new RoadefReader(file)) {
      int[] assignment = new int[items];
      for (int item = 0; item < items; item++) {
        assignment[item] = reader.index(bins, "machine");
      }
      reader.end();
      return assignment;
    }
  }

  private Problem model(Path assignment) {
    int resources = count("resources", 64);
    boolean[] isTransient = new boolean[resources];
    long[] loadWeight = new long[resources];
    for (int r = 0; r < resources; r++) {
      isTransient[r] = number() != 0;
      loadWeight[r] = number();
    }
    int bins = count("machines", 100_000);
    int[] neighbourhood = new int[bins];
    int[] location = new int[bins];
    long[] capacity = new long[bins * resources];
    long[] safety = new long[bins * resources];
    int[] binMoveCost = new int[Math.multiplyExact(bins, bins)];
    for (int bin = 0; bin < bins; bin++) {
      neighbourhood[bin] = index(COUNT_LIMIT, "neighbourhood");
      location[bin] = index(COUNT_LIMIT, "location");
      fill(capacity, bin * resources, resources);
      fill(safety, bin * resources, resources);
      for (int to = 0; to < bins; to++) {
        binMoveCost[bin * bins + to] = index(Integer.MAX_VALUE, "move cost");
      }
    }
    int groups = count("services", COUNT_LIMIT);
    int[] spreadMin = new int[groups];
    int[][] dependencies = new int[groups][];
    for (int g = 0; g < groups; g++) {
      spreadMin[g] = index(COUNT_LIMIT, "spread");
      dependencies[g] = new int[count("dependencies", groups)];
      for (int d = 0; d < dependencies[g].length; d++) {
        dependencies[g][d] = index(groups, "service");
      }
    }
    int items = count("processes", COUNT_LIMIT);
    int[] group = new int[items];
    long[] requirement = new long[Math.multiplyExact(items, resources)];
    long[] itemMoveCost = new long[items];
    for (int item = 0; item < items; item++) {
      group[item] = index(groups, "service");
      fill(requirement, item * resources, resources);
      itemMoveCost[item] = number();
    }
    Problem.Balance balance = balance(resources);
    long itemMoveWeight = number();
    long groupMoveWeight = number();
    long binMoveWeight = number();
    end();
    return new Problem(
        resources,
        isTransient,
        loadWeight,
        bins,
        neighbourhood,
        location,
        capacity,
        safety,
        binMoveCost,
        groups,
        spreadMin,
        dependencies,
        items,
        group,
        requirement,
        itemMoveCost,
        balance,
        itemMoveWeight,
        groupMoveWeight,
        binMoveWeight,
        readAssignment(assignment, items, bins));
  }

  private Problem.Balance balance(int resources) {
    int pairs = count("balance costs", 64);
    int[] first = new int[pairs];
    int[] second = new int[pairs];
    long[] target = new long[pairs];
    long[] weight = new long[pairs];
    for (int b = 0; b < pairs; b++) {
      first[b] = index(resources, "resource");
      second[b] = index(resources, "resource");
      target[b] = number();
      weight[b] = number();
    }
    return new Problem.Balance(first, second, target, weight);
  }

  private void fill(long[] array, int from, int length) {
    for (int i = 0; i < length; i++) {
      array[from + i] = number();
    }
  }

  private int count(String what, int limit) {
    long value = number();
    if (value < 0 || value > limit) {
      throw fault(value + " " + what + ": expected 0 to " + limit);
    }
    return (int) value;
  }

  private int index(int bound, String what) {
    long value = number();
    if (value < 0 || value >= bound) {
      throw fault(what + " " + value + " is not within 0 to " + (bound - 1));
    }
    return (int) value;
  }

  private long number() {
    position++;
    int c = byteAfterSpace();
    boolean negative = c == '-';
    if (negative) {
      c = next();
    }
    if (c < '0' || c > '9') {
      throw fault(c < 0 ? "the file ends early" : "not an integer");
    }
    long value = 0;
    for (; c >= '0' && c <= '9'; c = next()) {
      value = Math.addExact(Math.multiplyExact(value, 10L), c - '0');
    }
    return negative ? -value : value;
  }

  private void end() {
    if (byteAfterSpace() >= 0) {
      throw fault("something follows the last number");
    }
  }

  private int byteAfterSpace() {
    int c = next();
    while (c == ' ' || c == '\n' || c == '\t' || c == '\r') {
      c = next();
    }
    return c;
  }

  private int next() {
    try {
      return in.read();
    } catch (IOException e) {
      throw fault(e.getMessage() == null ? e.toString() : e.getMessage());
    }
  }

  private InputException fault(String what) {
    return new InputException(file + ": number " + position + ": " + what);
  }
}
