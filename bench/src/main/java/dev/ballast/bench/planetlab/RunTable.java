package dev.ballast.bench.planetlab;

import dev.ballast.bench.Measurement;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Prints several runs, one a line. */
final class RunTable {
  private RunTable() {}

  static void print(List<Map<String, Object>> runs, PrintWriter out) {
    out.printf(
        "%-18s %-18s %8s %8s %6s %8s %9s %9s %9s %7s %6s %s%n",
        "trace",
        "policy",
        "kWh",
        "toFloor",
        "moves",
        "slatah",
        "pdm",
        "esv",
        "unserved",
        "hosts",
        "cpu-s",
        runs.getFirst().containsKey(Front.MARK) ? "front" : "");
    for (Map<String, Object> run : runs) {
      out.printf(
          Locale.ROOT,
          "%-18s %-18s %8.2f %8.3f %6.0f %8.5f %9.2e %9.2e %9.5f %7.1f %6.2f %s%n",
          run.get("trace"),
          run.get("policy"),
          number(run, "energyKwh"),
          number(run, "energyToFloor"),
          number(run, "migrations"),
          number(run, "slatah"),
          number(run, "pdm"),
          number(run, "esv"),
          number(run, "unserved"),
          number(run, "meanHosts"),
          number(run, "cpuSeconds"),
          Boolean.TRUE.equals(run.get(Front.MARK)) ? "*" : "");
    }
    out.printf("peak heap %d MiB%n", Measurement.peakHeapBytes() >> 20);
    out.flush();
  }

  /** A figure of a run. */
  static double number(Map<String, Object> run, String name) {
    return run.get(name) instanceof Number number ? number.doubleValue() : Double.NaN;
  }
}
