package dev.ballast.bench.planetlab;

import dev.ballast.bench.InputException;
import dev.ballast.core.simulation.SimulatedHost;
import dev.ballast.core.simulation.SimulatedVm;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Reads a month of GWA-T-12, plain, {@code .xz} or {@code .gz}: a VM a line, {@code id cores
 * capacityMHz memoryMB start n cpu%,… memMB,…}. A VM wants nothing before its first and after its
 * last sample; samples follow each other tick by tick.
 */
final class BitbrainsReader {
  private static final int VMS_LIMIT = 100_000;
  private static final int SAMPLES_LIMIT = 100_000;
  private static final int FIELDS = 8;
  private static final double TICK_SECONDS = 300;
  private static final double PERCENT = 100;
  private static final Pattern SPACE = Pattern.compile("\\s+");

  /**
   * @param vms all with equally many samples
   * @param leftOut VMs without a vCPU or CPU, or larger than a host
   */
  record Month(List<SimulatedVm> vms, int leftOut) {}

  @SuppressWarnings("ArrayRecordComponent") // fields of a line, as they were split
  private record Line(
      String id, int vcpus, double megahertz, double megabytes, long start, String[] percents) {}

  private BitbrainsReader() {}

  static Month read(Path file, SimulatedHost host) {
    List<Line> lines = new ArrayList<>();
    try (BufferedReader reader =
        new BufferedReader(new InputStreamReader(TraceReader.open(file), StandardCharsets.UTF_8))) {
      int number = 1;
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        if (!line.isBlank()) {
          lines.add(parse(line.strip(), file, number));
        }
        if (lines.size() > VMS_LIMIT) {
          throw new InputException(file + ": more than " + VMS_LIMIT + " VMs; split the file");
        }
        number++;
      }
    } catch (IOException e) {
      throw new InputException(file + ": cannot be read (" + e + "); check the path", e);
    }
    return month(file, lines, host);
  }

  private static Line parse(String line, Path file, int number) {
    String[] fields = SPACE.split(line);
    try {
      if (fields.length == FIELDS) {
        return new Line(
            fields[0],
            Integer.parseInt(fields[1]),
            Double.parseDouble(fields[2]),
            Double.parseDouble(fields[3]),
            Long.parseLong(fields[4]),
            fields[6].split(",", -1));
      }
    } catch (NumberFormatException e) {
      throw new InputException(
          "%s: line %d: %s; expected numbers".formatted(file, number, e.getMessage()), e);
    }
    throw new InputException(
        "%s: line %d: %d fields; expected id, cores, MHz, MB, start, n, percents, MBs"
            .formatted(file, number, fields.length));
  }

  private static Month month(Path file, List<Line> lines, SimulatedHost host) {
    List<Line> kept =
        lines.stream()
            .filter(line -> line.vcpus() > 0 && line.megahertz() > 0 && line.megabytes() > 0)
            .filter(line -> line.vcpus() <= host.cores())
            .filter(line -> line.megabytes() <= host.memoryMegabytes())
            .toList();
    if (kept.isEmpty()) {
      throw new InputException(file + ": holds no VM that fits a host; check the file");
    }
    long start = kept.stream().mapToLong(Line::start).min().orElse(0);
    int ticks = 0;
    for (Line line : kept) {
      ticks = Math.max(ticks, offset(line, start) + line.percents().length);
    }
    if (ticks > SAMPLES_LIMIT) {
      throw new InputException(
          file + ": more than " + SAMPLES_LIMIT + " samples of 300 s; split the file");
    }
    List<SimulatedVm> vms = new ArrayList<>();
    for (Line line : kept) {
      vms.add(
          new SimulatedVm(
              line.id(),
              line.vcpus(),
              line.megahertz(),
              line.megabytes(),
              usage(line, offset(line, start), ticks, file)));
    }
    return new Month(vms, lines.size() - kept.size());
  }

  private static int offset(Line line, long start) {
    return (int) Math.min(SAMPLES_LIMIT, Math.round((line.start() - start) / TICK_SECONDS));
  }

  /** Percents a little above 100 occur; a VM cannot want more than all. */
  private static float[] usage(Line line, int offset, int ticks, Path file) {
    float[] usage = new float[ticks];
    String[] percents = line.percents();
    for (int at = 0; at < percents.length; at++) {
      double percent;
      try {
        percent = Double.parseDouble(percents[at]);
      } catch (NumberFormatException e) {
        percent = Double.NaN;
      }
      if (!(percent >= 0)) {
        throw new InputException(
            "%s: VM %s, sample %d: '%s' is not a percentage"
                .formatted(file, line.id(), at + 1, percents[at]));
      }
      usage[offset + at] = (float) (Math.min(percent, PERCENT) / PERCENT);
    }
    return usage;
  }
}
